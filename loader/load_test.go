package loader

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

func newLoader(engine store.Engine) *Loader {
	return &Loader{
		Engine: engine, Logger: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Date(2020, 3, 30, 11, 9, 0, 0, time.UTC) },
	}
}

func load(t *testing.T, engine store.Engine, replace map[string]string) (*Result, error) {
	t.Helper()
	return newLoader(engine).Load(t.Context(), Input{Name: "mini", FS: mini(t, replace)})
}

func TestLoadPublishes(t *testing.T) {
	engine := &memory{}
	var stages []Stage
	l := newLoader(engine)
	l.Progress = func(p Progress) {
		if len(stages) == 0 || stages[len(stages)-1] != p.Stage {
			stages = append(stages, p.Stage)
		}
		if p.Bytes > p.Total {
			t.Errorf("%d of %d bytes read", p.Bytes, p.Total)
		}
	}
	result, err := l.Load(t.Context(), Input{Name: "mini", FS: mini(t, nil)})
	if err != nil {
		t.Fatal(err)
	}
	if !result.Published || result.Changes.Added != 11 || result.Rows != 57 || len(result.Files) != 9 || len(result.Checks) == 0 {
		t.Errorf("got %+v", result)
	}
	if want := []Stage{StageRead, StageValidate, StageStage, StageCheck, StagePublish}; !slices.Equal(stages, want) {
		t.Errorf("stages %v, want %v", stages, want)
	}
	recorded := engine.contents.Loads[0]
	if !strings.HasPrefix(recorded.ID, "20200330T110900Z-") || recorded.ID != result.Load || recorded.Added != 11 {
		t.Errorf("load %+v", recorded)
	}
	for _, f := range recorded.Files {
		if len(f.SHA256) != 64 || f.Bytes == 0 || f.Rows == 0 {
			t.Errorf("file %+v", f)
		}
	}
	if engine.locked {
		t.Error("the store is still locked")
	}
}

