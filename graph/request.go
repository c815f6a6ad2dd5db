package graph

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// request is what the resolvers of one operation share.
type request struct {
	session *query.Session
	meter   *meter
	// batchers are made when a resolver needs one: most operations do without.
	batchers func() *batchers
	// running counts their batches that are being answered. Until there are none the session is in use.
	running sync.WaitGroup
}

// batchers ask one question for many objects.
type batchers struct {
	latest           *batcher[query.LatestRequest, *query.Observation]
	revisions        *batcher[*query.Observation, []*query.Observation]
	figures          *batcher[indicator.ObservationKey, *query.Observation]
	regionIndicators *batcher[*catalog.Region, []*catalog.Indicator]
	availability     *batcher[*catalog.Indicator, *query.Availability]
	slices           *batcher[*catalog.Indicator, []*query.SliceAvailability]
	// observations holds a batcher for each field of the document that pages through the figures of an object, by *ast.Field: the
	// fields differ in their arguments.
	observations sync.Map
}

type requestKey struct{}

func newRequest(session *query.Session, m *meter) *request {
	r := &request{session: session, meter: m}
	r.batchers = sync.OnceValue(func() *batchers {
		return &batchers{
			latest:           newBatcher(&r.running, session.Latest),
			revisions:        all(&r.running, session.Revisions),
			figures:          all(&r.running, session.ByKey),
			regionIndicators: all(&r.running, session.RegionIndicators),
			availability:     all(&r.running, session.IndicatorAvailability),
			slices:           all(&r.running, session.IndicatorSlices),
		}
	})
	return r
}

// figuresOf is the page of figures of an object that the field being resolved has, read together with those of its siblings.
func figuresOf[K comparable](ctx context.Context, of K, load func(context.Context, []K) ([]*query.ObservationPage, error)) (*query.ObservationPage, error) {
	r := requestOf(ctx)
	b, _ := r.batchers().observations.LoadOrStore(graphql.GetFieldContext(ctx).Field.Field, all(&r.running, load))
	return b.(*batcher[K, *query.ObservationPage]).get(ctx, of) //nolint:forcetypeassert // all objects that have a field are of one type
}

func withRequest(ctx context.Context, r *request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// requestOf returns the request of a resolver's context; every operation has one.
func requestOf(ctx context.Context) *request {
	if e, ok := ctx.Value(eventKey{}).(*event); ok {
		return e.request(ctx)
	}
	return ctx.Value(requestKey{}).(*request) //nolint:forcetypeassert // set for every operation; a panic is a bug
}

func sessionOf(ctx context.Context) *query.Session { return requestOf(ctx).session }

// event is what the resolvers of one answer of a subscription share. Its session is opened when one of them needs it: an answer may
// be waited for for long, and a session would keep its snapshot from being closed.
type event struct {
	service *query.Service
	meter   *meter
	once    sync.Once
	opened  *request
	err     error
	release func()
}

type eventKey struct{}

func (e *event) request(ctx context.Context) *request {
	e.once.Do(func() {
		var session *query.Session
		if session, e.release, e.err = e.service.Open(ctx); e.err == nil {
			e.opened = newRequest(session, e.meter)
		}
	})
	if e.err != nil {
		panic(e.err) // what is answered about has just been published; the resolver's caller makes an error of it
	}
	return e.opened
}

// close ends the session, if there is one.
func (e *event) close() {
	if e.opened != nil {
		e.opened.running.Wait()
		e.release()
	}
}
