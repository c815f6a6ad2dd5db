package dense

import (
	"fmt"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// The regions: one country. Counties is how many of them have figures of every indicator and month.
const (
	provinces   = 31
	prefectures = 340
	Counties    = 2850
)

// Months is how many months have figures, the first of them January 2019.
const Months = 17

// The indicators' kinds take turns: Count(0), Rate(1), Mean(2), Count(3) and so on have figures.
const kinds = 3

// Count is the code of an indicator whose figures add up, Rate that of a rate with its counts, Mean that of a mean weighted by
// Count(0). The first argument is any number below the number of indicators of that kind.
func Count(n int) string { return fmt.Sprintf("count_%03d", n) }

// Rate is described with Count.
func Rate(n int) string { return fmt.Sprintf("rate_%03d", n) }

// Mean is described with Count.
func Mean(n int) string { return fmt.Sprintf("mean_%03d", n) }

// Province is the code of a province, Prefecture that of a prefecture, and County that of a county, by its number from 0.
func Province(n int) string { return fmt.Sprintf("%02d", 11+n) }

// Prefecture is described with Province.
func Prefecture(n int) string { return fmt.Sprintf("%s%03d", Province(n*provinces/prefectures), n) }

// County is described with Province.
func County(n int) string { return fmt.Sprintf("%s%04d", Prefecture(n*prefectures/Counties), n) }

func tables(indicators int) catalog.Tables {
	region := func(code, parent string, level indicator.Level) indicator.Region {
		return indicator.Region{
			Code: code, Scheme: "dense", Parent: parent, Level: level, Name: "地区 " + code, NameEn: "Region " + code,
			ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		}
	}
	t := catalog.Tables{
		Regions: []indicator.Region{region("0", "", indicator.Country)},
		Sources: []indicator.Source{{Code: "bulletin", Title: "Statistical bulletin", PublishedOn: indicator.DayOf(2020, 6, 1)}},
	}
	for n := range provinces {
		t.Regions = append(t.Regions, region(Province(n), "0", indicator.Province))
	}
	for n := range prefectures {
		t.Regions = append(t.Regions, region(Prefecture(n), Province(n*provinces/prefectures), indicator.Prefecture))
	}
	for n := range Counties {
		t.Regions = append(t.Regions, region(County(n), Prefecture(n*prefectures/Counties), indicator.County))
	}
	for n := range indicators {
		t.Indicators = append(t.Indicators, makeIndicator(n))
	}
	return t
}

func makeIndicator(n int) indicator.Indicator {
	x := indicator.Indicator{NameZh: fmt.Sprint("指标 ", n), NameEn: fmt.Sprint("Indicator ", n), Polarity: indicator.HigherIsBetter}
	switch n % kinds {
	case 0:
		x.Code, x.Kind, x.Unit = Count(n/kinds), indicator.Count, "person"
		x.Rollup = indicator.Rollup{Regions: indicator.RuleSum, Time: indicator.RuleLast}
	case 1:
		x.Code, x.Kind, x.Unit, x.Scale = Rate(n/kinds), indicator.Ratio, "%", 100
		x.Rollup = indicator.Rollup{Regions: indicator.RuleRatio, Time: indicator.RuleRatio}
	default:
		x.Code, x.Kind, x.Unit, x.Weight = Mean(n/kinds), indicator.Measure, "degree", Count(0)
		x.Rollup = indicator.Rollup{Regions: indicator.RuleWeightedMean, Time: indicator.RuleMean}
	}
	return x
}