// What a row says reaches the store, in the indicator's unit.
func TestLoadResolvesRows(t *testing.T) {
	engine := &memory{}
	if _, err := load(t, engine, nil); err != nil {
		t.Fatal(err)
	}
	c := engine.contents.Catalog
	got := make(map[string]store.Report)
	for _, r := range engine.reports {
		key := c.Regions()[r.Region].Code + " " + c.Indicators()[r.Indicator].Code + " " + c.Slices()[r.Slice].String() + " " +
			r.Period.String() + " " + r.Status.String()
		got[key] = r
	}
	day := func(text string) indicator.Day {
		d, err := indicator.ParseDay(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for key, check := range map[string]func(store.Report) bool{
		"370105 grids households=lt_100 2020-03-30 ACTUAL": func(r store.Report) bool {
			return r.Value == 334 && r.Printed == "334个" && r.Offset == 110 && r.PublishedOn == day("2020-03-30")
		},
		"370105 migrants  2020-03-30 ACTUAL": func(r store.Report) bool { return r.Value == 530000 && r.Offset == -1 },
		"370124 resumption_rate sector=industry 2020-03-02 ACTUAL": func(r store.Report) bool {
			return r.Value == 97 && r.Precision == indicator.Approximate && r.Numerator == 95 && r.Denominator == 98 &&
				r.CountsPrecision == indicator.Exact && r.PublishedOn == day("2020-03-02")
		},
		"370124 loans  2020-01-25/2020-03-02 ACTUAL": func(r store.Report) bool {
			return r.Value == 8e7 && r.PeriodInferred && c.Definition(r.Definition) == "loans granted" && r.Note == "a note" &&
				c.Sources()[r.Source].Code == "undated"
		},
		"370124 duty  2020-03-02 ACTUAL":  func(r store.Report) bool { return r.Value == 24 },
		"370124 growth  2020-Q1 FORECAST": func(r store.Report) bool { return r.Value == -3.2 && r.Precision == indicator.Approximate },
		"370124 growth  2020 TARGET": func(r store.Report) bool {
			return same(r.Value, nan) && r.Missing == indicator.NotPublished && same(r.Numerator, nan)
		},
	} {
		r, ok := got[key]
		if !ok {
			t.Errorf("%s is not there; there are %v", key, slices.Sorted(maps.Keys(got)))
		} else if !check(r) {
			t.Errorf("%s is %+v", key, r)
		}
	}
}

func TestReloadIsUnchanged(t *testing.T) {
	engine := &memory{}
	first, err := load(t, engine, nil)
	if err != nil {
		t.Fatal(err)
	}
	before := engine.contents
	second, err := load(t, engine, nil)
	if err != nil {
		t.Fatal(err)
	}
	if second.Published || second.Changes.Any() || second.Changes.Unchanged != first.Changes.Added || second.Checks != nil {
		t.Errorf("got %+v", second)
	}
	if engine.contents != before || engine.locked {
		t.Error("the store was touched")
	}
}

// Two loads of one second and one content are two loads.
func TestLoadsHaveNamesOfTheirOwn(t *testing.T) {
	engine := &memory{}
	one := map[string]string{"observations.csv": figuresOf(figure(map[string]string{"value": "1"}))}
	two := map[string]string{"observations.csv": figuresOf(figure(map[string]string{"value": "2"}))}
	for _, replace := range []map[string]string{one, two, one} {
		if _, err := load(t, engine, replace); err != nil {
			t.Fatal(err)
		}
	}
	loads := engine.contents.Loads
	if len(loads) != 3 || loads[2].ID != loads[0].ID+"-2" {
		t.Errorf("loads %+v", loads)
	}
}

// A later package may bring figures only, or some rows of the catalogue: the store's other rows stay as they are.
func TestPackageOverStore(t *testing.T) {
	engine := &memory{}
	if _, err := load(t, engine, nil); err != nil {
		t.Fatal(err)
	}
	before := engine.contents.Catalog
	result, err := newLoader(engine).Load(t.Context(), Input{FS: files(map[string]string{
		PackageFile: describe("observations", "region,indicator,slice,period,value,source", "indicators", "code,name_zh,unit,kind", "extra", "a"),
		"observations.csv": "region,indicator,slice,period,value,source\n" +
			"370124,grids,households=lt_100,2020-04-01,12,daily\n370124,duty,,2020-04-01,3,daily\n",
		"indicators.csv": "code,name_zh,unit,kind\nduty,值班天数,d,DURATION\nvillages,村,1,COUNT\n",
		"extra.csv":      "a\n",
	})})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(result.Ignored, []string{"extra"}) {
		t.Errorf("ignored %v", result.Ignored)
	}
	after := engine.contents.Catalog
	if len(after.Regions()) != len(before.Regions()) || len(after.Indicators()) != len(before.Indicators())+1 {
		t.Error("rows of the store are gone")
	}
	duty, err := after.Indicator("duty")
	if err != nil || duty.Unit != "d" || duty.UnitFactor != 24 || duty.Max != nil {
		t.Errorf("duty %+v, %v", duty, err)
	}
	was, err := before.Indicator("duty")
	if err != nil || was.ID != duty.ID || was.Unit != "h" {
		t.Errorf("the earlier catalogue has %+v, %v", was, err)
	}
	if grids, err := after.Indicator("grids"); err != nil || len(grids.Breakdowns) != 1 {
		t.Errorf("grids %+v, %v", grids, err)
	}
	for i, s := range before.Slices() {
		if after.Slices()[i].String() != s.String() {
			t.Errorf("slice %d is %s, was %s", i, after.Slices()[i], s)
		}
	}
}

// Totals that can be derived from parts have a slice to be stored under.
func TestSlicesOfTotals(t *testing.T) {
	engine := &memory{}
	_, err := load(t, engine, map[string]string{
		"breakdowns.csv": "indicator,dimension,complete\ngrids,households,true\ngrids,sector,false\n" +
			"resumption_rate,sector,true\nenterprises,sector,true\n",
		"observations.csv": figuresOf(
			figure(map[string]string{"slice": "sector=industry;households=lt_100"}),
			figure(map[string]string{"slice": "sector=industry", "indicator": "enterprises"}),
		),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range engine.contents.Catalog.Slices() {
		got = append(got, s.String())
	}
	// The parts of enterprises do not add up by contract, so there is no total of theirs to be derived but the empty one.
	if want := []string{"", "households=lt_100;sector=industry", "sector=industry"}; !slices.Equal(got, want) {
		t.Errorf("slices %q, want %q", got, want)
	}
}

func TestScaleOfRatios(t *testing.T) {
	engine := &memory{}
	_, err := load(t, engine, map[string]string{
		"units.csv": "code,name_zh,name_en,dimension,factor\n1,,,ratio,1\n%,,,ratio,0.01\n‰,,,ratio,0.001\nperson,,,person,1\ngrid,,,grid,1\n",
		"indicators.csv": "code,name_zh,name_en,description,topic,unit,kind,min,max,polarity,rollup_regions,rollup_time,rollup_dimensions," +
			"numerator,denominator,weight,formula,aliases\n" +
			"grids,,,,,grid,COUNT,,,,,,,,,,,\nmigrants,,,,,person,COUNT,,,,,,,,,,,\npersons,,,,,person,COUNT,,,,,,,,,,,\n" +
			"percent,,,,,%,RATIO,,,,,,,migrants,persons,,,\nper_mille,,,,,‰,RATIO,,,,,,,migrants,persons,,,\n" +
			"plain,,,,,1,RATIO,,,,,,,migrants,grids,,,\nunnamed,,,,,%,RATIO,,,,,,,,,,,\nderived,,,,,1,RATIO,,,,,,,,,,grids / persons * 10000,\n" +
			"derived_percent,,,,,%,RATIO,,,,,,,,,,migrants / persons,\n",
		"breakdowns.csv":   "indicator,dimension,complete\n",
		"checks.csv":       "code,kind,severity,indicator,dimension,other,factor,tolerance,description\n",
		"observations.csv": figuresOf(),
	})
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]float64{
		"percent": 100, "per_mille": 1000, "plain": 1, "derived": 10000, "derived_percent": 100, "grids": 0, "unnamed": 100,
	} {
		got, err := engine.contents.Catalog.Indicator(code)
		if err != nil || got.Scale != want {
			t.Errorf("the scale of %s is %v, want %v (%v)", code, got.Scale, want, err)
		}
		if code == "derived" && (got.Numerator.Code != "grids" || got.Denominator.Code != "persons") {
			t.Errorf("%s is made of %s and %s", code, got.Numerator.Code, got.Denominator.Code)
		}
	}
}

func TestIdenticalRowsAreCounted(t *testing.T) {
	engine := &memory{}
	row := figure(map[string]string{"printed": "1个", "note": "twice"})
	result, err := load(t, engine, map[string]string{"observations.csv": figuresOf(row, row, row)})
	if err != nil {
		t.Fatal(err)
	}
	if result.Duplicates != 2 || engine.appended != 1 {
		t.Errorf("%d duplicates, %d appended", result.Duplicates, engine.appended)
	}
}

func TestCheckChangesNothing(t *testing.T) {
	engine := &memory{}
	result, err := newLoader(engine).Check(t.Context(), Input{FS: mini(t, nil)})
	if err != nil {
		t.Fatal(err)
	}
	if result.Published || !result.Changes.Any() || len(result.Checks) == 0 {
		t.Errorf("got %+v", result)
	}
	if engine.contents != nil || engine.locked {
		t.Error("the store was touched")
	}
}

func TestFailedCheckPublishesNothing(t *testing.T) {
	engine := &memory{}
	_, err := load(t, engine, map[string]string{"observations.csv": figuresOf(
		figure(map[string]string{"value": "1048"}),
		figure(map[string]string{"value": "334", "slice": "households=lt_100"}),
		figure(map[string]string{"value": "687", "slice": "households=100-300"}),
		figure(map[string]string{"value": "26", "slice": "households=gt_300"}),
	)})
	var failed *ChecksFailed
	if !errors.As(err, &failed) || len(failed.Results) != 1 {
		t.Fatalf("got %v", err)
	}
	want := "grids_by_households: 370105 grids: the parts do not add up to the total: 334 + 687 + 26 = 1,047, and the total is 1,048\n" +
		"checks failed with 1 result, nothing is published"
	if failed.Error() != want {
		t.Errorf("got %s\nwant %s", failed, want)
	}
	if engine.contents != nil || engine.locked {
		t.Error("the store was touched")
	}
}

func TestLoadWhileLocked(t *testing.T) {
	_, err := load(t, &memory{locked: true}, nil)
	var locked *store.LockedError
	if !errors.As(err, &locked) {
		t.Errorf("got %v", err)
	}
}

func TestLoadReportsStoreErrors(t *testing.T) {
	broken := errors.New("disk full")
	engine := &memory{fail: broken}
	if _, err := load(t, engine, nil); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if engine.locked {
		t.Error("the store is still locked")
	}
}

func TestLoadStopsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	engine := &memory{}
	if _, err := newLoader(engine).Load(ctx, Input{FS: mini(t, nil)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if engine.contents != nil || engine.locked {
		t.Error("the store was touched")
	}
}
