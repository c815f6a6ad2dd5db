package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/countyql/countyql/store"
)

// database is a DuckDB instance in memory of its own, to which snapshot files are attached. An instance of its own
// never hands out a file opened earlier under the same name, as DuckDB's instance cache does. Results are read through
// the driver's mapping of the C interface, which gives whole columns where database/sql gives boxed cells.
type database struct {
	db mapping.Database

	mu     sync.Mutex
	idle   []*connection
	closed bool

	bounds     store.Bounds // as set when the instance was opened; 0 for a share of the disk
	spillsInto string
}

// maxIdle bounds the connections kept for later queries; more may be open at a time.
const maxIdle = 16

// openDatabase opens an instance with DuckDB settings by name. No instance ever downloads or loads an extension.
func openDatabase(settings map[string]string) (*database, error) {
	var config mapping.Config
	if mapping.CreateConfig(&config) == mapping.StateError {
		return nil, errors.New("duckdb: no configuration")
	}
	defer mapping.DestroyConfig(&config)
	set := func(name, value string) error {
		if mapping.SetConfig(config, name, value) == mapping.StateError {
			return fmt.Errorf("duckdb: setting %s does not accept %q", name, value)
		}
		return nil
	}
	fixed := map[string]string{
		"duckdb_api":                   "go",
		"autoinstall_known_extensions": "false",
		"autoload_known_extensions":    "false",
	}
	for _, values := range []map[string]string{fixed, settings} {
		for name, value := range values {
			if err := set(name, value); err != nil {
				return nil, err
			}
		}
	}
	d := &database{}
	var message string
	if mapping.OpenExt("", &d.db, config, &message) == mapping.StateError {
		return nil, fmt.Errorf("duckdb: open: %s", message)
	}
	// An instance that is opened with the limit shows it and does not hold it: it has to be set once there are temporary files to limit.
	if limit := settings["max_temp_directory_size"]; limit != "" {
		if err := d.exec(context.Background(), "SET max_temp_directory_size = "+quoted(limit)); err != nil {
			d.close()
			return nil, err
		}
	}
	return d, nil
}

// close ends the instance. No query may be running.
func (d *database) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return
	}
	d.closed = true
	for _, c := range d.idle {
		mapping.Disconnect(&c.conn)
	}
	d.idle = nil
	mapping.Close(&d.db)
}

// connection runs one statement at a time.
type connection struct {
	conn mapping.Connection
}

func (d *database) acquire() (*connection, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, errors.New("duckdb: the database is closed")
	}
	if n := len(d.idle); n > 0 {
		c := d.idle[n-1]
		d.idle = d.idle[:n-1]
		return c, nil
	}
	c := &connection{}
	if mapping.Connect(d.db, &c.conn) == mapping.StateError {
		return nil, errors.New("duckdb: connect")
	}
	return c, nil
}

func (d *database) release(c *connection) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || len(d.idle) >= maxIdle {
		mapping.Disconnect(&c.conn)
		return
	}
	d.idle = append(d.idle, c)
}

// exec runs statements and drops their results.
func (d *database) exec(ctx context.Context, statements ...string) error {
	for _, sql := range statements {
		r, err := d.query(ctx, sql)
		if err != nil {
			return err
		}
		r.close()
	}
	return nil
}

// query runs SQL and returns its whole result, which the caller closes.
func (d *database) query(ctx context.Context, sql string) (*result, error) {
	c, err := d.acquire()
	if err != nil {
		return nil, err
	}
	defer d.release(c)
	r, err := c.query(ctx, sql)
	var failed *queryError
	if errors.As(err, &failed) && failed.kind == mapping.ErrorTypeOutOfMemory {
		return nil, d.exhausted(failed.message)
	}
	return r, err
}

// inOne runs statements over one connection, so that they may be a transaction. After an error it is rolled back.
func (d *database) inOne(ctx context.Context, statements []string) error {
	c, err := d.acquire()
	if err != nil {
		return err
	}
	defer d.release(c)
	for _, sql := range statements {
		if err := c.exec(ctx, sql); err != nil {
			_ = c.exec(context.WithoutCancel(ctx), "ROLLBACK") // there may be no transaction yet or any more
			var failed *queryError
			if errors.As(err, &failed) && failed.kind == mapping.ErrorTypeOutOfMemory {
				return d.exhausted(failed.message)
			}
			return err
		}
	}
	return nil
}

// exec runs a statement and drops its result.
func (c *connection) exec(ctx context.Context, sql string) error {
	r, err := c.query(ctx, sql)
	if err != nil {
		return err
	}
	r.close()
	return nil
}

func (c *connection) query(ctx context.Context, sql string) (*result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := &result{}
	stop := c.interruptWhenDone(ctx)
	state := mapping.Query(c.conn, sql, &r.res)
	stop()
	if state == mapping.StateError {
		failed := &queryError{kind: mapping.ResultErrorType(&r.res), message: mapping.ResultError(&r.res)}
		r.close()
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return nil, failed
	}
	r.fetch()
	return r, nil
}

// queryError is an error that DuckDB reports of a statement.
type queryError struct {
	kind    mapping.ErrorType
	message string
}

func (e *queryError) Error() string { return "duckdb: " + e.message }

// interruptPause is the pause between two interrupts of a query whose context has ended.
const interruptPause = time.Millisecond

// interruptWhenDone interrupts the connection's query when the context ends, until the returned function is called.
// DuckDB clears the flag when a statement begins, so a single interrupt that comes too early would be lost.
func (c *connection) interruptWhenDone(ctx context.Context) (stop func()) {
	finished, stopped := make(chan struct{}), make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(stopped)
		ticker := time.NewTicker(interruptPause)
		defer ticker.Stop()
		for {
			mapping.Interrupt(c.conn)
			select {
			case <-finished:
				return
			case <-ticker.C:
			}
		}
	})
	return func() {
		if !cancel() {
			close(finished)
			<-stopped
		}
	}
}

// quoted renders a file path as an SQL text literal. Paths come from the operator, not from a request.
func quoted(path string) string { return "'" + strings.ReplaceAll(path, "'", "''") + "'" }

// engineName is the engine and its version as manifests name it.
func engineName() string { return "duckdb " + strings.TrimPrefix(mapping.LibraryVersion(), "v") }
