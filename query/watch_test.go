package query

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

const (
	floodCounties = 300
	floodDays     = 60
)

// flood is a snapshot with a figure of every county, indicator and day asked for, whatever else is asked. It remembers its answers.
type flood struct {
	contents *store.Contents
	answered func() // called before a Select returns
	rows     int    // returned so far
	known    map[string]*store.Rows
}

func newFlood(t testing.TB) *flood {
	t.Helper()
	tables := fixtureTables()
	for i := range floodCounties {
		tables.Regions = append(tables.Regions, indicator.Region{
			Code: fmt.Sprint(130000 + i), Scheme: "test", Parent: "12", Level: indicator.County, Name: fmt.Sprint("County ", i),
			ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		})
	}
	c, err := catalog.New(tables)
	if err != nil {
		t.Fatal(err)
	}
	return &flood{known: make(map[string]*store.Rows), contents: &store.Contents{
		Manifest: store.Manifest{ID: "s1", Load: "l1", Parent: "s0"}, Catalog: c, Loads: []indicator.Load{{ID: "l0"}, {ID: "l1"}},
	}}
}

func (f *flood) Contents() *store.Contents { return f.contents }

func (f *flood) Release() {}

func (f *flood) Count(_ context.Context, _ store.Select, by ...store.Key) ([]store.Tally, error) {
	return []store.Tally{{Keys: make([]int32, len(by))}}, nil
}

func (f *flood) Select(_ context.Context, s store.Select) (*store.Rows, error) {
	key := fmt.Sprint(s.Indicators, s.Statuses, s.Regions, s.Evidence || s.Vintages)
	rows := f.known[key]
	if rows == nil {
		rows = f.answer(s)
		f.known[key] = rows
	}
	f.rows += rows.Len()
	f.answered()
	return rows, nil
}

func (f *flood) answer(s store.Select) *store.Rows {
	var records []record
	last := 18 + indicator.Day(floodDays)
	for _, id := range s.Indicators {
		for _, status := range s.Statuses {
			for n := indicator.Day(18); n < last; n++ {
				for _, span := range s.Regions {
					for region := span.From; region < span.To; region++ {
						if f.contents.Catalog.Regions()[region].Level != indicator.County {
							continue
						}
						records = append(records, record{
							Report: store.Report{
								Region: region, Indicator: id, Status: status, Period: indicator.Period{Start: day(1) + n, End: day(1) + n},
								Value: float64(region) + float64(n)/1000, Precision: indicator.Approximate, Numerator: 1, Denominator: float64(region) + 1,
								PublishedOn: day(1), Offset: -1, Printed: "1",
							},
							knownFrom: day(1), knownTo: indicator.Forever,
						})
					}
				}
			}
		}
	}
	return rowsOf(records, s.Evidence || s.Vintages)
}

// ending is a context that ends when it has been asked some times whether it has, counted from the first answer of an engine.
type ending struct {
	context.Context //nolint:containedctx // it is one
	counting        bool
	asked, endsAt   int // 0 for never
}

var errGone = errors.New("the client has gone")

func (c *ending) Err() error {
	if !c.counting {
		return nil
	}
	c.asked++
	if c.endsAt > 0 && c.asked >= c.endsAt {
		return errGone
	}
	return nil
}

