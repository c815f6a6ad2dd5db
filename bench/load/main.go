// Command load compares, in one run, loading a data package with DuckDB reading the same file into a sorted table:
// go run ./bench/load --rows 1000000.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"github.com/countyql/countyql/bench/raw"
	"github.com/countyql/countyql/bench/star"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/store/duckdb"
)

type command struct {
	Rows   int    `default:"1000000" help:"Number of figures."`
	Rounds int    `default:"3" help:"Rounds; the best of each counts."`
	Dir    string `help:"Where the package is kept between runs; a temporary directory by default."`
	Format string `default:"csv" enum:"csv,parquet" help:"How the figures are written, csv or parquet."`
	Memory string `help:"Memory limit of the load, such as 4GB; 1200MB by default."`
	Stages bool   `help:"Print how long each stage of each load took."`
	Once   string `hidden:"" enum:",raw,countyql" default:"" help:"Run one side once on --dir and print what it took."`
	Into   string `hidden:"" help:"Where --once writes."`
}

func main() {
	var c command
	kong.Parse(&c, kong.Description("Compares a load with DuckDB reading the same file into a sorted table."))
	ctx := context.Background()
	run := c.compare
	if c.Once != "" {
		run = c.once
	}
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// measured is what one run of one side took.
type measured struct {
	Elapsed time.Duration
	Stages  map[string]time.Duration
	Bytes   int64 // of the file written
	peak    int64 // bytes resident at most
	cpu     time.Duration
}

// compare runs both sides in turn, each time in a process of its own, so that neither sees the other's memory.
func (c *command) compare(ctx context.Context, out io.Writer) error {
	if c.Dir == "" {
		dir, err := os.MkdirTemp("", "countyql-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		c.Dir = dir
	}
	input := filepath.Join(c.Dir, fmt.Sprint(c.Rows))
	if _, err := os.Stat(filepath.Join(input, loader.PackageFile)); err != nil {
		if err := star.Write(input, star.Options{Rows: c.Rows, Seed: 1}); err != nil {
			return err
		}
	}
	if c.Format == "parquet" {
		var err error
		if input, err = parquetPackage(ctx, input); err != nil {
			return err
		}
	}
	best := map[string]measured{}
	for range c.Rounds {
		for _, side := range []string{"raw", "countyql"} {
			m, err := c.child(ctx, side, input)
			if err != nil {
				return fmt.Errorf("%s: %w", side, err)
			}
			if c.Stages {
				fmt.Fprintln(out, side, m.Elapsed.Round(time.Millisecond), m.cpu.Round(time.Millisecond), m.Stages)
			}
			if b, ok := best[side]; !ok || m.Elapsed < b.Elapsed {
				best[side] = m
			}
		}
	}
	return c.report(out, input, best)
}

func (c *command) report(out io.Writer, input string, best map[string]measured) error {
	info, err := os.Stat(c.figures(input))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d rows, %d MB of %s, best of %d rounds\n\n", c.Rows, info.Size()>>20, c.Format, c.Rounds)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tseconds\tCPU seconds\trows/s\tpeak MB\tfile MB\t")
	for _, side := range []string{"raw", "countyql"} {
		m := best[side]
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.0f\t%d\t%.1f\t\n", side, m.Elapsed.Seconds(), m.cpu.Seconds(), float64(c.Rows)/m.Elapsed.Seconds(),
			m.peak>>20, float64(m.Bytes)/(1<<20))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	r, l := best["raw"], best["countyql"]
	_, err = fmt.Fprintf(out, "\nspeed %.2f of raw, file %.2f of raw\n", r.Elapsed.Seconds()/l.Elapsed.Seconds(), float64(l.Bytes)/float64(r.Bytes))
	return err
}

// figures is the file of figures of a package.
func (c *command) figures(dir string) string {
	return filepath.Join(dir, strings.TrimSuffix(star.ObservationsFile, ".csv")+"."+c.Format)
}

// parquetPackage makes, beside a package, the same one with its figures in Parquet, and returns its directory.
func parquetPackage(ctx context.Context, csv string) (string, error) {
	dir := csv + "-parquet"
	if _, err := os.Stat(filepath.Join(dir, loader.PackageFile)); err == nil {
		return dir, nil
	}
	if err := raw.ToParquet(ctx, csv); err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	entries, err := os.ReadDir(csv)
	if err != nil {
		return "", err
	}
	for _, entry := range entries {
		if entry.Name() == star.ObservationsFile || entry.Name() == loader.PackageFile {
			continue
		}
		if err := os.Link(filepath.Join(csv, entry.Name()), filepath.Join(dir, entry.Name())); err != nil {
			return "", err
		}
	}
	// The description comes last: it says that the rest is there.
	described, err := os.ReadFile(filepath.Join(csv, loader.PackageFile))
	if err != nil {
		return "", err
	}
	parquet := strings.TrimSuffix(star.ObservationsFile, ".csv") + ".parquet"
	described = bytes.Replace(described, []byte(star.ObservationsFile), []byte(parquet), 1)
	return dir, os.WriteFile(filepath.Join(dir, loader.PackageFile), described, 0o600)
}

// child runs one side in a process of its own.
func (c *command) child(ctx context.Context, side, input string) (measured, error) {
	program, err := os.Executable()
	if err != nil {
		return measured{}, err
	}
	into, err := os.MkdirTemp(c.Dir, side+"-")
	if err != nil {
		return measured{}, err
	}
	defer os.RemoveAll(into)
	cmd := exec.CommandContext(ctx, program, "--once", side, "--dir", input, "--into", into, "--memory", c.Memory, "--format", c.Format)
	cmd.Stderr = os.Stderr
	answer, err := cmd.Output()
	if err != nil {
		return measured{}, err
	}
	var m measured
	if err := json.Unmarshal(answer, &m); err != nil {
		return measured{}, err
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		m.peak = usage.Maxrss << 10 // Linux counts in KiB
		m.cpu = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	return m, nil
}

// once runs one side in this process.
func (c *command) once(ctx context.Context, out io.Writer) error {
	m := measured{Stages: map[string]time.Duration{}}
	start := time.Now()
	switch c.Once {
	case "raw":
		if err := raw.Load(ctx, c.figures(c.Dir), filepath.Join(c.Into, "raw.duckdb")); err != nil {
			return err
		}
	default:
		if err := c.load(ctx, m.Stages); err != nil {
			return err
		}
	}
	m.Elapsed = time.Since(start)
	err := filepath.WalkDir(c.Into, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			m.Bytes += info.Size()
		}
		return err
	})
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(m)
}

// load publishes the package in a new store, as countyql load does.
func (c *command) load(ctx context.Context, stages map[string]time.Duration) error {
	engine, err := duckdb.Open(c.Into, duckdb.Options{MemoryLimit: c.Memory})
	if err != nil {
		return err
	}
	var stage loader.Stage
	since := time.Now()
	progress := func(p loader.Progress) {
		if p.Stage != stage {
			stages[string(stage)] += time.Since(since)
			stage, since = p.Stage, time.Now()
		}
	}
	l := loader.Loader{Engine: engine, Logger: slog.New(slog.DiscardHandler), Progress: progress}
	if _, err := l.Load(ctx, loader.Input{Name: c.Dir, FS: os.DirFS(c.Dir)}); err != nil {
		return err
	}
	stages[string(stage)] += time.Since(since)
	return engine.Close()
}
