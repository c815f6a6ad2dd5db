package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	client "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/countyql/countyql/store"
)

// server is one ClickHouse server, with a pool of connections.
type server struct {
	address string
	config  *Config
	conn    driver.Conn
	// avoid is until when the server is asked last, in nanoseconds of Unix time, because it did not answer.
	avoid atomic.Int64
}

const (
	// dialTimeout bounds how long a server may take to accept a connection; one that is silent is as good as dead.
	dialTimeout = 2 * time.Second
	// readTimeout is what the client bounds the reading of a whole answer by, however much comes: copies read for hours. What ends
	// queries is their context, the server's max_execution_time, and the keep-alive of TCP where a server is gone.
	readTimeout = 30 * 24 * time.Hour
	// avoidance is how long a server that did not answer is asked last.
	avoidance = 5 * time.Second
)

func newServer(c *Config, address string) (*server, error) {
	conn, err := client.Open(&client.Options{
		Addr:         []string{address},
		Auth:         client.Auth{Username: c.User, Password: c.password}, // no database: a loader creates it
		TLS:          c.TLS,
		Compression:  &client.Compression{Method: client.CompressionLZ4},
		DialTimeout:  dialTimeout,
		ReadTimeout:  c.readTimeout,
		MaxOpenConns: c.Connections,
		MaxIdleConns: c.Connections,
		ClientInfo:   client.ClientInfo{Products: []struct{ Name, Version string }{{Name: "countyql"}}},
	})
	if err != nil {
		return nil, fmt.Errorf("clickhouse server %s: %w", address, err)
	}
	return &server{address: address, config: c, conn: conn}, nil
}

// limits are the settings of a query that answers a question.
func (c *Config) limits(ctx context.Context) client.Settings {
	timeout := c.QueryTimeout
	if deadline, ok := ctx.Deadline(); ok {
		timeout = max(min(timeout, time.Until(deadline)), time.Second)
	}
	settings := client.Settings{
		"max_execution_time":      int((timeout + time.Second - 1) / time.Second),
		"skip_unavailable_shards": 0, // half an answer would be none
	}
	if c.QueryMemory > 0 {
		settings["max_memory_usage"] = int(c.QueryMemory)
	}
	return settings
}

// onlyCanceled returns a context that is canceled when ctx ends, until it is let go, and has no deadline: the server is told to stop a
// query whose context is canceled, and is not told of one that is late. The caller lets go once the client has returned, and cancels only
// what is under way: the client closes the connection of a batch that was canceled even after it went back to the pool, where
// another query may have it already.
func onlyCanceled(ctx context.Context) (inner context.Context, cancel, letGo func()) {
	inner, cancel = context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	return inner, cancel, func() { stop() }
}

// tries is how often something is tried that may be done twice, where the connection turns out to be dead: a server that was started
// again and a router that forgot about it close connections that are in the pool, and some of them while they are taken from there.
const tries = 2

// cut reports whether a connection that had been established ended.
func cut(err error) bool {
	return errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// query runs a SELECT; each is called for every row of the answer.
func (s *server) query(ctx context.Context, settings client.Settings, sql string, each func(scan func(cells ...any) error) error) error {
	for try := 1; ; try++ {
		given := false
		var refused error
		err := s.queryOnce(ctx, settings, sql, func(scan func(cells ...any) error) error {
			given = true
			refused = each(scan)
			return refused
		})
		if refused != nil {
			return refused
		}
		if try == tries || given || !cut(err) {
			return s.outcome(ctx, err)
		}
	}
}

// queryOnce returns the client's errors as they are, and those of each.
func (s *server) queryOnce(ctx context.Context, settings client.Settings, sql string, each func(scan func(cells ...any) error) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	inner, cancel, letGo := onlyCanceled(ctx)
	defer letGo()
	rows, err := s.conn.Query(client.Context(inner, client.WithSettings(settings)), sql)
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			cancel()         // Close reads the rest of the answer
			_ = rows.Close() // of a query that was given up
			return err
		}
	}
	if err := rows.Close(); err != nil {
		return err
	}
	return rows.Err()
}

