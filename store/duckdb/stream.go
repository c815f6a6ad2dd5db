package duckdb

import (
	"context"
	"time"

	bindings "github.com/duckdb/duckdb-go-bindings"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/countyql/countyql/store"
)

// stream runs a rendered question and shows its rows as they come, in chunks that are good until see returns; it ends early when that returns
// false. However many rows there are, they are never all in memory, nor copied. An error need not be of the kind that query tells, and rows may have been
// shown before it.
func (r *reader) stream(ctx context.Context, short bool, sql string, see func(chunk mapping.DataChunk) bool) (rows int, err error) {
	r.running.Add(1)
	defer r.running.Add(-1)
	start := time.Now()
	db := r.db
	if short {
		if one := r.lane.enter(ctx); one != nil {
			defer r.lane.leave()
			db = one
		}
	}
	rows, err = db.stream(ctx, sql, see)
	if r.onQuery != nil {
		r.onQuery(ctx, store.Executed{
			SQL: sql, Took: time.Since(start), Err: err, Rows: rows,
			Explain: func(ctx context.Context) (string, error) { return r.explain(ctx, sql) },
		})
	}
	return rows, err
}

// stream runs SQL on a connection that nobody else uses until the last row has been seen.
func (d *database) stream(ctx context.Context, sql string, see func(chunk mapping.DataChunk) bool) (int, error) {
	c, err := d.acquire()
	if err != nil {
		return 0, err
	}
	defer d.release(c)
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	defer c.interruptWhenDone(ctx)()
	var statement mapping.PreparedStatement
	defer mapping.DestroyPrepare(&statement)
	if mapping.Prepare(c.conn, sql, &statement) == mapping.StateError {
		return 0, ended(ctx, mapping.PrepareError(statement))
	}
	var pending mapping.PendingResult
	// It is called deprecated, and there is no other way to have rows before all of them are there.
	state := bindings.PendingPreparedStreaming(statement, &pending)
	defer mapping.DestroyPending(&pending)
	if state == mapping.StateError {
		return 0, ended(ctx, mapping.PendingError(pending))
	}
	r := &result{}
	defer r.close()
	if mapping.ExecutePending(pending, &r.res) == mapping.StateError {
		return 0, ended(ctx, mapping.ResultError(&r.res))
	}
	for {
		chunk := mapping.FetchChunk(r.res)
		if chunk.Ptr == nil {
			break
		}
		r.rows += int(mapping.DataChunkGetSize(chunk))
		more := see(chunk)
		mapping.DestroyDataChunk(&chunk)
		if !more {
			return r.rows, nil
		}
	}
	if message := mapping.ResultError(&r.res); message != "" {
		return r.rows, ended(ctx, message)
	}
	return r.rows, ctx.Err()
}

// ended is why a stream has ended: with its context, or by an error.
func ended(ctx context.Context, message string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return &queryError{message: message}
}
