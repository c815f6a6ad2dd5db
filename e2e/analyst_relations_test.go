package e2e

import "math"

// comparisonQuestions set counties side by side.
var comparisonQuestions = []question{
	{
		// Qianguo 856, Dongqu 299, Pingyin 289; more is better. Mean 1,444 / 3 = 481.33, median 299, standard deviation: 856² + 299² +
		// 289² = 732,736 + 89,401 + 83,521 = 905,658; - 1,444² / 3 = 695,045.33; / 2 = 105,306.33; root 324.51. The median is 299 and the
		// distances from it 557, 0, 10, so their median is 10. Gini: 2 x (1 x 289 + 2 x 299 + 3 x 856) / (3 x 1,444) - 4/3 =
		// 6,910 / 4,332 - 5,776 / 4,332 = 1,134 / 4,332. Percentiles: (2 + 1/2) / 3, (1 + 1/2) / 3, (1/2) / 3.
		ask: "Which county has most volunteer teams, and by how much?",
		document: `{ compare(input: {indicators: ["volunteer_teams"], display: {codes: ["370124", "220721", "510402"]}}) { indicators {
			baseline statistics { n mean median stddev mad gini groupValue quartiles }
			entries { region { code } value rank rankUncertain percentile zScore robustZScore difference ratio share standing }
		} } }`,
		want: map[string]any{
			"compare/indicators/0/baseline": 1444.0 / 3, "compare/indicators/0/statistics/n": 3, "compare/indicators/0/statistics/mean": 1444.0 / 3,
			"compare/indicators/0/statistics/median": 299, "compare/indicators/0/statistics/stddev": math.Sqrt(315919.0 / 3),
			"compare/indicators/0/statistics/mad": 10, "compare/indicators/0/statistics/gini": 1134.0 / 4332,
			"compare/indicators/0/statistics/groupValue":   1444,
			"compare/indicators/0/statistics/quartiles":    list(294, 299, 577.5),
			"compare/indicators/0/entries/*/region/code":   list("220721", "510402", "370124"),
			"compare/indicators/0/entries/*/rank":          list(1, 2, 3),
			"compare/indicators/0/entries/*/rankUncertain": list(false, false, false),
			"compare/indicators/0/entries/*/percentile":    list(100*2.5/3, 50, 100*0.5/3),
			"compare/indicators/0/entries/*/difference":    list(1124.0/3, -547.0/3, -577.0/3),
			"compare/indicators/0/entries/*/ratio":         list(3*856.0/1444, 3*299.0/1444, 3*289.0/1444),
			"compare/indicators/0/entries/*/share":         list(856.0/1444, 299.0/1444, 289.0/1444),
			"compare/indicators/0/entries/*/standing":      list("BETTER", "WORSE", "WORSE"),
			"compare/indicators/0/entries/0/zScore":        1124.0 / 3 / math.Sqrt(315919.0/3),
			"compare/indicators/0/entries/*/robustZScore":  list(0.6745*55.7, 0, -0.6745),
		},
	},
	{
		// Luzhou 21,000 and more, Qianguo 11,730, Tianqiao 9,800 and more, Pingyin 2,909. Tianqiao may have more than 11,730 and
		// more than 21,000 as well: its rank is open, and so are those above it. Pingyin is last whatever they have. Against Qianguo:
		// +9,270 and more, 0, -1,930 or better, -8,821.
		ask: "Who had most party members at work, for certain?",
		document: `{ compare(input: {
			indicators: ["party_members_deployed"], display: {codes: ["140402", "370105", "370124", "220721"]}, baseline: {region: "220721"}
		}) { indicators { entries { region { code } rank rankUncertain difference differencePrecision standing } warnings { code } } } }`,
		want: map[string]any{
			"compare/indicators/0/entries/*/region/code":         list("140403", "220721", "370105", "370124"),
			"compare/indicators/0/entries/*/rank":                list(1, 2, 3, 4),
			"compare/indicators/0/entries/*/rankUncertain":       list(true, true, true, false),
			"compare/indicators/0/entries/*/difference":          list(9270, 0, -1930, -8821),
			"compare/indicators/0/entries/*/differencePrecision": list("AT_LEAST", "EXACT", "AT_LEAST", "EXACT"),
			"compare/indicators/0/entries/*/standing":            list(nil, nil, nil, nil),
			"compare/indicators/0/warnings/*/code": list("RETIRED_REGION", "MIXED_PERIODS", "MIXED_DEFINITIONS", "MIXED_SOURCES",
				"MIXED_PRECISION"),
		},
	},
	{
		// The group's rate is 242 / 245 = 98.78 %. Tianqiao and Dongqu at 100 share rank 1, Pingyin at 95 / 98 = 96.94 is third with its
		// printed 97, Qianguo at 85.5 fourth. 100 - 98.78 = 1.22 points: 300 / 245. Pingyin: 9,500 / 98 - 24,200 / 245 = (47,500 - 48,400) /
		// 490 = -900 / 490 = -1.84. Qianguo: 85.5 - 98.78 = (20,947.5 - 24,200) / 245 = -3,252.5 / 245 = -13.28. Percentiles: ties count
		// half, so (2 + 2/2) / 4 = 75 for both, (1 + 1/2) / 4 and (1/2) / 4.
		ask: "Whose industry was ahead of the group's rate?",
		document: `{ compare(input: {indicators: ["work_resumption_rate"], ` + aboveScaleIndustry + `, display: {codes: ["220721", "370105", "370124", "510402"]}}) {
			indicators { baseline entries { region { code } value rank rankUncertain percentile difference standing observation { value } } warnings { code } }
		} }`,
		want: map[string]any{
			"compare/indicators/0/baseline":                    100 * 242.0 / 245,
			"compare/indicators/0/entries/*/region/code":       list("370105", "510402", "370124", "220721"),
			"compare/indicators/0/entries/*/value":             list(100, 100, 100*95.0/98, 85.5),
			"compare/indicators/0/entries/*/observation/value": list(100, 100, 97, 85.5),
			"compare/indicators/0/entries/*/rank":              list(1, 1, 3, 4),
			"compare/indicators/0/entries/*/rankUncertain":     list(false, false, false, false),
			"compare/indicators/0/entries/*/percentile":        list(75, 75, 37.5, 12.5),
			"compare/indicators/0/entries/*/difference":        list(300.0/245, 300.0/245, -900.0/490, -3252.5/245),
			"compare/indicators/0/entries/*/standing":          list("BETTER", "BETTER", "WORSE", "WORSE"),
			"compare/indicators/0/warnings/*/code":             list("MIXED_PERIODS", "MIXED_SOURCES"),
		},
	},
	{
		// Jinan has 13 counties and districts in the register; two of them report members: Tianqiao 9,800 and more, Pingyin 2,909. The
		// group's mean is 6,354.5, and 9,800 - 6,354.5 = 3,445.5. The mean is a lower bound too, so that the difference is neither.
		// Of the three with teams, Qianguo alone states a population: among persons it has all, half of it counting, and others none.
		ask: "How does Tianqiao stand among its neighbours in Jinan, and who stands where among persons?",
		document: `{
			jinan: compare(input: {indicators: ["party_members_deployed"], display: {peersOf: {region: "370105", by: SAME_PARENT}}}) {
				indicators { baseline baselinePrecision entries { region { code } difference differencePrecision } missing { reason } }
			}
			persons: compare(input: {indicators: ["volunteer_teams"], display: {codes: ["370124", "220721", "510402"]}}) {
				indicators { entries { weightedPercentile(by: "resident_population") } }
			}
		}`,
		want: map[string]any{
			"jinan/indicators/0/baseline": 6354.5, "jinan/indicators/0/baselinePrecision": "AT_LEAST",
			"jinan/indicators/0/entries/*/region/code": list("370105", "370124"), "jinan/indicators/0/entries/*/difference": list(3445.5, -3445.5),
			"jinan/indicators/0/entries/*/differencePrecision":  list("APPROXIMATE", "AT_MOST"),
			"jinan/indicators/0/missing/#":                      11,
			"persons/indicators/0/entries/*/weightedPercentile": list(50, 0, 0),
		},
	},
}