// repeatable are the statements that may be executed twice.
var repeatable = regexp.MustCompile(`^(DROP TABLE IF EXISTS|CREATE (DATABASE|TABLE) IF NOT EXISTS|ALTER TABLE \S+ REPLACE PARTITION) `)

// exec runs statements without an answer.
func (s *server) exec(ctx context.Context, statements ...string) error {
	for _, sql := range statements {
		for try := 1; ; try++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			inner, _, letGo := onlyCanceled(ctx)
			err := s.conn.Exec(inner, sql)
			letGo()
			if err == nil {
				break
			}
			if try == tries || !cut(err) || !repeatable.MatchString(sql) {
				return s.outcome(ctx, err)
			}
		}
	}
	return nil
}

// insert sends rows as columns, in the order of the names in the statement. Rows that may have arrived are not sent again.
func (s *server) insert(ctx context.Context, sql string, columns []any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	inner, _, letGo := onlyCanceled(ctx)
	defer letGo()
	batch, err := s.conn.PrepareBatch(client.Context(inner), sql)
	if cut(err) {
		batch, err = s.conn.PrepareBatch(client.Context(inner), sql)
	}
	if err != nil {
		return s.outcome(ctx, err)
	}
	defer func() { _ = batch.Close() }() // it was sent, or its error is returned
	for i, cells := range columns {
		if err := batch.Column(i).Append(cells); err != nil {
			return s.outcome(ctx, err)
		}
	}
	return s.outcome(ctx, batch.Send())
}

// The codes of ClickHouse's errors that mean something to us.
const (
	codeUnknownTable       = 60
	codeUnknownDatabase    = 81
	codeTimeout            = 159
	codeSameQuery          = 216
	codeMemory             = 241
	codeReadonly           = 164
	codeAccess             = 497
	codeAuthentication     = 516
	codeWrongPassword      = 193
	codeNoConnection       = 279
	codeEndOfFile          = 32
	codeUnexpectedPacket   = 101
	codeDNS                = 198
	codeSocketTimeout      = 209
	codeNetwork            = 210
	codeTooManyConnections = 203
)

// codeOf is the code of an error that a server reported; 0 if it is another.
func codeOf(err error) int32 {
	var reported *client.Exception
	if errors.As(err, &reported) {
		return reported.Code
	}
	return 0
}

// serverError is what a server reported of a statement.
type serverError struct {
	address string
	code    int32
	message string
	err     error
}

func (e *serverError) Error() string {
	return fmt.Sprintf("clickhouse server %s: error %d: %s", e.address, e.code, e.message)
}

func (e *serverError) Unwrap() error { return e.err }

// outcome turns the client's error into ours: of the context if it ended, a *store.MemoryError, a *store.UnavailableError where
// a server or a shard cannot be reached, a *serverError for whatever else a server reports.
func (s *server) outcome(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var reported *client.Exception
	if !errors.As(err, &reported) {
		s.avoid.Store(time.Now().Add(avoidance).UnixNano())
		return &store.UnavailableError{Detail: fmt.Sprintf("clickhouse server %s: %v", s.address, err)}
	}
	message, _, _ := strings.Cut(reported.Message, "\n")
	switch reported.Code {
	case codeTimeout:
		return fmt.Errorf("clickhouse server %s: %w: %s", s.address, context.DeadlineExceeded, message)
	case codeMemory:
		return &store.MemoryError{Detail: message}
	case codeNoConnection, codeEndOfFile, codeUnexpectedPacket, codeDNS, codeSocketTimeout, codeNetwork, codeTooManyConnections:
		return &store.UnavailableError{Detail: fmt.Sprintf("clickhouse server %s reaches no replica of a shard: %s", s.address, message)}
	}
	return &serverError{address: s.address, code: reported.Code, message: message, err: err}
}

// unavailable reports whether a server or a shard could not be reached.
func unavailable(err error) bool {
	var u *store.UnavailableError
	return errors.As(err, &u)
}

// lacks reports whether a server has no such table.
func lacks(err error) bool {
	code := codeOf(err)
	return code == codeUnknownTable || code == codeUnknownDatabase
}

// quoted renders a name as an SQL text literal: names of tables and clusters, which are checked, and ids of queries.
func quoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
