package graph

import (
	"context"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vikstrous/dataloadgen"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// batchWait is how long a question about one object waits for the same question about its siblings, whose resolvers run at
// the same time.
const batchWait = 2 * time.Millisecond

// request is what the resolvers of one operation share: its session, and loaders that ask one question for many objects.
type request struct {
	session          *query.Session
	latest           *dataloadgen.Loader[query.LatestRequest, *query.Observation]
	revisions        *dataloadgen.Loader[*query.Observation, []*query.Observation]
	figures          *dataloadgen.Loader[indicator.ObservationKey, *query.Observation]
	regionIndicators *dataloadgen.Loader[*catalog.Region, []*catalog.Indicator]
	availability     *dataloadgen.Loader[*catalog.Indicator, *query.Availability]
	sourceFigures    *dataloadgen.Loader[*catalog.Source, []*query.Observation]
	// regionFigures holds a loader for each Region.observations field of the document, by *ast.Field: the fields differ in
	// their conditions.
	regionFigures sync.Map
}

type regionFiguresLoader = dataloadgen.Loader[*catalog.Region, []*query.Observation]

type requestKey struct{}

func newRequest(session *query.Session) *request {
	wait := dataloadgen.WithWait(batchWait)
	return &request{
		session:          session,
		latest:           dataloadgen.NewLoader(session.Latest, wait),
		revisions:        dataloadgen.NewLoader(allOrError(session.Revisions), wait),
		figures:          dataloadgen.NewLoader(allOrError(session.ByKey), wait),
		regionIndicators: dataloadgen.NewLoader(allOrError(session.RegionIndicators), wait),
		availability:     dataloadgen.NewLoader(allOrError(session.IndicatorAvailability), wait),
		sourceFigures:    dataloadgen.NewLoader(allOrError(session.SourceObservations), wait),
	}
}

// regionObservations returns the figures of a region under the condition of the field being resolved.
func (r *request) regionObservations(ctx context.Context, region *catalog.Region, where *query.ObservationWhere) ([]*query.Observation, error) {
	field := graphql.GetFieldContext(ctx).Field.Field
	loader, _ := r.regionFigures.LoadOrStore(field, dataloadgen.NewLoader(
		allOrError(func(ctx context.Context, regions []*catalog.Region) ([][]*query.Observation, error) {
			return r.session.RegionObservations(ctx, regions, where)
		}), dataloadgen.WithWait(batchWait)))
	return loader.(*regionFiguresLoader).Load(ctx, region) //nolint:forcetypeassert // the map holds nothing else
}

func withRequest(ctx context.Context, r *request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// requestOf returns the request of a resolver's context; every operation has one.
func requestOf(ctx context.Context) *request {
	return ctx.Value(requestKey{}).(*request) //nolint:forcetypeassert,errcheck // set for every operation; a panic is a bug
}

func sessionOf(ctx context.Context) *query.Session { return requestOf(ctx).session }

// allOrError adapts a function whose error concerns all keys.
func allOrError[K, V any](load func(context.Context, []K) ([]V, error)) func(context.Context, []K) ([]V, []error) {
	return func(ctx context.Context, keys []K) ([]V, []error) {
		values, err := load(ctx, keys)
		if err != nil {
			return make([]V, len(keys)), []error{err}
		}
		return values, nil
	}
}
