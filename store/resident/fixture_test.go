package resident

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/storetest"
)

// The fixture: two provinces of ten counties each in a country, and indicators whose figures have different shapes.
const (
	dense  int32 = iota // every county, every month
	ragged              // the last months lack some counties
	sparse              // days and months of a few counties each, some with the same end
	broken              // by slice and status, by many sources, with counts and gaps
	indicatorCount
)

const (
	counties    = 10 // of a province
	regionCount = int32(1 + 2*(1+counties))
	sourceCount = 300 // more than a byte tells apart
	sliceCount  = 3
)

func fixtureTables() catalog.Tables {
	region := func(code, parent string, level indicator.Level) indicator.Region {
		return indicator.Region{
			Code: code, Scheme: "test", Parent: parent, Level: level, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		}
	}
	t := catalog.Tables{
		Units:       []indicator.Unit{{Code: "count", Quantity: "count", Factor: 1}},
		Dimensions:  []indicator.Dimension{{Code: "size", Values: []indicator.DimensionValue{{Value: "small"}, {Value: "large"}}}},
		Definitions: []string{"", "with the cities"},
		Regions:     []indicator.Region{region("0", "", indicator.Country)},
	}
	for province := range 2 {
		code := fmt.Sprint(province + 1)
		t.Regions = append(t.Regions, region(code, "0", indicator.Province))
		for county := range counties {
			t.Regions = append(t.Regions, region(fmt.Sprintf("%s%02d", code, county), code, indicator.County))
		}
	}
	for id := range indicatorCount {
		t.Indicators = append(t.Indicators, indicator.Indicator{
			Code: fmt.Sprint("i", id), Unit: "count", Breakdowns: []indicator.Breakdown{{Dimension: "size"}},
		})
	}
	for id := range sourceCount {
		t.Sources = append(t.Sources, indicator.Source{Code: fmt.Sprint("s", id), Title: "A source"})
	}
	for _, text := range []string{"", "size=small", "size=large"} {
		slice, err := indicator.ParseSlice(text)
		if err != nil {
			panic(err)
		}
		t.Slices = append(t.Slices, slice)
	}
	return t
}

func month(n int) indicator.Period {
	return indicator.Monthly.Containing(indicator.DayOf(2020, time.Month(n), 1))
}

// monthEnd is the last day of a month: a period with the month's end.
func monthEnd(n int) indicator.Period { return indicator.DayPeriod(month(n).End) }

func figureOf(ind, region int32, period indicator.Period, value float64) store.Report {
	return store.Report{
		Indicator: ind, Region: region, Period: period, Value: value, Numerator: math.NaN(), Denominator: math.NaN(),
		PublishedOn: indicator.DayOf(2021, 1, 1), Offset: -1,
	}
}

// fixtureReports are the figures of the shapes.
func fixtureReports(t *rapid.T) []store.Report {
	var reports []store.Report
	value := rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-2, 9).Draw(t, "value")) })
	for n := 1; n <= 6; n++ {
		for region := range regionCount {
			if (region-1)%(counties+1) == 0 || region == 0 {
				continue
			}
			reports = append(reports, figureOf(dense, region, month(n), value.Draw(t, "dense")))
			if n < 4 || int(region)%n != 0 {
				reports = append(reports, figureOf(ragged, region, month(n), value.Draw(t, "ragged")))
			}
		}
	}
	for i := range 2 * sourceCount {
		region := rapid.Int32Range(0, regionCount-1).Draw(t, "region")
		period := rapid.SampledFrom([]indicator.Period{
			month(1), month(2), month(3), monthEnd(1), monthEnd(2), monthEnd(3), indicator.DayPeriod(month(2).Start), indicator.Yearly.Containing(-1),
		}).Draw(t, "period")
		if i%4 == 0 {
			reports = append(reports, figureOf(sparse, region, period, value.Draw(t, "sparse")))
			continue
		}
		r := figureOf(broken, region, period, value.Draw(t, "broken"))
		r.Slice = rapid.Int32Range(0, sliceCount-1).Draw(t, "slice")
		r.Status = rapid.SampledFrom([]indicator.Status{indicator.Actual, indicator.Actual, indicator.Forecast}).Draw(t, "status")
		r.Source = int32(i % sourceCount)
		r.Definition = rapid.Int32Range(0, 1).Draw(t, "definition")
		r.Precision = indicator.Precision(rapid.IntRange(0, 3).Draw(t, "precision"))
		switch rapid.IntRange(1, 4).Draw(t, "kind") {
		case 1:
			r.Missing, r.Value = indicator.Missing(rapid.IntRange(1, 5).Draw(t, "missing")), math.NaN()
		case 2:
			r.Numerator, r.Denominator, r.CountsPrecision = value.Draw(t, "numerator"), value.Draw(t, "denominator"), indicator.AtLeast
		}
		reports = append(reports, r)
	}
	return reports
}

// backing is an engine that has the fixture.
func backing(t *testing.T) *storetest.Memory {
	t.Helper()
	m := &storetest.Memory{}
	if err := m.Load(t.Context(), fixtureTables(), rapid.Custom(fixtureReports).Example(1)); err != nil {
		t.Fatal(err)
	}
	return m
}

func warm(t *testing.T, e *Engine) {
	t.Helper()
	if err := e.Warm(t.Context()); err != nil && !errors.Is(err, store.ErrNoSnapshot) {
		t.Fatal(err)
	}
}

func pin(t *testing.T, e store.Engine) store.Snapshot {
	t.Helper()
	s, err := e.Pin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Release)
	return s
}

type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

// compare fails unless two readers give the same rows, or refuse alike.
func compare(t fatal, want, got store.Reader, s store.Select) {
	t.Helper()
	wanted, wantErr := want.Select(context.Background(), s)
	rows, err := got.Select(context.Background(), s)
	if diff := cmp.Diff(wantErr, err); diff != "" {
		t.Fatalf("errors of %+v (-want +got):\n%s", s, diff)
	}
	if diff := cmp.Diff(wanted, rows, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("rows of %+v (-want +got):\n%s", s, diff)
	}
}

// roomFor is the budget that has room for so many bytes of blocks.
func roomFor(blocks int64) int64 { return blocks + blocks/(rolledPart-1) + 1 }
