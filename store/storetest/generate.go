package storetest

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// generatedCounties is the number of counties with generated figures. What is derived for one region depends on no
// other, so that every county is a case of its own in one shared store.
const generatedCounties = 30

// wideTables is the fixture's catalogue with more counties in the province west, numbered behind all others.
func wideTables() catalog.Tables {
	t := tables()
	for n := range generatedCounties {
		t.Regions = append(t.Regions, indicator.Region{
			Code: fmt.Sprintf("2%03d", n), Scheme: "test", Parent: "2", Level: indicator.County,
			ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		})
	}
	return t
}

// periods are few, so that generated figures meet: a year before 1970, two days, a month and a day with the same end.
var periods = []indicator.Period{
	onDay(3), onDay(3), onDay(3), onDay(3), onDay(3), onDay(3), onDay(4), february, onDay(29), indicator.Yearly.Containing(-3653),
}

func drawReport(t *rapid.T) store.Report {
	one := func(label string, n int) bool { return rapid.IntRange(1, n).Draw(t, label) == 1 }
	r := store.Report{
		Indicator:   rapid.SampledFrom([]int32{grids, grids, resumed, firms, rate, gdp, price}).Draw(t, "indicator"),
		Region:      rapid.Int32Range(regionCount, regionCount+generatedCounties-1).Draw(t, "region"),
		Period:      rapid.SampledFrom(periods).Draw(t, "period"),
		Source:      rapid.Int32Range(0, sourceCount-1).Draw(t, "source"),
		Value:       float64(rapid.IntRange(0, 4).Draw(t, "value")),
		Numerator:   math.NaN(),
		Denominator: math.NaN(),
		Precision:   indicator.Precision(rapid.IntRange(0, 3).Draw(t, "precision")),
		PublishedOn: day(rapid.IntRange(1, 6).Draw(t, "published")),
		Offset:      -1,
	}
	switch r.Indicator {
	case grids:
		// A few regions report totals: they would leave nothing to derive in the others.
		r.Slice = rapid.Int32Range(primary, sliceCount-1).Draw(t, "slice")
		if r.Region%8 == 0 {
			r.Slice = rapid.Int32Range(total, large).Draw(t, "slice")
		}
	case resumed, firms, rate:
		r.Slice = rapid.SampledFrom([]int32{total, small, small, large, large}).Draw(t, "slice")
	}
	if one("is missing", 8) {
		r.Missing = indicator.Missing(rapid.IntRange(1, 5).Draw(t, "missing"))
		r.Value = math.NaN()
	}
	if one("has another status", 10) {
		r.Status = indicator.Status(rapid.IntRange(1, 2).Draw(t, "status"))
	}
	if r.Indicator == rate && one("has a numerator", 3) {
		r.Numerator = float64(rapid.IntRange(0, 3).Draw(t, "numerator"))
		r.CountsPrecision = indicator.AtLeast
	}
	if r.Indicator == rate && one("has a denominator", 3) {
		r.Denominator = float64(rapid.IntRange(0, 3).Draw(t, "denominator"))
	}
	if one("has evidence", 5) {
		r.PeriodInferred, r.Printed, r.Offset, r.Definition = true, "2万余", 7, withCities
		r.Note = "a note of more than twelve bytes"
	}
	return r
}

// drawLoads draws batches in which some reports come again, in the same batch or a later one. Later ones replace the figures
// of some counties.
func drawLoads(t *rapid.T) []batch {
	loads := make([]batch, 4)
	var all []store.Report
	for i := range loads {
		for range 1500 {
			r := drawReport(t)
			if len(all) > 0 && rapid.IntRange(1, 10).Draw(t, "again") == 1 {
				r = rapid.SampledFrom(all).Draw(t, "earlier")
			}
			loads[i].reports = append(loads[i].reports, r)
			all = append(all, r)
		}
		if i > 0 {
			loads[i].scopes = rapid.SliceOfN(rapid.Custom(drawScope), 2, 6).Draw(t, "scopes")
		}
	}
	return loads
}

