package catalog

import (
	"testing"
	"time"

	"github.com/countyql/countyql/indicator"
)

const (
	gb  = "GB/T 2260"
	ons = "ONS"
)

func region(scheme, code, parent string, level indicator.Level, name, nameEn string) indicator.Region {
	return indicator.Region{
		Code: code, Scheme: scheme, Parent: parent, Level: level, Name: name, NameEn: nameEn,
		ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
	}
}

// fixture is a catalogue of two countries in two schemes that share the code 140400. Its regions are listed out of tree
// order: counties before their prefecture.
func fixture() Tables {
	tianqiao := region(gb, "370105", "370100", indicator.County, "天桥区", "Tianqiao District")
	tianqiao.Aliases = []string{"Tianqiao Qu"}
	old := region(gb, "140402", "140400", indicator.County, "城区", "")
	old.ValidTo, old.Successor = indicator.DayOf(2018, time.June, 19), "140403"
	older := region(gb, "140401", "140400", indicator.County, "旧城区", "")
	older.ValidTo, older.Successor = indicator.DayOf(1990, time.January, 1), "140402"
	value := func(codes ...string) []indicator.DimensionValue {
		var values []indicator.DimensionValue
		for _, code := range codes {
			values = append(values, indicator.DimensionValue{Value: code})
		}
		return values
	}
	return Tables{
		Regions: []indicator.Region{
			tianqiao,
			region(gb, "CN", "", indicator.Country, "中国", "China"),
			region(gb, "37", "CN", indicator.Province, "山东省", "Shandong"),
			region(gb, "370100", "37", indicator.Prefecture, "济南市", "Jinan"),
			region(gb, "370124", "370100", indicator.County, "平阴县", "Pingyin County"),
			region(gb, "14", "CN", indicator.Province, "山西省", "Shanxi"),
			region(gb, "140400", "14", indicator.Prefecture, "长治市", "Changzhi"),
			older,
			old,
			region(gb, "140403", "140400", indicator.County, "潞州区", "Luzhou District"),
			region(gb, "140502", "14", indicator.County, "城区", "Chengqu"),
			region(gb, "140303", "14", indicator.County, "城区", ""),
			region(ons, "UK", "", indicator.Country, "United Kingdom", ""),
			region(ons, "140400", "UK", indicator.County, "Rutland", ""),
		},
		Units: []indicator.Unit{
			{Code: "count", Quantity: "count", Factor: 1}, {Code: "percent", Quantity: "share", Factor: 0.01},
		},
		Dimensions: []indicator.Dimension{
			{Code: "households", Values: value("lt_100", "100_300", "gt_300")},
			{Code: "sector", Values: value("primary", "secondary")},
		},
		Indicators: []indicator.Indicator{
			{
				Code: "grids", NameZh: "网格数", NameEn: "Grids", Kind: indicator.Count, Unit: "count", Aliases: []string{"网格"},
				Rollup:     indicator.Rollup{Regions: indicator.RuleSum, Time: indicator.RuleLast, Dimensions: indicator.RuleSum},
				Breakdowns: []indicator.Breakdown{{Dimension: "households", Complete: true}},
			},
			{
				Code: "communities", NameZh: "社区数", NameEn: "Communities", Kind: indicator.Count, Unit: "count",
				Rollup: indicator.Rollup{Regions: indicator.RuleSum, Time: indicator.RuleLast},
			},
			{Code: "gdp_growth", NameZh: "地区生产总值增速", NameEn: "GDP growth", Kind: indicator.Growth, Unit: "percent"},
			{
				Code: "grids_per_community", NameZh: "每社区网格数", NameEn: "Grids per community", Kind: indicator.Ratio, Unit: "count",
				Formula: "grids / communities", Numerator: "grids", Denominator: "communities", Scale: 1,
				Rollup: indicator.Rollup{Regions: indicator.RuleRatio},
			},
		},
		Sources: []indicator.Source{
			{Code: "gazette-2020-02", Title: "Gazette of February 2020", Publisher: "County Press"},
			{Code: "yearbook", Title: "Statistical Yearbook"},
		},
		Checks: []indicator.Check{{Code: "grids-parts", Kind: indicator.PartsSum, Indicator: "grids", Dimension: "households"}},
		Slices: []indicator.Slice{{}, {{Dimension: "households", Value: "lt_100"}}},
	}
}

func build(t testing.TB, tables Tables) *Catalog {
	t.Helper()
	c, err := New(tables)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustRegion(t testing.TB, c *Catalog, code string) *Region {
	t.Helper()
	r, err := c.Region(code)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
