package telemetry

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/countyql/countyql/store"
)

// SlowOptions say which engine queries are logged.
type SlowOptions struct {
	// After is how long a query takes before it is slow. Default: no query is.
	After time.Duration
	// PerMinute is the most that are logged in a minute; further ones are counted. Default: 10.
	PerMinute int
}

// slowLog writes slow engine queries with their plan, for whoever runs the server: clients see neither.
type slowLog struct {
	after   time.Duration
	limiter *rate.Limiter
	left    atomic.Int64 // not logged since the last that was
	logger  *slog.Logger
}

// patience is how long the plan of a query may take to be made.
const patience = 2 * time.Second

func newSlowLog(options SlowOptions, logger *slog.Logger) *slowLog {
	if options.PerMinute <= 0 {
		options.PerMinute = 10
	}
	every := rate.Every(time.Minute / time.Duration(options.PerMinute))
	return &slowLog{after: options.After, limiter: rate.NewLimiter(every, options.PerMinute), logger: logger}
}

func (l *slowLog) is(took time.Duration) bool { return l.after > 0 && took >= l.after }

// log writes a slow query. The plan is made outside of the request's own time, which may be over.
func (l *slowLog) log(ctx context.Context, query store.Executed) {
	if !l.limiter.Allow() {
		l.left.Add(1)
		return
	}
	outside, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	plan, err := query.Explain(outside)
	if err != nil {
		plan = "not known: " + err.Error()
	}
	attrs := []any{"took", query.Took.Round(time.Microsecond), "rows", query.Rows, "sql", query.SQL, "plan", plan, "notLogged", l.left.Swap(0)}
	if query.Err != nil {
		attrs = append(attrs, "error", query.Err)
	}
	l.logger.WarnContext(ctx, "slow engine query", attrs...)
}
