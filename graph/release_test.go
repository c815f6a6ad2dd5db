package graph_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/store"
)

// slow is an engine that goes on for a while after it has been told to stop.
type slow struct {
	*counting
	asked    chan struct{}
	stopped  chan struct{}
	released atomic.Int64
}

func (e *slow) Pin(context.Context) (store.Snapshot, error) { return e, nil }
func (e *slow) Release()                                    { e.released.Add(1) }

func (e *slow) Select(ctx context.Context, _ store.Select) (*store.Rows, error) {
	close(e.asked)
	<-ctx.Done()
	<-e.stopped
	return nil, ctx.Err()
}

// A snapshot is released when nobody reads it any more, also where a client gives up what was asked together for many objects.
func TestBatch_ReleasedAfterwards(t *testing.T) {
	t.Parallel()
	counting := newCounting(t)
	for _, document := range []string{
		`{ region(code: \"101\") { latest(indicator: \"population\") { value } } }`, `{ regions(first: 2) { nodes { latest(indicator: \"population\") { value } } } }`,
	} {
		synctest.Test(t, func(t *testing.T) {
			e := &slow{counting: counting, asked: make(chan struct{}), stopped: make(chan struct{})}
			ctx, cancel := context.WithCancel(access.With(t.Context(), access.System()))
			r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", strings.NewReader(`{"query": "`+document+`"}`))
			r.Header.Set("Content-Type", "application/json")
			handler := graph.NewHandler(serviceOf(e, 100), graph.Options{})
			go handler.ServeHTTP(httptest.NewRecorder(), r)
			<-e.asked
			cancel()
			synctest.Wait()
			if n := e.released.Load(); n != 0 {
				t.Error("the snapshot was released while it was read")
			}
			close(e.stopped)
			synctest.Wait()
			if n := e.released.Load(); n != 1 {
				t.Errorf("the snapshot was released %d times", n)
			}
		})
	}
}
