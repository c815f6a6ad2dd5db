package raw

import (
	"context"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/countyql/countyql/bench/question"
	"github.com/countyql/countyql/bench/race"
)

// Side is the side of DuckDB by itself, in this process, asked by SQL with literals.
type Side struct {
	Snapshot *Snapshot
	Domain   *question.Domain
}

// Name is what tables call DuckDB alone.
const Name = "raw"

// Name is raw.
func (*Side) Name() string { return Name }

// Answers is true: every question has SQL, and SQL has no forms.
func (*Side) Answers(race.Line) bool { return true }

// Spent is the processor time of this process, in which DuckDB runs.
func (*Side) Spent() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// Prepare renders the SQL.
func (d *Side) Prepare(l race.Line, p question.Params) (race.Request, error) {
	return race.Request{SQL: l.Question.SQL(d.Domain, p)}, nil
}

// Connect opens a connection of the driver.
func (d *Side) Connect(ctx context.Context, l race.Line) (race.Client, error) {
	conn, err := d.Snapshot.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &querier{conn: conn, domain: d.Domain, question: l.Question}, nil
}

// querier is one client of DuckDB.
type querier struct {
	conn     *Conn
	domain   *question.Domain
	question *question.Question

	sql    string // of the last answer
	answer Answer // with a column after the last name if it is a page
}

func (q *querier) Ask(ctx context.Context, r race.Request) error {
	next := r.SQL
	if q.question.Paged {
		cursor := -1
		if n := q.answer.Len(); n == question.PageSize {
			next, cursor = q.sql, int(q.answer.Row(n - 1)[len(q.question.Names)])
		}
		q.sql = next
		next = strings.Replace(next, question.Cursor, strconv.Itoa(cursor), 1)
	}
	var err error
	q.answer, err = q.conn.Query(ctx, next)
	return err
}

func (q *querier) Rows() ([][]any, error) {
	rows := make([][]any, q.answer.Len())
	for n := range rows {
		row := q.answer.Row(n)
		rows[n] = make([]any, len(row))
		for i, x := range row {
			if x == x { // NaN stands for NULL
				rows[n][i] = x
			}
		}
	}
	return q.question.Named(q.domain, rows), nil
}

func (q *querier) Close() { q.conn.Close() }
