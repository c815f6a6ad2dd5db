package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
)

//go:embed figures.sql
var schema string

// database is a cluster of its own, which listens on a socket in a directory of its own and nowhere else.
type database struct {
	url    string
	bin    string // the directory of its programs
	data   string
	socket string // the directory
	as     *syscall.SysProcAttr
}

// settings suit a database that is read, on a machine of this size.
func settings(socket string) []string {
	settings := []string{
		"listen_addresses=", "unix_socket_directories=" + socket, "shared_buffers=2GB", "effective_cache_size=6GB", "work_mem=64MB",
		"maintenance_work_mem=1GB", "random_page_cost=1.1", "jit=off", "fsync=off", "max_wal_size=8GB", "max_connections=100",
		"max_parallel_workers_per_gather=" + strconv.Itoa(runtime.NumCPU()), "log_min_messages=fatal",
	}
	for i, s := range settings {
		settings[i] = "-c" + s
	}
	return settings
}

// startPostgreSQL starts a cluster with the figures of a file; it is made once.
func startPostgreSQL(ctx context.Context, dir, figures string) (d *database, err error) {
	d = &database{data: dir}
	if d.bin, err = programs(); err != nil {
		return nil, err
	}
	if d.socket, err = os.MkdirTemp("", "pg-"); err != nil { // a short path, as sockets need
		return nil, err
	}
	if err := d.unprivileged(); err != nil {
		return nil, err
	}
	loaded := filepath.Join(dir, "figures.loaded")
	_, err = os.Stat(loaded)
	fresh := errors.Is(err, fs.ErrNotExist)
	if fresh {
		if err := d.create(ctx); err != nil {
			return nil, err
		}
	}
	if err := d.run(ctx, "pg_ctl", "-D", dir, "-w", "-t", "120", "-l", filepath.Join(d.socket, "log"), "-o", strings.Join(settings(d.socket), " "), "start"); err != nil {
		return nil, err
	}
	d.url = "postgresql:///bench?user=bench&host=" + d.socket
	if !fresh {
		return d, nil
	}
	if err = d.fill(ctx, figures); err == nil {
		err = os.WriteFile(loaded, nil, 0o644)
	}
	if err != nil {
		return nil, errors.Join(err, d.stop())
	}
	return d, nil
}

// programs finds where PostgreSQL is installed: on the path, or where Debian puts it, the newest first.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("no PostgreSQL: install it (Debian: apt-get install postgresql)")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

// unprivileged has PostgreSQL, which refuses to run as root, run as the user that its package makes, or as nobody.
func (d *database) unprivileged() error {
	if os.Getuid() != 0 {
		return nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		if who, err = user.Lookup("nobody"); err != nil {
			return err
		}
	}
	uid, err := strconv.Atoi(who.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(who.Gid)
	if err != nil {
		return err
	}
	d.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return os.Chown(d.socket, uid, gid)
}

func (d *database) create(ctx context.Context) error {
	if err := os.RemoveAll(d.data); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(d.data), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(d.data, 0o700); err != nil {
		return err
	}
	if d.as != nil {
		if err := os.Chown(d.data, int(d.as.Credential.Uid), int(d.as.Credential.Gid)); err != nil {
			return err
		}
		for parent := filepath.Dir(d.data); ; parent = filepath.Dir(parent) { // it must be able to get there
			info, err := os.Stat(parent)
			if err != nil {
				return err
			}
			if info.Mode().Perm()&0o001 == 0 {
				return fmt.Errorf("%s is closed to the user that PostgreSQL runs as: choose another --data", parent)
			}
			if parent == "/" {
				break
			}
		}
	}
	return d.run(ctx, "initdb", "-D", d.data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
}

// run runs one of PostgreSQL's programs.
func (d *database) run(ctx context.Context, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(d.bin, program), args...)
	cmd.SysProcAttr, cmd.Dir = d.as, "/"
	// Not a pipe: the server that pg_ctl starts would keep it open.
	said, err := os.CreateTemp("", "pg-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(said.Name()) }()
	defer said.Close()
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(said.Name())
		return fmt.Errorf("%s: %w: %s", program, err, text)
	}
	return nil
}

// fill makes the table and its indexes and has the planner know them.
func (d *database) fill(ctx context.Context, figures string) error {
	fmt.Fprintln(os.Stderr, "Loading the figures into PostgreSQL, once.")
	template, err := pgx.Connect(ctx, strings.Replace(d.url, "/bench?", "/postgres?", 1))
	if err != nil {
		return err
	}
	if _, err := template.Exec(ctx, "CREATE DATABASE bench"); err != nil {
		return errors.Join(err, template.Close(ctx))
	}
	if err := template.Close(ctx); err != nil {
		return err
	}
	db, err := pgx.Connect(ctx, d.url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close(ctx) }()
	file, err := os.Open(figures)
	if err != nil {
		return err
	}
	defer file.Close()
	for statement := range strings.SplitSeq(schema, ";\n") {
		var from io.Reader
		if strings.HasPrefix(statement, "COPY") {
			from = file
		}
		if err := execute(ctx, db, statement, from); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

func execute(ctx context.Context, db *pgx.Conn, statement string, from io.Reader) error {
	if from != nil {
		_, err := db.PgConn().CopyFrom(ctx, from, statement)
		return err
	}
	_, err := db.Exec(ctx, statement)
	return err
}

func (d *database) stop() error {
	err := d.run(context.Background(), "pg_ctl", "-D", d.data, "-w", "-m", "fast", "stop")
	return errors.Join(err, os.RemoveAll(d.socket))
}
