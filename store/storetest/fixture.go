package storetest

import (
	"math"
	"testing"
	"time"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// The ordinals of the fixture's catalogue. Regions are numbered in pre-order.
const (
	country int32 = iota
	east          // a province with the counties ada and bix
	ada
	bix
	west // a province with the counties cod, dun and the retired elm
	cod
	dun
	elm
	regionCount
)

const (
	grids   int32 = iota // COUNT, sum over sector and size
	resumed              // enterprises back at work, COUNT, sum over size
	firms                // all enterprises, COUNT, sum over size
	rate                 // RATIO of resumed over firms in percent, ratio over size
	gdp                  // AMOUNT without breakdowns
	density              // derived at query time
	price                // LEVEL: never added up
	indicatorCount
)

const (
	total     int32 = iota
	primary         // sector=primary
	secondary       // sector=secondary
	small           // size=small
	large           // size=large
	primarySmall
	primaryLarge
	secondarySmall
	secondaryLarge
	entity // a slice of a dimension that is complete for no indicator
	sliceCount
)

const (
	gazette int32 = iota
	yearbook
	sourceCount
)

const (
	noDefinition int32 = iota
	withCities
	definitionCount
)

// tables is the fixture's catalogue: eight regions, seven indicators, two dimensions that partition totals and one that
// does not.
func tables() catalog.Tables {
	region := func(code, parent string, level indicator.Level) indicator.Region {
		return indicator.Region{
			Code: code, Scheme: "test", Parent: parent, Level: level, Name: code,
			ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		}
	}
	retired := region("05", "2", indicator.County)
	retired.ValidTo, retired.Successor = indicator.DayOf(2018, time.June, 19), "04"
	both := []indicator.Breakdown{{Dimension: "sector", Complete: true}, {Dimension: "size", Complete: true}, {Dimension: "entity"}}
	bySize := []indicator.Breakdown{{Dimension: "size", Complete: true}}
	sum := indicator.Rollup{Regions: indicator.RuleSum, Time: indicator.RuleLast, Dimensions: indicator.RuleSum}
	ratio := indicator.Rollup{Regions: indicator.RuleRatio, Time: indicator.RuleRatio, Dimensions: indicator.RuleRatio}
	slice := func(text string) indicator.Slice {
		s, err := indicator.ParseSlice(text)
		if err != nil {
			panic(err)
		}
		return s
	}
	return catalog.Tables{
		Regions: []indicator.Region{
			region("0", "", indicator.Country),
			region("1", "0", indicator.Province), region("01", "1", indicator.County), region("02", "1", indicator.County),
			region("2", "0", indicator.Province), region("03", "2", indicator.County), region("04", "2", indicator.County), retired,
		},
		Units: []indicator.Unit{
			{Code: "count", NameEn: "count", Quantity: "count", Factor: 1},
			{Code: "percent", NameEn: "percent", Quantity: "share", Factor: 0.01},
		},
		Dimensions: []indicator.Dimension{
			{Code: "sector", Values: []indicator.DimensionValue{{Value: "primary"}, {Value: "secondary"}}},
			{Code: "size", Values: []indicator.DimensionValue{{Value: "small"}, {Value: "large"}}},
			{Code: "entity", Values: []indicator.DimensionValue{{Value: "mill"}}},
		},
		Indicators: []indicator.Indicator{
			{Code: "grids", Kind: indicator.Count, Unit: "count", Rollup: sum, Breakdowns: both},
			{Code: "resumed", Kind: indicator.Count, Unit: "count", Rollup: sum, Breakdowns: bySize},
			{Code: "firms", Kind: indicator.Count, Unit: "count", Rollup: sum, Breakdowns: bySize},
			{
				Code: "rate", Kind: indicator.Ratio, Unit: "percent", Rollup: ratio, Breakdowns: bySize,
				Numerator: "resumed", Denominator: "firms", Scale: 100,
			},
			{Code: "gdp", Kind: indicator.Amount, Unit: "count", Rollup: sum},
			{
				Code: "density", Kind: indicator.Ratio, Unit: "count", Formula: "grids / firms",
				Numerator: "grids", Denominator: "firms", Scale: 1,
			},
			{Code: "price", Kind: indicator.Measure, Unit: "count"},
		},
		Sources: []indicator.Source{{Code: "gazette", Title: "The Gazette"}, {Code: "yearbook", Title: "Yearbook"}},
		Slices: []indicator.Slice{
			{}, slice("sector=primary"), slice("sector=secondary"), slice("size=small"), slice("size=large"),
			slice("sector=primary;size=small"), slice("sector=primary;size=large"),
			slice("sector=secondary;size=small"), slice("sector=secondary;size=large"), slice("entity=mill"),
		},
		Definitions: []string{"", "with the cities"},
	}
}

func newCatalog(t testing.TB, tables catalog.Tables) *catalog.Catalog {
	t.Helper()
	c, err := catalog.New(tables)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// day is a day of February 2020.
func day(n int) indicator.Day { return indicator.DayOf(2020, time.February, n) }

// february is the month's period.
var february = indicator.Period{Start: day(1), End: day(29)}

// report is a figure as the gazette reports it on the first of February, exact and without counts.
func report(ind, region int32, period indicator.Period, value float64) store.Report {
	return store.Report{
		Indicator: ind, Region: region, Period: period, Value: value,
		Numerator: math.NaN(), Denominator: math.NaN(), PublishedOn: day(1), Offset: -1,
	}
}

// with changes a report.
func with(r store.Report, change func(r *store.Report)) store.Report {
	change(&r)
	return r
}

func onDay(n int) indicator.Period { return indicator.DayPeriod(day(n)) }
