package e2e

// Slices of the rates.
const (
	aboveScaleIndustry = `slice: [{dimension: "enterprise_class", value: "above_scale_industry"}]`
	aboveScale         = `slice: [{dimension: "enterprise_class", value: "above_scale"}]`
	continuing         = `slice: [{dimension: "project_phase", value: "continuing"}]`
)

// rateQuestions are about quotients: of counts, of figures that are printed without them, and of what does not combine.
var rateQuestions = []question{
	{
		// Pingyin 95 of 98, Tianqiao 85 of 85, Dongqu 62 of 62: (95 + 85 + 62) / (98 + 85 + 62) = 242 / 245 = 98.78 %. Qianguo prints
		// 85.5 % without counts and cannot be weighed. The unweighted mean takes all four: (96.94 + 100 + 100 + 85.5) / 4 = 95.61 %.
		ask: "How much of the larger industry had resumed work?",
		document: `{ aggregate(input: {indicators: ["work_resumption_rate"], ` + aboveScaleIndustry + `, ` + fiveCounties + `}) {
			groups { value mean max min count unit precision coverage { used missing { region { code } reason } } } warnings { code }
		} }`,
		want: map[string]any{
			"aggregate/groups/0/value": 100 * 242.0 / 245, "aggregate/groups/0/mean": (100*95.0/98 + 100 + 100 + 85.5) / 4,
			"aggregate/groups/0/min": 85.5, "aggregate/groups/0/max": 100, "aggregate/groups/0/count": 4, "aggregate/groups/0/unit": "%",
			"aggregate/groups/0/precision": "EXACT", "aggregate/groups/0/coverage/used": 3,
			"aggregate/groups/0/coverage/missing/*/region/code": list("140403", "220721"),
			"aggregate/groups/0/coverage/missing/*/reason":      list("NO_OBSERVATION", "NO_DENOMINATOR"),
			"aggregate/warnings/*/code":                         list("MIXED_PERIODS"),
		},
	},
	{
		// Percentages do not add up, whatever 96.94 + 100 + 100 + 85.5 is; their enterprises do: 95 + 85 + 62 = 242 of 245.
		ask: "What is the sum of the resumption rates, and of the enterprises behind them?",
		document: `{
			rates: aggregate(input: {indicators: ["work_resumption_rate"], ` + aboveScaleIndustry + `, ` + fiveCounties + `}) { groups { sum } }
			counts: aggregate(input: {indicators: ["enterprises_resumed", "enterprises"], ` + aboveScaleIndustry + `, ` + fiveCounties + `}) { groups { sum } }
		}`,
		want: map[string]any{
			"errors/#": 1, "errors/0/extensions/code": "NOT_ADDITIVE", "errors/0/path": list("rates", "groups", 0, "sum"),
			"rates/groups/0/sum": nil, "counts/groups/*/sum": list(242, 245),
		},
	},
	{
		// Staff of Pingyin: 18,936 returned of about 20,000: 94.68 %, printed as 95. Projects of Dongqu: 66 of 71 continuing ones:
		// 92.96 %, printed as 93; of all 147 nothing is reported, and 66 / 147 is not it.
		ask: "Are the printed 95 % of staff and 93 % of projects what their counts say?",
		document: `{
			staff: aggregate(input: {indicators: ["staff_return_rate"], regions: {codes: ["370124"]}, ` + aboveScale + `}) { groups { ...rate } }
			projects: aggregate(input: {indicators: ["project_resumption_rate"], regions: {codes: ["510402"]}, ` + continuing + `}) { groups { ...rate } }
			all: aggregate(input: {indicators: ["project_resumption_rate"], regions: {codes: ["510402"]}}) { groups { value missing } }
		} fragment rate on AggregateGroup { value precision observations { nodes { value numerator denominator } } }`,
		want: map[string]any{
			"staff/groups/0/value": 94.68, "staff/groups/0/precision": "APPROXIMATE", "staff/groups/0/observations/nodes/*/value": list(95),
			"staff/groups/0/observations/nodes/*/numerator": list(18936), "staff/groups/0/observations/nodes/*/denominator": list(20000),
			"projects/groups/0/value": 100 * 66.0 / 71, "projects/groups/0/observations/nodes/*/value": list(93),
			"all/groups/0/value": nil, "all/groups/0/missing": "NO_OBSERVATION",
		},
	},
	{
		// Qianguo: 11,730 / 600,000 x 10,000 = 195.5; it alone states a population. By people screened: Luzhou 21,000 of 860,000 and
		// Tianqiao 9,800 of 845,317, so (21,000 + 9,800) / (860,000 + 845,317) x 1,000 = 30,800 / 1,705,317 x 1,000 = 18.06 and more,
		// not (24.42 + 11.59) / 2 = 18.01, which is the mean.
		ask: "How many party members are there per 10,000 residents, and per 1,000 people screened?",
		document: `{
			residents: aggregate(input: {indicators: ["party_members_deployed"], ` + fiveCounties + `, per: {indicator: "resident_population", scale: 10000}}) {
				groups { value precision coverage { missing { region { code } reason } } }
			}
			screened: aggregate(input: {indicators: ["party_members_deployed"], ` + fiveCounties + `, per: {indicator: "persons_screened", scale: 1000}}) {
				groups { value mean precision coverage { regions { code } } }
			}
		}`,
		want: map[string]any{
			"residents/groups/0/value": 195.5, "residents/groups/0/precision": "EXACT",
			"residents/groups/0/coverage/missing/*/region/code": list("140403", "370105", "370124", "510402"),
			"residents/groups/0/coverage/missing/*/reason":      list("NO_DENOMINATOR", "NO_DENOMINATOR", "NO_DENOMINATOR", "NO_OBSERVATION"),
			"screened/groups/0/value":                           1000 * 30800.0 / 1705317,
			"screened/groups/0/mean":                            (1000*21000.0/860000 + 1000*9800.0/845317) / 2,
			"screened/groups/0/precision":                       "AT_LEAST", "screened/groups/0/coverage/regions/*/code": list("140403", "370105"),
		},
	},
	{
		// Tianqiao: 305,147 / 1,047 = 291.4 households and 845,317 / 1,047 = 807.4 people a grid, 845,317 / 305,147 = 2.770 people a
		// household, 1,047 / 200 = 5.235 grids a community, more than 20,000 / 1,047 = 19.10 volunteers a grid, 453 / 845,317 x 10,000 =
		// 5.359 checkpoints per 10,000 screened, 58 of 58 markets. Per resident there is nothing: no population is stated.
		ask: "How dense is Tianqiao's net of grids?",
		document: `{ aggregate(input: {
			indicators: ["households_per_grid", "persons_per_grid", "persons_per_household", "grids_per_community", "volunteers_per_grid",
				"checkpoints_per_10k_screened", "market_reopening_rate", "checkpoints_per_10k_residents"]
			regions: {codes: ["370105"]}
		}) { groups { value precision missing } } }`,
		want: map[string]any{
			"aggregate/groups/*/value": list(305147.0/1047, 845317.0/1047, 845317.0/305147, 5.235, 20000.0/1047, 4530000.0/845317, 100, nil),
			"aggregate/groups/*/precision": list("EXACT", "EXACT", "EXACT", "EXACT", "AT_LEAST", "EXACT", "EXACT",
				"EXACT"),
			"aggregate/groups/7/missing": "NO_DENOMINATOR",
		},
	},
	{
		// The four growth rates of the first quarter, 5.5, 7.1, 3.5 and 2.1 %, are forecasts: no measured one exists. Isolation:
		// 1,589 of 9,264 traced = 17.15 %; the 8 from abroad are among the 1,589.
		ask: "How fast did Qianguo grow, and how many of those traced were still in isolation?",
		document: `{
			actual: aggregate(input: {indicators: ["gdp_growth"], regions: {codes: ["220721"]}}) { groups { value missing } }
			expected: aggregate(input: {indicators: ["gdp_growth", "industrial_value_added_growth", "retail_sales_growth", "local_fiscal_revenue_growth"]
				regions: {codes: ["220721"]}, status: FORECAST}) { groups { value unit } }
			isolation: aggregate(input: {indicators: ["isolation_share", "persons_in_isolation"], regions: {codes: ["220721"]}}) { groups { value } }
		}`,
		want: map[string]any{
			"actual/groups/0/value": nil, "actual/groups/0/missing": "NO_OBSERVATION",
			"expected/groups/*/value": list(5.5, 7.1, 3.5, 2.1), "expected/groups/*/unit": list("%", "%", "%", "%"),
			"isolation/groups/*/value": list(100*1589.0/9264, 1589),
		},
	},
}