func drawScope(t *rapid.T) store.Scope {
	from := rapid.Int32Range(regionCount, regionCount+generatedCounties-1).Draw(t, "from")
	return store.Scope{
		Indicators: rapid.SliceOfN(rapid.Int32Range(0, indicatorCount-1), 1, 3).Draw(t, "indicators"),
		Regions:    []store.Span{{From: from, To: min(from+rapid.Int32Range(1, 8).Draw(t, "length"), regionCount+generatedCounties)}},
		On:         day(rapid.IntRange(2, 6).Draw(t, "on")),
	}
}

// drawSelect draws a selection without After and Limit. Its filters mostly leave some rows.
func drawSelect(t *rapid.T) store.Select {
	s := store.NewSelect()
	some := func(label string) bool { return rapid.IntRange(1, 4).Draw(t, label) == 1 }
	if some("by indicator") {
		s.Indicators = rapid.SliceOfN(rapid.Int32Range(0, indicatorCount-1), 1, 4).Draw(t, "indicators")
	}
	if some("by slice") {
		s.Slices = rapid.SliceOfN(rapid.Int32Range(0, sliceCount-1), 1, 5).Draw(t, "slices")
	}
	if some("by source") {
		s.Sources = []int32{rapid.Int32Range(0, sourceCount-1).Draw(t, "source")}
	}
	if some("by status") {
		s.Statuses = rapid.SliceOfN(rapid.SampledFrom([]indicator.Status{0, 1, 2}), 1, 2).Draw(t, "statuses")
	}
	if some("by precision") {
		s.Precisions = rapid.SliceOfN(rapid.SampledFrom([]indicator.Precision{0, 1, 2, 3}), 1, 3).Draw(t, "precisions")
	}
	if some("by level") {
		s.Levels = []indicator.Level{rapid.SampledFrom([]indicator.Level{indicator.County, indicator.Province}).Draw(t, "level")}
	}
	if rapid.Bool().Draw(t, "by region") {
		for range rapid.IntRange(1, 3).Draw(t, "spans") {
			from := rapid.Int32Range(0, regionCount+generatedCounties).Draw(t, "from")
			s.Regions = append(s.Regions, store.Span{From: from, To: from + rapid.Int32Range(0, 20).Draw(t, "length")})
		}
	}
	if some("by load") {
		s.LoadsFrom = rapid.Int32Range(1, 3).Draw(t, "loads from")
	}
	if some("by period") {
		s.Period = new(rapid.SampledFrom(periods).Draw(t, "period"))
	}
	if some("within") {
		bounds := rapid.SampledFrom([]indicator.Period{
			{Start: indicator.NoDay, End: day(10)}, {Start: day(3), End: indicator.Forever}, february, {Start: -4000, End: day(3)},
		})
		s.Within = new(bounds.Draw(t, "bounds"))
	}
	s.Order.By = rapid.SampledFrom([]store.OrderKey{
		store.Natural, store.ByRegion, store.ByPeriod, store.ByValue, store.ByPublished,
	}).Draw(t, "order")
	s.Order.Descending = rapid.Bool().Draw(t, "descending")
	s.Evidence = rapid.Bool().Draw(t, "evidence")
	if rapid.Bool().Draw(t, "omits columns") {
		s.Omit = rapid.Custom(func(t *rapid.T) store.Columns {
			return store.Columns(rapid.Uint32().Draw(t, "omitted")) & (store.FigureColumns | store.EvidenceColumns)
		}).Draw(t, "omit")
	}
	drawTime(t, &s)
	return s
}

// drawTime draws whether the current figures, those of a day or all are selected, and whether the latest of each series.
func drawTime(t *rapid.T, s *store.Select) {
	switch rapid.IntRange(1, 4).Draw(t, "time") {
	case 1:
		s.Vintages = true
		return
	case 2, 3:
		s.AsOf = day(rapid.IntRange(0, 7).Draw(t, "as of"))
	}
	if rapid.Bool().Draw(t, "latest") {
		s.Latest = &store.Latest{
			OnOrBefore: rapid.SampledFrom([]indicator.Day{indicator.Forever, day(29), day(28), day(4), day(3), day(2), -5000}).Draw(t, "on or before"),
			NotBefore:  rapid.SampledFrom([]indicator.Day{indicator.NoDay, day(4), day(29), -3700}).Draw(t, "not before"),
		}
	}
}