// floodQuestions are a question of every kind that many rows are read for.
func floodQuestions() map[string]func(context.Context, *Session) error {
	page, all := PageRequest{First: 5}, &When{Within: period("2020")}
	aggregate := func(r AggregateRequest) func(context.Context, *Session) error {
		r.Regions, r.When, r.AsOf, r.Page = within("12"), all, indicator.NoDay, page
		return func(ctx context.Context, s *Session) error { _, err := s.Aggregate(ctx, &r); return err }
	}
	county := indicator.County
	return map[string]func(context.Context, *Session) error{
		"aggregate":           aggregate(AggregateRequest{Indicators: []string{"visits"}}),
		"aggregate by county": aggregate(AggregateRequest{Indicators: []string{"rate"}, GroupBy: []GroupBy{{Region: &county}}}),
		"aggregate by day": aggregate(AggregateRequest{
			Indicators: []string{"warmth"}, GroupBy: []GroupBy{{Period: indicator.Daily}}, OrderBy: []GroupOrder{{By: MeasureValue}},
		}),
		"aggregate per": aggregate(AggregateRequest{Indicators: []string{"visits"}, Per: &Per{Indicator: "visits", Scale: 1}}),
		"compare": func(ctx context.Context, s *Session) error {
			_, err := s.Compare(ctx, &CompareRequest{Indicators: []string{"visits"}, Display: within("12"), When: all, AsOf: indicator.NoDay, Page: page})
			return err
		},
		"compare peers": func(ctx context.Context, s *Session) error {
			peers := &RegionSelector{Level: county, PeersOf: &PeersRequest{Region: "121", By: PeersByNearest, Indicators: []string{"visits"}, K: 3}}
			_, err := s.Compare(ctx, &CompareRequest{Indicators: []string{"visits"}, Display: peers, When: all, AsOf: indicator.NoDay, Page: page})
			return err
		},
		"series": func(ctx context.Context, s *Session) error {
			_, err := s.Series(ctx, &SeriesRequest{
				Indicators: []string{"visits"}, Regions: within("12"), From: indicator.NoDay, To: indicator.NoDay, AsOf: indicator.NoDay, Page: page,
			})
			return err
		},
		"correlate": func(ctx context.Context, s *Session) error {
			_, err := s.Correlate(ctx, &CorrelateRequest{
				X: Variable{Indicator: "visits"}, Y: Variable{Indicator: "warmth"}, Regions: within("12"), When: all, AsOf: indicator.NoDay, Confidence: 0.9,
				Page: page,
			})
			return err
		},
		"movers": func(ctx context.Context, s *Session) error {
			_, err := s.Movers(ctx, &MoversRequest{
				Indicator: "visits", Regions: within("12"), AsOfFrom: day(1), AsOfTo: indicator.NoDay, When: all, AsOf: indicator.NoDay, Page: page,
			})
			return err
		},
		"distribution": func(ctx context.Context, s *Session) error {
			_, err := s.Distribution(ctx, &DistributionRequest{Indicator: "visits", Regions: within("12"), When: all, AsOf: indicator.NoDay})
			return err
		},
		"similar": func(ctx context.Context, s *Session) error {
			_, err := s.Similar(ctx, &SimilarRequest{
				Region: "121", Indicators: []string{"visits", "warmth"}, Regions: within("12"), K: 3, When: all, AsOf: indicator.NoDay,
			})
			return err
		},
		"forecasts": func(ctx context.Context, s *Session) error {
			_, err := s.Forecasts(ctx, &ForecastRequest{
				Indicators: []string{"visits"}, Regions: within("12"), Status: indicator.Forecast, AsOf: indicator.NoDay, HorizonBand: 30, Page: page,
			})
			return err
		},
		"observations by key": func(ctx context.Context, s *Session) error {
			var keys []indicator.ObservationKey
			for _, r := range countiesOf(s) {
				keys = append(keys, indicator.ObservationKey{Region: r.QualifiedCode(), Indicator: "visits", Period: "2020-03-01"})
			}
			_, err := s.ByKey(ctx, keys)
			return err
		},
		"observations of regions": func(ctx context.Context, s *Session) error {
			where := *Everything()
			where.Indicators = []string{"visits"}
			where.Statuses = []indicator.Status{indicator.Actual}
			_, err := s.RegionObservations(ctx, countiesOf(s), &where, page, AllDetails)
			return err
		},
		"the newest": func(ctx context.Context, s *Session) error {
			var requests []LatestRequest
			for _, r := range countiesOf(s) {
				requests = append(requests, LatestRequest{Region: r, Indicator: "visits", AsOf: indicator.NoDay, Details: AllDetails})
			}
			_, errs := s.Latest(ctx, requests)
			return errs[0]
		},
		"the newest of a derived indicator": func(ctx context.Context, s *Session) error {
			var requests []LatestRequest
			for _, r := range countiesOf(s) {
				requests = append(requests, LatestRequest{Region: r, Indicator: "clinics_per_10k", AsOf: indicator.NoDay, Details: AllDetails})
			}
			_, errs := s.Latest(ctx, requests)
			return errs[0]
		},
		"a walk": func(ctx context.Context, s *Session) error {
			where := *Everything()
			where.Indicators, where.Regions = []string{"visits"}, within("12")
			where.Statuses = []indicator.Status{indicator.Actual}
			s.AllowPages(floodCounties * floodDays)
			walk, err := s.WalkObservations(ctx, &where, indicator.NoDay, ObservationOrder{}, PageRequest{First: floodCounties * floodDays}, AllDetails)
			if err != nil {
				return err
			}
			return walk.Each(ctx, func(*Observation) error { return nil })
		},
	}
}

