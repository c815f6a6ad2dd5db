package statement

import (
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

var update = flag.Bool("update", false, "write the golden files")

// compareGolden compares a text with a file under testdata, or writes it.
func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// renderCases are named after what they show; each has a golden file of that name.
var renderCases = map[string]func(s *store.Select){
	"everything": func(s *store.Select) {},
	"filters": func(s *store.Select) {
		s.Indicators, s.Slices, s.Sources = []int32{3, 1, 3}, []int32{0}, []int32{2}
		s.Statuses = []indicator.Status{indicator.Actual, indicator.Target}
		s.Precisions = []indicator.Precision{indicator.Exact}
		s.Levels = []indicator.Level{indicator.County}
		s.Within = &indicator.Period{Start: -3653, End: 18320}
	},
	"indicators_in_a_row":     func(s *store.Select) { s.Indicators = []int32{2, 3, 4, 5, 6} },
	"indicators_with_a_hole":  func(s *store.Select) { s.Indicators = []int32{2, 3, 4, 5, 7} },
	"indicators_out_of_order": func(s *store.Select) { s.Indicators = []int32{2, 4, 3, 5, 6} },
	"one_period":              func(s *store.Select) { s.Period = &indicator.Period{Start: 18293, End: 18321} },
	"open_ended":              func(s *store.Select) { s.Within = &indicator.Period{Start: indicator.NoDay, End: indicator.Forever} },
	"regions": func(s *store.Select) {
		// Two that touch, one inside another, two alone and one empty.
		s.Regions = []store.Span{{From: 10, To: 20}, {From: 20, To: 25}, {From: 12, To: 14}, {From: 40, To: 41}, {From: 3, To: 4}, {From: 7, To: 7}}
	},
	"few_regions": func(s *store.Select) {
		s.Regions = []store.Span{{From: 10, To: 12}, {From: 40, To: 41}, {From: 3, To: 4}}
	},
	"few_regions_at_a_time": func(s *store.Select) {
		s.Regions = []store.Span{{From: 10, To: 12}, {From: 40, To: 41}, {From: 3, To: 4}}
		s.Period = &indicator.Period{Start: 18293, End: 18321}
	},
	"no_regions":       func(s *store.Select) { s.Regions = []store.Span{{From: 7, To: 7}} },
	"evidence_and_cap": func(s *store.Select) { s.Evidence, s.Cap = true, 5000 },
	"page_within_cap":  func(s *store.Select) { s.Cap, s.Limit = 5000, 100 },
	"cap_never_reached": func(s *store.Select) {
		s.Indicators, s.Slices, s.Statuses, s.Cap = []int32{1, 2}, []int32{0}, []indicator.Status{indicator.Actual}, 20
		s.Regions, s.Latest = []store.Span{{From: 10, To: 20}}, &store.Latest{OnOrBefore: indicator.Forever, NotBefore: indicator.NoDay}
	},
	"cap_reached": func(s *store.Select) {
		s.Indicators, s.Slices, s.Statuses, s.Cap = []int32{1, 2}, []int32{0}, []indicator.Status{indicator.Actual}, 19
		s.Regions, s.Latest = []store.Span{{From: 10, To: 20}}, &store.Latest{OnOrBefore: indicator.Forever, NotBefore: indicator.NoDay}
	},
	"cap_of_a_series": func(s *store.Select) {
		s.Indicators, s.Slices, s.Statuses, s.Cap = []int32{1, 2}, []int32{0}, []indicator.Status{indicator.Actual}, 20
		s.Regions = []store.Span{{From: 10, To: 20}}
	},
	"latest": func(s *store.Select) {
		s.Latest = &store.Latest{OnOrBefore: indicator.Forever, NotBefore: indicator.NoDay}
	},
	"latest_by_a_day": func(s *store.Select) { s.Latest = &store.Latest{OnOrBefore: 18320, NotBefore: 18300} },
	"latest_as_of": func(s *store.Select) {
		s.AsOf, s.Indicators = 18325, []int32{4}
		s.Latest = &store.Latest{OnOrBefore: 18320, NotBefore: 18300}
	},
	"vintages": func(s *store.Select) { s.Vintages = true },
	"after_natural": func(s *store.Select) {
		s.After = &store.Position{Indicator: 1, Slice: 2, Status: indicator.Forecast, Period: indicator.Period{Start: -5, End: 5}, Region: 7}
	},
	"after_in_a_series": func(s *store.Select) {
		s.Indicators, s.Slices, s.Statuses, s.Limit = []int32{1}, []int32{2}, []indicator.Status{indicator.Actual}, 100
		s.After = &store.Position{Indicator: 1, Slice: 2, Period: indicator.Period{Start: -5, End: 5}, Region: 7}
	},
	"after_another_series": func(s *store.Select) {
		s.Indicators, s.After = []int32{1}, &store.Position{Indicator: 2, Region: 7}
	},
	"after_in_a_period": func(s *store.Select) {
		s.Period = &indicator.Period{Start: -5, End: 5}
		s.After = &store.Position{Period: *s.Period, Region: 7}
	},
	"few_columns": func(s *store.Select) {
		s.Evidence, s.Omit = true, store.FigureColumns|store.EvidenceColumns&^(store.ColumnPublished|store.ColumnPrinted)
	},
	"after_natural_descending": func(s *store.Select) { s.Order.Descending, s.After = true, &store.Position{} },
	"after_vintage":            func(s *store.Select) { s.Vintages, s.After = true, &store.Position{KnownFrom: 18300, Tie: 1} },
	"after_region":             func(s *store.Select) { s.Order.By, s.After = store.ByRegion, &store.Position{Region: 9} },
	"after_period": func(s *store.Select) {
		s.Order = store.Order{By: store.ByPeriod, Descending: true}
		s.After = &store.Position{Period: indicator.Period{Start: 1, End: 2}}
	},
	"after_published": func(s *store.Select) { s.Order.By, s.After = store.ByPublished, &store.Position{Published: 18300} },
	"after_value": func(s *store.Select) {
		s.Order = store.Order{By: store.ByValue, Descending: true}
		s.After = &store.Position{Value: 96.9}
	},
	"after_missing_value": func(s *store.Select) { s.Order.By, s.After = store.ByValue, &store.Position{Value: math.NaN()} },
}

// dialects are named after their directories below testdata.
var dialects = map[string]*Dialect{"duckdb": DuckDB(), "clickhouse": ClickHouse("db.all_1", "db.figure_1", func(indicator int32) int { return int(indicator % 64) })}

func TestSelect(t *testing.T) {
	for engine, dialect := range dialects {
		for name, change := range renderCases {
			t.Run(engine+"/"+name, func(t *testing.T) {
				s := store.NewSelect()
				change(&s)
				sql, err := dialect.Select(s)
				if err != nil {
					t.Fatal(err)
				}
				compareGolden(t, engine+"/select/"+name+".sql", sql+"\n")
			})
		}
	}
}

func TestCount(t *testing.T) {
	s := store.NewSelect()
	s.Limit, s.After, s.Order.By = 3, &store.Position{}, store.ByValue
	for engine, dialect := range dialects {
		for name, by := range map[string][]store.Key{
			"all":     nil,
			"grouped": {store.KeyIndicator, store.KeyMissing},
			"regions": {store.KeyRegion},
		} {
			sql, err := dialect.Count(s, by)
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, engine+"/count/"+name+".sql", sql+"\n")
		}
		if _, err := dialect.Count(s, []store.Key{99}); err == nil {
			t.Error("a key that does not exist was rendered")
		}
	}
}

