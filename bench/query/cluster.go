package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/countyql/countyql/bench/race"
)

// cluster is a ClickHouse cluster of one replica a shard on this machine, with the figures of the store.
type cluster struct {
	dir       string
	shards    int
	addresses []string
	copied    took // snapshots copy of the finished snapshot
	loaded    took // a load of the data package; zero without --load
}

// took is what a command took: of the command's own process, and of the servers it wrote to.
type took struct {
	elapsed, cpu, servers time.Duration
	bytes                 int64 // on disk behind it
}

// name is shards x replicas.
func (l *cluster) name() string { return strconv.Itoa(l.shards) + "x1" }

// clusterScript starts and stops them.
const clusterScript = "tools/clickhouse-cluster"

// firstPort of a cluster is portSpan behind that of the one before.
const firstPort, portSpan = 27000, 500

// up starts a cluster.
func (l *cluster) up(ctx context.Context, port int) error {
	run := exec.CommandContext(ctx, clusterScript, "up", l.dir)
	run.Env = append(os.Environ(), "SHARDS="+strconv.Itoa(l.shards), "REPLICAS=1", "PORT="+strconv.Itoa(port))
	run.Stderr = os.Stderr
	output, err := run.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Join(run.Args, " "), err)
	}
	l.addresses = strings.Fields(string(output))
	return nil
}

// wipe stops the cluster and removes its figures.
func (l *cluster) wipe(ctx context.Context) {
	run := exec.CommandContext(ctx, clusterScript, "wipe", l.dir)
	run.Stderr = os.Stderr
	_ = run.Run() // it has said why
}

// url is that of a database of the cluster. The accounts are those of clusterScript.
func (l *cluster) url(user, database string) string {
	return "clickhouse://" + user + ":test@" + strings.Join(l.addresses, ",") + "/" + database + "?cluster=county&query_timeout=10m"
}

// spent is the processor time of all servers.
func (l *cluster) spent() time.Duration {
	var sum time.Duration
	for n := range l.shards {
		text, err := os.ReadFile(filepath.Join(l.dir, "s"+strconv.Itoa(n+1), "pid"))
		if err != nil {
			continue
		}
		if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			sum += race.Spent(pid)
		}
	}
	return sum
}

// write runs a command that writes to the cluster or, where that is nil, elsewhere, and says what time it took.
func (c *command) write(ctx context.Context, l *cluster, args ...string) (took, error) {
	var t took
	servers := func() time.Duration { return 0 }
	if l != nil {
		servers = l.spent
	}
	before, began := servers(), time.Now()
	run := exec.CommandContext(ctx, c.Binary, args...)
	run.Stderr = os.Stderr
	if err := run.Run(); err != nil {
		return t, fmt.Errorf("%s %s: %w", c.Binary, args[0], err)
	}
	t.elapsed, t.servers = time.Since(began), servers()-before
	if usage, ok := run.ProcessState.SysUsage().(*syscall.Rusage); ok {
		t.cpu = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	return t, nil
}

// sizeOf is the bytes of the files below a directory.
func sizeOf(dir string) (bytes int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil // servers merge and remove as they like
		}
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if os.IsNotExist(err) {
			return nil
		}
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}

// bytes is what a database takes on the disks of all servers.
func (l *cluster) bytes(database string) (bytes int64, err error) {
	for n := range l.shards {
		size, err := sizeOf(filepath.Join(l.dir, "s"+strconv.Itoa(n+1), "data", "data", database))
		if err != nil {
			return 0, err
		}
		bytes += size
	}
	return bytes, nil
}

// fill copies the store's snapshot to the cluster, and loads the data package into another database of it if there is one.
func (c *command) fill(ctx context.Context, l *cluster, p prepared, packaged string) (err error) {
	l.copied, err = c.write(ctx, l, "snapshots", "copy", "--store", p.dir, "--engine", "duckdb:", "--to", l.url("loader", "figures"))
	if err != nil {
		return err
	}
	if l.copied.bytes, err = l.bytes("figures"); err != nil || packaged == "" {
		return err
	}
	l.loaded, err = c.write(ctx, l, "load", packaged, "--quiet", "--store", filepath.Join(l.dir, "staging"), "--engine", l.url("loader", "loaded"))
	if err != nil {
		return err
	}
	l.loaded.bytes, err = l.bytes("loaded")
	return err
}