func countiesOf(s *Session) []*catalog.Region {
	var list []*catalog.Region
	for i := range s.catalog.Regions() {
		if r := &s.catalog.Regions()[i]; r.Level == indicator.County {
			list = append(list, r)
		}
	}
	return list
}

// A question ends with its request while it works on the rows that the engine has returned: at once, in the middle and at the end.
// How much it still does is told by the objects it allocates.
func TestWatch_EveryQuestion(t *testing.T) {
	for name, ask := range floodQuestions() {
		t.Run(name, func(t *testing.T) {
			run := func(endsAt int) (asked, rows int, allocated float64, err error) {
				f := newFlood(t)
				s := NewSession(f, DefaultLimits(), today)
				var ctx *ending
				allocated = testing.AllocsPerRun(1, func() { // it runs twice: the engine remembers its answer then
					f.rows = 0
					ctx = &ending{Context: context.Background(), endsAt: endsAt}
					f.answered = func() { ctx.counting = true }
					s.budget.cells.Store(0)
					s.budget.rows.Store(0)
					err = ask(ctx, s)
				})
				return ctx.asked, f.rows, allocated, err
			}
			asked, rows, all, err := run(0)
			if err != nil {
				t.Fatal(err)
			}
			if rows < 3*watchedSteps || asked < rows/watchedSteps {
				t.Fatalf("asked %d times whether the request has ended, for %d rows", asked, rows)
			}
			for _, endsAt := range []int{1, asked / 2, asked} {
				again, _, done, err := run(endsAt)
				if !errors.Is(err, errGone) {
					t.Errorf("ended when asked the %d. time of %d: %v", endsAt, asked, err)
				}
				if again > endsAt+1 {
					t.Errorf("ended when asked the %d. time of %d, and asked %d times", endsAt, asked, again)
				}
				if endsAt == 1 && done > all/2 {
					t.Errorf("ended at once, and allocated %.0f of %.0f objects", done, all)
				}
			}
		})
	}
}

// A sort stops where the request ends, and sorts where it does not.
func TestSortRows(t *testing.T) {
	t.Parallel()
	list := make([]int, 50_000)
	for i := range list {
		list[i] = (i * 7919) % len(list)
	}
	compared := 0
	compare := func(a, b int) int { compared++; return a - b }
	for name, sort := range map[string]func(*watch, []int, func(a, b int) int) error{"unstable": sortRows[int], "stable": sortRowsStable[int]} {
		compared = 0
		if err := sort(newWatch(&ending{Context: context.Background(), counting: true, endsAt: 3}), slices.Clone(list), compare); !errors.Is(err, errGone) || compared > 3*watchedSteps {
			t.Errorf("%s: %v after %d comparisons", name, err, compared)
		}
		sorted := slices.Clone(list)
		if err := sort(newWatch(t.Context()), sorted, compare); err != nil || !slices.IsSorted(sorted) {
			t.Errorf("%s: %v, sorted: %t", name, err, slices.IsSorted(sorted))
		}
		func() {
			defer func() {
				if recover() != math.Pi {
					t.Errorf("%s: a panic of the comparison got lost", name)
				}
			}()
			_ = sort(newWatch(t.Context()), slices.Clone(list), func(int, int) int { panic(math.Pi) })
		}()
	}
}