// TestRank orders values by their ranks as by themselves.
func TestRank(t *testing.T) {
	values := []float64{math.Inf(-1), -1e300, -2, -1, -math.SmallestNonzeroFloat64, 0, math.SmallestNonzeroFloat64, 0.1, 1, 1e300, math.Inf(1), math.NaN()}
	for i := range values[1:] {
		if Rank(values[i]) >= Rank(values[i+1]) {
			t.Errorf("the rank of %v is not below that of %v", values[i], values[i+1])
		}
	}
	if Rank(math.Copysign(0, -1)) != Rank(0) {
		t.Error("the two zeros have two ranks")
	}
}

func TestLiteral(t *testing.T) {
	for got, want := range map[string]string{
		Literal(int32(-7)):            "-7",
		Literal(indicator.Forever):    "2147483647",
		Literal(indicator.County):     "3",
		Literal(int64(1) << 62):       "4611686018427387904",
		Literal(2.0):                  "2e+00",
		Literal(0.1):                  "1e-01",
		Literal(math.Copysign(0, -1)): "-0e+00",
		Literal(math.Inf(1)):          "NULL",
		Literals([]int32{3, 1, 3}):    "1, 3",
	} {
		if got != want {
			t.Errorf("literal %s, want %s", got, want)
		}
	}
}
