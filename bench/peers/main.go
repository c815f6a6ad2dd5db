package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
)

// The questions as each server is asked them, for bench/query.
var (
	//go:embed graphjin.json
	graphjinQuestions []byte
	//go:embed postgraphile.json
	postgraphileQuestions []byte
)

// peer describes a server to bench/query.
type peer struct {
	Name      string          `json:"name"`
	Address   string          `json:"address"`
	Questions json.RawMessage `json:"questions"`
}

type options struct {
	rows  int
	dir   string
	query string // the program of bench/query
	node  string // the directory of node_modules
	data  string // the directory of the database
	more  []string
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "graphjin" { // it serves in a process of its own
		exitOn(serveGraphJin(os.Args[2]))
		return
	}
	var o options
	flag.IntVar(&o.rows, "rows", 10_000_000, "number of figures")
	flag.StringVar(&o.dir, "dir", "", "where the store is kept between runs, as for bench/query")
	flag.StringVar(&o.query, "query", "bin/bench-query", "the program of bench/query, which gets what follows --")
	flag.StringVar(&o.node, "node", "bench/peers", "the directory that has node_modules")
	flag.StringVar(&o.data, "data", filepath.Join(os.TempDir(), "countyql-bench-postgresql"),
		"where the database is kept between runs; the user it runs as must be able to get there")
	flag.Parse()
	o.more = flag.Args()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	exitOn(err)
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	if o.dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		o.dir = filepath.Join(cache, "countyql-bench")
	}
	arguments := []string{"--dir", o.dir, "--rows", strconv.Itoa(o.rows)}
	figures := filepath.Join(o.dir, strconv.Itoa(o.rows), "figures.csv")
	if _, err := os.Stat(figures); errors.Is(err, os.ErrNotExist) {
		if err := attached(ctx, o.query, append(arguments, "--figures", figures)...); err != nil {
			return err
		}
	}
	database, err := startPostgreSQL(ctx, filepath.Join(o.data, strconv.Itoa(o.rows)), figures)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.stop()) }()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	graphjin, err := startServer(ctx, self, "graphjin", database.url)
	if err != nil {
		return err
	}
	defer graphjin.stop()
	postgraphile, err := startServer(ctx, "node", filepath.Join(o.node, "postgraphile.cjs"), database.url)
	if err != nil {
		return err
	}
	defer postgraphile.stop()
	description := filepath.Join(o.dir, strconv.Itoa(o.rows), "peers.json")
	text, err := json.Marshal([]peer{
		{Name: "GraphJin", Address: graphjin.address, Questions: graphjinQuestions},
		{Name: "PostGraphile", Address: postgraphile.address, Questions: postgraphileQuestions},
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(description, text, 0o644); err != nil {
		return err
	}
	return attached(ctx, o.query, append(append(arguments, "--peers", description), o.more...)...)
}

// attached runs a program on this one's output.
func attached(ctx context.Context, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	return nil
}
