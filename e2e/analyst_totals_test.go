package e2e

// fiveCounties are the counties that the reports are about.
const fiveCounties = `regions: {codes: ["140403", "220721", "370105", "370124", "510402"]}`

// totalQuestions add figures up, or must not.
var totalQuestions = []question{
	{
		// Tianqiao reports 1,047 grids and its bands: 334 + 687 + 26 = 1,047. The grids are 1,047, not 2,094.
		ask: "How many grids has Tianqiao, and how are they spread over the bands of households?",
		document: `{
			whole: aggregate(input: {indicators: ["grids"], regions: {codes: ["370105"]}}) { groups { value sum count precision } }
			parts: aggregate(input: {indicators: ["grids"], regions: {codes: ["370105"]}, groupBy: [{dimension: "households"}]}) {
				groups { value dimension { value } } totals { value dimension { value } }
			}
		}`,
		want: map[string]any{
			"whole/groups/#": 1, "whole/groups/0/value": 1047, "whole/groups/0/sum": 1047, "whole/groups/0/count": 1, "whole/groups/0/precision": "EXACT",
			"parts/groups/*/dimension/0/value": list("lt_100", "100-300", "gt_300"), "parts/groups/*/value": list(334, 687, 26),
			"parts/totals/*/value": list(1047), "parts/totals/0/dimension": list(),
		},
	},
	{
		// Tianqiao's 1,047 are all that is known of the 2,980 counties of the register less the two retired ones. The 84 grids of
		// Yushan Subdistrict are a part of Pingyin, for which nothing is reported: not 1,131, and Pingyin is not 84.
		ask: "How many grids are there in the country, and how many in Pingyin?",
		document: `{
			country: aggregate(input: {indicators: ["grids"]}) { groups { value coverage { expected used regions { code } } } }
			pingyin: aggregate(input: {indicators: ["grids"], regions: {codes: ["370124"]}}) { groups { value missing coverage { missing { reason region { code } } } } }
			subdistrict: aggregate(input: {indicators: ["grids"], regions: {within: ["370124"], level: TOWNSHIP}}) { groups { value } }
		}`,
		want: map[string]any{
			"country/groups/0/value": 1047, "country/groups/0/coverage/expected": 2978, "country/groups/0/coverage/used": 1,
			"country/groups/0/coverage/regions/*/code": list("370105"),
			"pingyin/groups/0/value":                   nil, "pingyin/groups/0/missing": "NO_OBSERVATION",
			"pingyin/groups/0/coverage/missing/*/reason": list("NO_OBSERVATION"), "pingyin/groups/0/coverage/missing/*/region/code": list("370124"),
			"subdistrict/groups/0/value": 84,
		},
	},
	{
		// 21,000 and more in Luzhou + 11,730 in Qianguo + 9,800 and more in Tianqiao + 2,909 in Pingyin = 45,439 and more; / 4 =
		// 11,359.75. The median is (9,800 + 11,730) / 2 = 10,765. The four are of four days, and Pingyin's are only those sent to the county town.
		ask: "How many party members were at work, all together?",
		document: `{ aggregate(input: {indicators: ["party_members_deployed"], ` + fiveCounties + `}) {
			groups { value mean median precision coverage { used expected share missing { region { code } reason } } } warnings { code }
		} }`,
		want: map[string]any{
			"aggregate/groups/0/value": 45439, "aggregate/groups/0/mean": 11359.75, "aggregate/groups/0/median": 10765,
			"aggregate/groups/0/precision": "AT_LEAST", "aggregate/groups/0/coverage/used": 4, "aggregate/groups/0/coverage/expected": 5,
			"aggregate/groups/0/coverage/share": 0.8, "aggregate/groups/0/coverage/missing/*/region/code": list("510402"),
			"aggregate/groups/0/coverage/missing/*/reason": list("NO_OBSERVATION"),
			"aggregate/warnings/*/code":                    list("MIXED_PERIODS", "MIXED_DEFINITIONS"),
		},
	},
	{
		// 453 in Tianqiao + 552 in Dongqu = 1,005. Pingyin's nearly 2,000 are those of its villages, without the county town.
		ask: "How many checkpoints were there, and what about the villages of Pingyin?",
		document: `{
			all: aggregate(input: {indicators: ["checkpoints"], ` + fiveCounties + `}) { groups { value precision coverage { used missing { region { code } } } } }
			villages: aggregate(input: {indicators: ["checkpoints"], ` + fiveCounties + `, slice: [{dimension: "location", value: "village"}]}) {
				groups { value precision coverage { regions { code } } }
			}
		}`,
		want: map[string]any{
			"all/groups/0/value": 1005, "all/groups/0/precision": "EXACT", "all/groups/0/coverage/used": 2,
			"all/groups/0/coverage/missing/*/region/code": list("140403", "220721", "370124"),
			"villages/groups/0/value":                     2000, "villages/groups/0/precision": "APPROXIMATE",
			"villages/groups/0/coverage/regions/*/code": list("370124"),
		},
	},
	{
		// Pingyin's buses brought 139 workers back from 21 to 29 February; the 5 of one and 10 of another enterprise are among them:
		// not 154, not 15. Luzhou's loans are known of two enterprises, 80,000,000 + 5,000,000 yuan, not of the district.
		ask: "How many workers came back by bus, and how much has the district of Luzhou arranged in loans?",
		document: `{
			workers: aggregate(input: {indicators: ["workers_transported"], regions: {codes: ["370124"]}}) { groups { value } }
			loans: aggregate(input: {indicators: ["loans_arranged"], regions: {codes: ["140403"]}}) { groups { value unit missing } }
			each: aggregate(input: {indicators: ["loans_arranged"], regions: {codes: ["140403"]}, groupBy: [{dimension: "entity"}]}) {
				groups { value dimension { name(language: EN) } } totals { value missing }
			}
		}`,
		want: map[string]any{
			"workers/groups/*/value": list(139), "loans/groups/0/value": nil, "loans/groups/0/unit": "CNY", "loans/groups/0/missing": "NO_OBSERVATION",
			"each/groups/*/value":            list(80000000, 5000000),
			"each/groups/*/dimension/0/name": list("Luxin Iron and Steel Co.", "Shanxi Zhuolian Ruike Co."),
			"each/totals/0/value":            nil, "each/totals/0/missing": "NO_OBSERVATION",
		},
	},
	{
		// Compounds: 316 gated + 248 open = 564 in Tianqiao; + 232 in Pingyin = 796. Divisions: 12 + 6 + 1 = 19 in Luzhou; 14
		// subdistricts of Tianqiao and 22 townships of Qianguo are one part of three, and no total.
		ask: "How many compounds and how many township-level divisions do the counties have?",
		document: `{ aggregate(input: {indicators: ["residential_compounds", "township_level_divisions"], ` + fiveCounties + `}) {
			groups { value coverage { regions { code } } observations { nodes { value derived } } }
		} }`,
		want: map[string]any{
			"aggregate/groups/*/value":                        list(796, 19),
			"aggregate/groups/*/coverage/regions/*/code":      list(list("370105", "370124"), list("140403")),
			"aggregate/groups/*/observations/nodes/*/value":   list(list(564, 232), list(19)),
			"aggregate/groups/0/observations/nodes/0/derived": true, "aggregate/groups/0/observations/nodes/1/derived": false,
			"aggregate/groups/1/observations/nodes/0/derived": true,
		},
	},
	{
		// 7.8万畝 = 78,000 mu of 1/15 ha = 5,200 ha. 76.8億元 = 7,680,000,000 yuan. 20,110 kg = 20.11 t. 60 t and 10.05 t are printed so.
		// 246萬元 = 2,460,000 yuan; 15.9萬噸 = 159,000 t. 6,980 km2 of 600,000 people: 85.96 a km2.
		ask: "How large are Qianguo's greenhouses, projects and donations in plain units?",
		document: `{ aggregate(input: {
			indicators: ["covered_crop_area", "project_investment", "fish_donated", "rice_donated", "alcohol_donated", "donations_received", "fertiliser_stock", "population_density"]
			regions: {codes: ["220721"]}
		}) { groups { value unit } } }`,
		want: map[string]any{
			"aggregate/groups/*/value": list(5200, 7680000000, 20.11, 60, 10.05, 2460000, 159000, 600000.0/6980),
			"aggregate/groups/*/unit":  list("ha", "CNY", "t", "t", "t", "CNY", "t", "person/km2"),
		},
	},
	{
		// 300 and more others of Shandong province came back on the flight: a figure of 37, not of a county in it. Tianqiao's
		// two went, which says nothing of a return.
		ask: "How many medical workers came back to Shandong, and to its counties?",
		document: `{
			province: aggregate(input: {indicators: ["medics_returned"], regions: {codes: ["37"]}}) { groups { value precision } }
			counties: aggregate(input: {indicators: ["medics_returned", "medics_dispatched"], regions: {within: ["37"]}}) { groups { value missing coverage { used } } }
		}`,
		want: map[string]any{
			"province/groups/*/value": list(300), "province/groups/*/precision": list("AT_LEAST"),
			"counties/groups/*/value": list(nil, 2), "counties/groups/*/missing": list("NO_OBSERVATION", nil),
			"counties/groups/*/coverage/used": list(0, 1),
		},
	},
	{
		// Tianqiao lies in Shandong: the 300 may count its two.
		ask:      "How many is that for the province and the county together?",
		document: `{ aggregate(input: {indicators: ["medics_returned"], regions: {codes: ["37", "370105"]}}) { groups { value } } }`,
		want: map[string]any{
			"errors/#": 1, "errors/0/path": list("aggregate"), "errors/0/extensions/code": "NOT_AGGREGATABLE",
		},
	},
	{
		// Teams published by 2 March: Qianguo 856 (1 March) + Pingyin 289 (2 March) = 1,145; by 1 March 856; by 29 February none.
		// Now + Dongqu 299 (11 March) = 1,444. The codes are those of the five, of which 2, 1, 0 and 3 are known.
		ask: "How many volunteer teams could we have known of on 29 February, 1 March, 2 March, and now?",
		document: `query($day0: Date!, $day1: Date!, $day2: Date!) {
			day0: aggregate(input: {indicators: ["volunteer_teams"], ` + fiveCounties + `, asOf: $day0}) { ...teams }
			day1: aggregate(input: {indicators: ["volunteer_teams"], ` + fiveCounties + `, asOf: $day1}) { ...teams }
			day2: aggregate(input: {indicators: ["volunteer_teams"], ` + fiveCounties + `, asOf: $day2}) { ...teams }
			now: aggregate(input: {indicators: ["volunteer_teams"], ` + fiveCounties + `}) { ...teams }
			asked: aggregate(input: {indicators: ["volunteer_teams"], ` + fiveCounties + `, minCoverage: 0.8}) { groups { value missing coverage { share } } }
		} fragment teams on Aggregation { groups { value missing coverage { used expected } } }`,
		variables: `{"day0": "2020-02-29", "day1": "2020-03-01", "day2": "2020-03-02"}`,
		want: map[string]any{
			"day0/groups/0/value": nil, "day0/groups/0/missing": "NO_OBSERVATION", "day0/groups/0/coverage/used": 0,
			"day1/groups/0/value": 856, "day1/groups/0/coverage/used": 1, "day2/groups/0/value": 1145, "day2/groups/0/coverage/used": 2,
			"now/groups/0/value": 1444, "now/groups/0/coverage/used": 3, "now/groups/0/coverage/expected": 5,
			// 3 of 5 are 0.6, less than 0.8.
			"asked/groups/0/value": nil, "asked/groups/0/missing": "BELOW_COVERAGE", "asked/groups/0/coverage/share": 0.6,
		},
	},
	{
		// By province, in the order of codes: Jilin 856, Shandong 289, Sichuan 299. Party members by month: February 21,000 (Luzhou);
		// March 11,730 + 9,800 + 2,909 = 24,439; together 45,439, as without months. 140402 stands for Luzhou: 21,000.
		ask: "How do teams spread over provinces and members over months, also under the old code of Luzhou?",
		document: `{
			provinces: aggregate(input: {indicators: ["volunteer_teams"], groupBy: [{region: PROVINCE}]}) { groups { value region { code } } totals { value } }
			months: aggregate(input: {indicators: ["party_members_deployed"], groupBy: [{period: MONTH}]}) { groups { value precision period { label } } totals { value } }
			old: aggregate(input: {indicators: ["party_members_deployed"], regions: {codes: ["140402"]}}) { groups { value coverage { regions { code } } } warnings { code } }
		}`,
		want: map[string]any{
			"provinces/groups/*/region/code": list("22", "37", "51"), "provinces/groups/*/value": list(856, 289, 299), "provinces/totals/*/value": list(1444),
			"months/groups/*/period/label": list("2020-02", "2020-03"), "months/groups/*/value": list(21000, 24439),
			"months/groups/*/precision": list("AT_LEAST", "AT_LEAST"), "months/totals/*/value": list(45439),
			"old/groups/0/value": 21000, "old/groups/0/coverage/regions/*/code": list("140403"), "old/warnings/*/code": list("RETIRED_REGION"),
		},
	},
}