// relationQuestions are about time, spread, likeness, change and what was expected.
var relationQuestions = []question{
	{
		// One quarter is forecast at 5.5 %, none is measured. The buses: 139 workers from 21 to 29 February, nine days of the
		// month's 29, so that the month is covered in part; a running sum of one month is that month.
		ask: "What series are there of growth in Qianguo and of workers brought back to Pingyin?",
		document: `{
			growth: series(input: {indicators: ["gdp_growth"], regions: {codes: ["220721"]}, status: [ACTUAL, FORECAST]}) {
				series { status frequency points { value period { label } change index(base: "2020-Q1") } }
			}
			measured: series(input: {indicators: ["gdp_growth"], regions: {codes: ["220721"]}}) { series { status } missing { reason region { code } } }
			workers: series(input: {indicators: ["workers_transported"], regions: {codes: ["370124"]}, grain: MONTH}) {
				series { points { value partial filled cumulative period { label } } }
			}
		}`,
		want: map[string]any{
			"growth/series/*/status": list("FORECAST"), "growth/series/*/frequency": list("QUARTER"), "growth/series/0/points/#": 1,
			"growth/series/0/points/0/value": 5.5, "growth/series/0/points/0/period/label": "2020-Q1",
			"growth/series/0/points/0/change": nil, "growth/series/0/points/0/index": 100,
			"measured/series": list(), "measured/missing/*/reason": list("NO_OBSERVATION"), "measured/missing/*/region/code": list("220721"),
			"workers/series/0/points/*/value": list(139), "workers/series/0/points/*/partial": list(true),
			"workers/series/0/points/*/filled": list(false), "workers/series/0/points/*/cumulative": list(139),
			"workers/series/0/points/*/period/label": list("2020-02"),
		},
	},
	{
		// People screened so far is a running count already: adding 860,000 to itself or to a later one has no meaning.
		ask:      "What do the people screened in Luzhou add up to over time?",
		document: `{ series(input: {indicators: ["persons_screened"], regions: {codes: ["140403"]}}) { series { points { value cumulative } } } }`,
		want: map[string]any{
			"errors/#": 1, "errors/0/extensions/code": "NOT_ADDITIVE",
			"series/series/0/points/*/value": list(860000), "series/series/0/points/*/cumulative": list(nil),
		},
	},
	{
		// (98, 96.94), (85, 100), (62, 100): x has mean 245/3 and sum of squares 9,604 + 7,225 + 3,844 - 245²/3 = 1,994/3; y is 100
		// less 150/49 once. Sxy = (98 - 245/3) x -150/49 = 49/3 x -150/49 = -50. Syy = (150/49)² x 2/3 = 15,000/2,401. r = -50 /
		// root(1,994/3 x 15,000/2,401) = -2,450 / root(9,970,000) = -0.776. Slope -50 / (1,994/3) = -150/1,994; intercept
		// (100 - 50/49) + 150/1,994 x 245/3. With one degree of freedom p = 2/pi x arccos |r|. By ranks (3, 1), (2, 2.5), (1, 2.5):
		// -1.5 / root(2 x 1.5) = -root(3)/2. Luzhou lacks both, Qianguo the number of its enterprises.
		ask: "Did counties with more large enterprises resume more slowly?",
		document: `query($slice: [DimensionValueInput!]) {
			line: correlate(input: {x: "enterprises", y: "work_resumption_rate", xSlice: $slice, ySlice: $slice, ` + fiveCounties + `}) {
				n coefficient interval { lower } pValue slope intercept precision points { x y region { code } } missing { region { code } indicator { code } }
			}
			ranks: correlate(input: {x: "enterprises", y: "work_resumption_rate", xSlice: $slice, ySlice: $slice, ` + fiveCounties + `, method: SPEARMAN}) { coefficient slope }
			few: correlate(input: {x: "volunteer_teams", y: "party_members_deployed", ` + fiveCounties + `}) { n coefficient undefined }
		}`,
		variables: `{"slice": [{"dimension": "enterprise_class", "value": "above_scale_industry"}]}`,
		want: map[string]any{
			"line/n": 3, "line/coefficient": -2450 / math.Sqrt(9970000), "line/interval": nil,
			"line/pValue": 2 / math.Pi * math.Acos(2450/math.Sqrt(9970000)), "line/slope": -150.0 / 1994,
			"line/intercept": 100 - 50.0/49 + 150.0/1994*245/3, "line/precision": "EXACT",
			"line/points/*/region/code": list("370105", "370124", "510402"), "line/points/*/x": list(85, 98, 62),
			"line/points/*/y":               list(100, 100*95.0/98, 100),
			"line/missing/*/region/code":    list("140403", "140403", "220721"),
			"line/missing/*/indicator/code": list("enterprises", "work_resumption_rate", "enterprises"),
			"ranks/coefficient":             -math.Sqrt(3) / 2, "ranks/slope": nil,
			// Pingyin and Qianguo have both teams and members.
			"few/n": 2, "few/coefficient": nil, "few/undefined": "TOO_FEW_POINTS",
		},
	},
	{
		// 289, 299, 856: quartiles 294 and 577.5, so 2 x 283.5 / root³(3) = 393.1 is the width asked for, and 567 / 393.1 makes
		// two bins of 283.5: up to 572.5, and from there. Halfway from the median to the largest: 299 + 0.5 x 557 = 577.5.
		ask: "How are volunteer teams distributed over the counties?",
		document: `{ distribution(input: {indicator: "volunteer_teams", ` + fiveCounties + `}) {
			binRule histogram { lower upper count share } quantiles(p: [0, 0.5, 0.75, 1]) statistics { n mean } missing { region { code } }
		} }`,
		want: map[string]any{
			"distribution/binRule": "FREEDMAN_DIACONIS", "distribution/histogram/*/lower": list(289, 572.5),
			"distribution/histogram/*/upper": list(572.5, 856), "distribution/histogram/*/count": list(2, 1),
			"distribution/histogram/*/share": list(2.0/3, 1.0/3), "distribution/quantiles": list(289, 299, 577.5, 856),
			"distribution/statistics/n": 3, "distribution/statistics/mean": 1444.0 / 3, "distribution/missing/*/region/code": list("140403", "370105"),
		},
	},
	{
		// Enterprises 98, 85, 62 with variance 1,994/3 / 2 = 997/3; resumed 95, 85, 62 with sum of squares 9,025 + 7,225 + 3,844 -
		// 242²/3 = 1,718/3 and variance 859/3. From Tianqiao to Pingyin 13 and 10, to Dongqu 23 and 23: squared and
		// standardised, (169 x 3/997 + 100 x 3/859) / 2 and (529 x 3/997 + 529 x 3/859) / 2. Qianguo and Luzhou state no numbers.
		ask: "Which county's industry is most like Tianqiao's?",
		document: `{ similar(input: {region: "370105", indicators: ["enterprises", "enterprises_resumed"], ` + aboveScaleIndustry + `, ` + fiveCounties + `}) {
			compared indicators { mean stddev value } neighbours { region { code } distance precision differences { difference } } missing { region { code } reason }
		} }`,
		want: map[string]any{
			"similar/compared": 3, "similar/indicators/*/mean": list(245.0/3, 242.0/3), "similar/indicators/*/value": list(85, 85),
			"similar/indicators/*/stddev":      list(math.Sqrt(997.0/3), math.Sqrt(859.0/3)),
			"similar/neighbours/*/region/code": list("370124", "510402"),
			"similar/neighbours/*/distance": list(math.Sqrt((169*3.0/997+100*3.0/859)/2),
				math.Sqrt((529*3.0/997+529*3.0/859)/2)),
			"similar/neighbours/*/differences/*/difference": list(list(13, 10), list(-23, -23)),
			"similar/missing/*/region/code":                 list("140403", "140403", "220721", "220721"),
		},
	},
	{
		// By 2 March Qianguo's 856 and Pingyin's 289 were known, and they are what is known now: no change. Dongqu's 299 came on the
		// 11th. The rate known by then is Pingyin's 95 of 98 alone; now it is the same for that county, and nothing shifts.
		ask: "What do we know now that we did not know on 2 March?",
		document: `{
			teams: movers(input: {indicator: "volunteer_teams", ` + fiveCounties + `, asOfFrom: "2020-03-02"}) {
				entries { region { code } before after change percentChange } missingBefore { region { code } } missingAfter { region { code } }
			}
			rate: movers(input: {indicator: "work_resumption_rate", ` + aboveScaleIndustry + `, ` + fiveCounties + `, asOfFrom: "2020-03-02"}) {
				entries { region { code } after change percentChange } decomposition { before after withinPart shiftPart coverage { regions { code } } }
			}
		}`,
		want: map[string]any{
			"teams/entries/*/region/code": list("220721", "370124"), "teams/entries/*/before": list(856, 289), "teams/entries/*/after": list(856, 289),
			"teams/entries/*/change": list(0, 0), "teams/entries/*/percentChange": list(0, 0),
			"teams/missingBefore/*/region/code": list("140403", "370105", "510402"), "teams/missingAfter/*/region/code": list("140403", "370105"),
			"rate/entries/*/region/code": list("220721", "370124"), "rate/entries/*/after": list(85.5, 100*95.0/98),
			"rate/entries/*/percentChange": list(nil, nil), "rate/decomposition/before": 100 * 95.0 / 98, "rate/decomposition/after": 100 * 95.0 / 98,
			"rate/decomposition/withinPart": 0, "rate/decomposition/shiftPart": 0,
			"rate/decomposition/coverage/regions/*/code": list("370124"),
		},
	},
	{
		// Growth of 5.5 % was expected on 1 March for the quarter that ended on 31 March, 30 days later: no figure yet. Two medical
		// workers were asked for and two went on 5 February: error 0. It was reported on 30 March, 24 days left of a leap
		// year's February and 30 of March after that: -54 days, in the band from -60 to -31. Twenty projects are aimed at for
		// 18 April, 48 days after 1 March; the five that Luzhou started are another county's.
		ask: "Which forecasts and targets came true?",
		document: `{
			growth: forecasts(input: {indicators: ["gdp_growth"], ` + fiveCounties + `}) { indicators { accuracy { count bias } entries { error } ...pending missing { region { code } } } }
			targets: forecasts(input: {indicators: ["medics_dispatched", "projects_started"], ` + fiveCounties + `, status: TARGET}) { indicators {
				accuracy { count meanAbsoluteError meanAbsolutePercentageError }
				byHorizon { fromDays toDays } entries { region { code } forecast actual error horizon } ...pending
			} }
		} fragment pending on IndicatorForecasts { pending { forecast actual missing horizon period { label } } }`,
		want: map[string]any{
			"growth/indicators/0/accuracy/count": 0, "growth/indicators/0/accuracy/bias": nil, "growth/indicators/0/entries": list(),
			"growth/indicators/0/pending/*/forecast": list(5.5), "growth/indicators/0/pending/*/actual": list(nil),
			"growth/indicators/0/pending/*/missing": list("NO_OBSERVATION"), "growth/indicators/0/pending/*/horizon": list(30),
			"growth/indicators/0/missing/*/region/code": list("140403", "370105", "370124", "510402"),
			"targets/indicators/*/accuracy/count":       list(1, 0), "targets/indicators/0/accuracy/meanAbsoluteError": 0,
			"targets/indicators/0/accuracy/meanAbsolutePercentageError": 0, "targets/indicators/0/byHorizon/*/fromDays": list(-60),
			"targets/indicators/0/byHorizon/*/toDays": list(-31), "targets/indicators/0/entries/*/region/code": list("370105"),
			"targets/indicators/0/entries/*/forecast": list(2), "targets/indicators/0/entries/*/actual": list(2),
			"targets/indicators/0/entries/*/error": list(0), "targets/indicators/0/entries/*/horizon": list(-54),
			"targets/indicators/1/pending/*/forecast": list(20), "targets/indicators/1/pending/*/horizon": list(48),
			"targets/indicators/1/pending/*/period/label": list("2020-04-18"),
		},
	},
}
