package graph

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/countyql/countyql/bench/dense"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/schema"
)

// All that are foreseen are answered together as soon as the last has asked. Should fewer come, they are once no more do, and those that come
// later by themselves.
func TestBatcher(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		foreseen int
		ask      []time.Duration // when
		batches  int64
		took     time.Duration // until the last had its answer
		longer   bool          // it may take: that depends on how fast the askers are started
	}{
		"one":      {1, []time.Duration{0}, 1, 0, false},
		"as many":  {3, []time.Duration{0, 0, quiet / 2}, 1, quiet / 2, false},
		"fewer":    {3, []time.Duration{0, 0}, 1, quiet, true},
		"more":     {2, []time.Duration{0, 0, 0}, 2, quiet, true},
		"too late": {3, []time.Duration{0, 0, 4 * quiet}, 2, 4 * quiet, false},
		"unknown":  {0, []time.Duration{0, 0, quiet / 2}, 1, 2 * quiet, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			var batches atomic.Int64
			b := newBatcher(new(sync.WaitGroup), test.foreseen, all(func(_ context.Context, keys []int) ([]int, error) {
				batches.Add(1)
				return keys, nil
			}))
			start := time.Now()
			var askers sync.WaitGroup
			for key, when := range test.ask {
				askers.Go(func() {
					time.Sleep(when)
					if got, err := b.get(t.Context(), key); got != key || err != nil {
						t.Errorf("%s: %d, %v for %d", name, got, err, key)
					}
				})
			}
			askers.Wait()
			if took := time.Since(start); batches.Load() != test.batches || took < test.took || took > test.took && !test.longer {
				t.Errorf("%s: %d batches after %s, want %d after %s", name, batches.Load(), took, test.batches, test.took)
			}
		})
	}
}

func TestForeseen(t *testing.T) {
	t.Parallel()
	definition := gqlparser.MustLoadSchema(&ast.Source{Input: schema.SDL()})
	for text, want := range map[string]int{
		`{ region(code: "1") { a: latest(indicator: "x") { value } b: latest(indicator: "y") { value } } }`:                         2,
		`{ a: region(code: "1") { ...f } b: region(code: "2") { ...f } } ` + ofLatest:                                               2,
		`{ region(code: "1") { ... on Region { ...f parent { ...f } } } } ` + ofLatest:                                              2,
		`{ regions { totalCount } region(code: "1") { ...f } } ` + ofLatest:                                                         1,
		`{ region(code: "1") { ...f ancestors { ...f } } } ` + ofLatest:                                                             0,
		`{ regions { edges { node { ...f } } } } ` + ofLatest:                                                                       0,
		`{ region(code: "1") { code } indicator(code: "x") { latest: name } }`:                                                      0,
		`query A { region(code: "1") { ...f } } query B { a: region(code: "1") { ...f } c: indicators { totalCount } } ` + ofLatest: 1,
	} {
		document, err := gqlparser.LoadQueryWithRules(definition, text, nil)
		if err != nil {
			t.Fatal(text, err)
		}
		if got := foreseen(document.Operations[0], named("Region", "latest")); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

const ofLatest = `fragment f on Region { latest(indicator: "x") { value } }`

// Objects that are not in lists have their figures without waiting for others.
func TestForeseen_NobodyWaits(t *testing.T) {
	t.Parallel()
	engine := dense.New(9)
	for _, text := range []string{
		`{ region(code: "` + dense.County(7) + `") { a: latest(indicator: "` + dense.Count(0) + `") { value } b: latest(indicator: "` + dense.Count(1) + `") { value } } }`,
		`{ a: region(code: "` + dense.County(7) + `") { ...f } b: region(code: "` + dense.County(8) + `") { ...f } } fragment f on Region { observations(first: 1) { nodes { value } } }`,
	} {
		synctest.Test(t, func(t *testing.T) {
			service := &query.Service{Engine: engine, Limits: query.DefaultLimits(), Now: time.Now}
			handler := NewHandler(service, Options{Logger: slog.New(slog.DiscardHandler)})
			start := time.Now()
			if answer := answered(t, handler, text, nil); !strings.HasPrefix(answer, `{"data":`) || strings.Contains(answer, "null") {
				t.Errorf("%s: %s", text, answer)
			}
			if took := time.Since(start); took != 0 {
				t.Errorf("%s waited for %s", text, took)
			}
		})
	}
}
