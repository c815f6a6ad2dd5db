package graph

import (
	"context"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// request is what the resolvers of one operation share.
type request struct {
	session   *query.Session
	meter     *meter
	operation *ast.OperationDefinition
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

func newRequest(session *query.Session, m *meter, op *ast.OperationDefinition) *request {
	r := &request{session: session, meter: m, operation: op}
	r.batchers = sync.OnceValue(func() *batchers {
		return &batchers{
			latest:           newBatcher(&r.running, foreseen(op, named("Region", "latest")), session.Latest),
			revisions:        newBatcher(&r.running, foreseen(op, named("Observation", "revisions", "firstPublished", "lag")), all(session.Revisions)),
			figures:          newBatcher(&r.running, foreseen(op, named("Check", "observations")), all(session.ByKey)),
			regionIndicators: newBatcher(&r.running, foreseen(op, named("Region", "indicators")), all(session.RegionIndicators)),
			availability:     newBatcher(&r.running, foreseen(op, named("Indicator", "availability")), all(session.IndicatorAvailability)),
			slices:           newBatcher(&r.running, foreseen(op, named("Indicator", "slices")), all(session.IndicatorSlices)),
		}
	})
	return r
}

// foreseen is how often certain fields are resolved for an operation: 0 where one of them is below a list, whose length is not known. Fields
// that are skipped or of which others are equal are taken for resolved.
func foreseen(op *ast.OperationDefinition, counted func(*ast.Field) bool) int {
	n := 0
	var count func(selections ast.SelectionSet, listed bool) (known bool)
	count = func(selections ast.SelectionSet, listed bool) bool {
		for _, s := range selections {
			known := true
			switch s := s.(type) {
			case *ast.Field:
				if counted(s) {
					n++
					known = !listed
				}
				known = known && count(s.SelectionSet, listed || s.Definition.Type.Elem != nil)
			case *ast.InlineFragment:
				known = count(s.SelectionSet, listed)
			case *ast.FragmentSpread:
				known = count(s.Definition.SelectionSet, listed)
			}
			if !known {
				return false
			}
		}
		return true
	}
	if !count(op.SelectionSet, false) {
		return 0
	}
	return n
}

// named picks fields of a type by their names.
func named(object string, names ...string) func(*ast.Field) bool {
	return func(f *ast.Field) bool {
		return f.ObjectDefinition.Name == object && slices.Contains(names, f.Name)
	}
}

// figuresOf is the page of figures of an object that the field being resolved has, read together with those of its siblings.
func figuresOf[K comparable](ctx context.Context, of K, load func(context.Context, []K) ([]*query.ObservationPage, error)) (*query.ObservationPage, error) {
	r, field := requestOf(ctx), graphql.GetFieldContext(ctx).Field.Field
	b, known := r.batchers().observations.Load(field)
	if !known {
		itself := func(f *ast.Field) bool { return f == field }
		b, _ = r.batchers().observations.LoadOrStore(field, newBatcher(&r.running, foreseen(r.operation, itself), all(load)))
	}
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
			e.opened = newRequest(session, e.meter, graphql.GetOperationContext(ctx).Operation)
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
