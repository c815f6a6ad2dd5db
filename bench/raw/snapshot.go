package raw

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/countyql/countyql/bench/question"
)

// Snapshot is a snapshot file as DuckDB sees it by itself: attached as s, read-only, beside a table place of the province of each
// county.
type Snapshot struct {
	db *sql.DB
}

// placeTable finds the province of each county by the first digits of its code.
const placeTable = `CREATE TABLE place AS SELECT c.ordinal AS region, p.ordinal AS province
FROM s.code c JOIN s.code p ON p.kind = 'region' AND p.code = left(c.code, 2)
WHERE c.kind = 'region' AND length(c.code) = 6`

// OpenSnapshot opens a snapshot file.
func OpenSnapshot(ctx context.Context, file string) (*Snapshot, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return nil, err
	}
	db.SetMaxIdleConns(64)
	for _, statement := range []string{"ATTACH " + quoted(file) + " AS s (READ_ONLY)", placeTable} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", statement, err), db.Close())
		}
	}
	return &Snapshot{db: db}, nil
}

// Close closes the file.
func (s *Snapshot) Close() { _ = s.db.Close() } // nothing has been written

// Version is DuckDB's.
func (s *Snapshot) Version(ctx context.Context) (version string, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT version()").Scan(&version)
	return version, err
}

// Domain reads what can be asked about.
func (s *Snapshot) Domain(ctx context.Context) (*question.Domain, error) {
	d := &question.Domain{}
	for kind, terms := range map[string]*[]question.Term{"indicator": &d.Indicators, "region": &d.Regions, "precision": &d.Precisions} {
		err := s.each(ctx, "SELECT code, ordinal FROM s.code WHERE kind = '"+kind+"' ORDER BY ordinal", func(scan func(...any) error) error {
			var t question.Term
			err := scan(&t.Code, &t.Ordinal)
			*terms = append(*terms, t)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	err := s.each(ctx, "SELECT DISTINCT period_start, period_end FROM s.observation WHERE status = 0 ORDER BY 2", func(scan func(...any) error) error {
		var p question.Period
		err := scan(&p.Start, &p.End)
		p.Label = time.Unix(int64(p.Start)*24*60*60, 0).UTC().Format("2006-01")
		d.Periods = append(d.Periods, p)
		return err
	})
	d.Index()
	return d, err
}

// WriteFigures writes the current totals of measured figures as CSV: the ordinals of indicator, county and province, the last day of
// the period, whether it is the newest, value, numerator and denominator.
func (s *Snapshot) WriteFigures(ctx context.Context, file string) error {
	_, err := s.db.ExecContext(ctx, "COPY (SELECT indicator, region, province, period_end AS period, next_end = 2147483647 AS newest, value, "+
		"numerator, denominator FROM s.observation JOIN place USING (region) WHERE slice = 0 AND status = 0) TO "+quoted(file)+" (HEADER)")
	return err
}

func (s *Snapshot) each(ctx context.Context, query string, read func(scan func(...any) error) error) error {
	rows, err := s.db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Connect opens a connection for one client.
func (s *Snapshot) Connect(ctx context.Context) (*Conn, error) {
	conn, err := s.db.Conn(ctx)
	return &Conn{conn: conn}, err
}

// Conn is a connection that is used by one client.
type Conn struct {
	conn  *sql.Conn
	cells []any
	into  []any // pointers to the cells
}

// Close gives the connection back.
func (c *Conn) Close() { _ = c.conn.Close() } // it may have ended with the database

// Answer is rows of numbers, one after the other; NaN stands for NULL.
type Answer struct {
	Width   int
	Numbers []float64
}

// Len is the number of rows.
func (a *Answer) Len() int { return len(a.Numbers) / max(a.Width, 1) }

// Row is a row.
func (a *Answer) Row(n int) []float64 { return a.Numbers[n*a.Width : (n+1)*a.Width] }

// Query reads an answer of numbers.
func (c *Conn) Query(ctx context.Context, query string) (Answer, error) {
	rows, err := c.conn.QueryContext(ctx, query)
	if err != nil {
		return Answer{}, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return Answer{}, err
	}
	c.cells, c.into = make([]any, len(names)), make([]any, len(names))
	for i := range c.cells {
		c.into[i] = &c.cells[i]
	}
	answer := Answer{Width: len(names)}
	for rows.Next() {
		if err := rows.Scan(c.into...); err != nil {
			return Answer{}, err
		}
		for _, cell := range c.cells {
			x, err := number(cell)
			if err != nil {
				return Answer{}, err
			}
			answer.Numbers = append(answer.Numbers, x)
		}
	}
	return answer, rows.Err()
}

// number converts a cell by its type: Scan into a float64 would print integers and parse them.
func number(cell any) (float64, error) {
	switch x := cell.(type) {
	case nil:
		return math.NaN(), nil
	case float64:
		return x, nil
	case int64:
		return float64(x), nil
	case int32:
		return float64(x), nil
	case int8:
		return float64(x), nil
	}
	return 0, fmt.Errorf("a cell of type %T", cell)
}
