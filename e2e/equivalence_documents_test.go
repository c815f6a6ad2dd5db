package e2e

// equivalenceDocuments has, by root field, a document without fragments, variables and directives. SNAPSHOT and REGION stand for
// identifiers. Together they have every field of every input.
var equivalenceDocuments = map[string]string{
	"node": `{ node(id: "REGION") { id ... on Region { code parent { code } } } }`,
	"region": `{ region(code: "370105") {
		code predecessors { code } children(level: TOWNSHIP, first: 5, after: "") { totalCount }
		latest(indicator: "grids", slice: [{dimension: "households", value: "lt_100"}], status: ACTUAL, asOf: "2020-04-01") { value printed }
		observations(where: {indicators: ["grids"]}, first: 2, after: "") { totalCount nodes { value slice { value name(language: EN) } } }
	} }`,
	"regions": `{ regions(
		where: {levels: [COUNTY], scheme: "GB/T 2260", nameContains: "潞", inForce: true}
		orderBy: [{by: NAME, direction: DESC}, {by: CODE}], first: 5, after: ""
	) { totalCount nodes { code name } } }`,
	"indicator": `{ indicator(code: "work_resumption_rate") { name(language: EN) rollup { inWords } numerator { code } availability { observations } } }`,
	"indicators": `{ indicators(
		where: {topics: ["grid_management"], kinds: [RATIO, COUNT], dimension: "households", derived: false, nameContains: "grid"}, first: 5, after: ""
	) { totalCount nodes { code name(language: EN) dimensions { code values } } } }`,
	"source":  `{ source(code: "jinan_daily_2020_03_30") { title observations(first: 3, after: "") { totalCount nodes { printed } } } }`,
	"sources": `{ sources(first: 2, after: "") { totalCount nodes { code publishedOn } } }`,
	"search":  `{ search(text: "Luzhou", first: 3) { matched score node { id ... on Region { code level } ... on Indicator { code } } } }`,
	"availability": `{ availability(indicators: ["grids", "checkpoints"], regions: {within: ["37"], level: COUNTY}) {
		indicator { code } observations regions first last gaps { reason }
	} }`,
	"observations": `{ observations(
		where: {
			regions: {codes: ["370105", "370124"]}, indicators: ["checkpoints", "grids"], slice: [], anySlice: true, from: "2020-03-01"
			to: "2020-03-30", status: [ACTUAL, TARGET], precision: [EXACT, APPROXIMATE], sources: ["jinan_daily_2020_03_30", "jinan_daily_2020_03_02"]
		}
		asOf: "2020-04-01", orderBy: {by: VALUE, direction: DESC}, first: 4, after: ""
	) { totalCount nodes { value precision revisions { value } period { label } } pageInfo { hasNextPage } } }`,
	"aggregate": `{
		aggregate(input: {
			indicators: ["volunteer_teams", "party_members_deployed"], regions: {codes: [], within: ["CN"], level: COUNTY, where: {inForce: true}}
			when: {latest: {onOrBefore: "2020-04-01", maxAge: "P60D"}}, status: ACTUAL, asOf: "2020-04-01"
			groupBy: [{region: PROVINCE}, {period: MONTH}, {source: true}], per: {indicator: "land_area", scale: 100}, minCoverage: 0
			having: [{measure: VALUE, gt: 0, gte: 1, lt: 1000, lte: 999}], orderBy: [{by: VALUE, direction: DESC}, {by: KEY}]
			first: 5, after: "", dryRun: false
		}) { groups { value unit quantile(p: 0.25) region { code } period { label } source { code } } totals { value } totalCount warnings { code message } }
		parts: aggregate(input: {
			indicators: ["work_resumption_rate"], slice: [{dimension: "enterprise_class", value: "above_scale_industry"}], when: {within: "2020-Q1"}
		}) { groups { value mean coverage { used missing { region { code } reason } } observations(first: 2, after: "") { nodes { printed } } } }
		bands: aggregate(input: {indicators: ["grids"], when: {period: "2020-03-30"}, groupBy: [{dimension: "households"}]}) {
			groups { value dimension { value } } totals { value }
		}
	}`,
	"compare": `{
		compare(input: {
			indicators: ["party_members_deployed", "volunteer_teams"], display: {codes: ["140402", "370105", "370124", "220721"]}
			against: {within: ["CN"]}, when: {latest: {}}, status: ACTUAL, asOf: "2020-04-01", baseline: {region: "220721"}
			orderBy: [{by: DIFFERENCE, direction: DESC}], first: 3, after: ""
		}) { indicators { baseline entries { region { code } value rank rankUncertain difference weightedPercentile(by: "resident_population") } totalCount warnings { code } } }
		rates: compare(input: {
			indicators: ["work_resumption_rate"], display: {within: ["CN"]}, slice: [{dimension: "enterprise_class", value: "above_scale_industry"}]
			baseline: {statistic: BEST}
		}) { indicators { entries { value standing difference } missing { region { code } } columns { ranks } } }
		per: compare(input: {
			indicators: ["party_members_deployed"], display: {codes: ["140403", "370105"]}, per: {indicator: "persons_screened"}, baseline: {value: 0.02}
		}) { indicators { unit entries { value difference } } }
		size: compare(input: {
			indicators: ["party_members_deployed"]
			display: {peersOf: {region: "140403", by: SIZE_BAND, indicator: "party_members_deployed", band: 4, within: ["CN"]}}
		}) { indicators { entries { region { code } rank } } }
		nearest: compare(input: {
			indicators: ["party_members_deployed"], display: {peersOf: {region: "370124", by: NEAREST, indicators: ["volunteer_teams"], k: 2}}
		}) { indicators { entries { region { code } rank } } }
	}`,
	"series": `{
		series(input: {
			indicators: ["volunteer_teams", "gdp_growth"], regions: {codes: ["220721", "510402"]}, from: "2020-01-01", to: "2020-12-31", grain: QUARTER
			slice: [], status: [ACTUAL, FORECAST], asOf: "2020-04-01", fill: PREVIOUS, first: 5, after: ""
		}) { series { status region { code } points { value filled index(base: "2020-Q1") movingAverage(points: 1) period { label } } columns { values } } missing { reason } totalCount }
		days: series(input: {
			indicators: ["party_members_deployed"], regions: {codes: ["140403", "370105"]}, grain: DAY, per: {indicator: "persons_screened", scale: 1000}
			align: {event: "2020-01-25", with: "2019-02-05"}
		}) { series { unit points { value eventDay } } warnings { code } }
	}`,
	"correlate": `{
		correlate(input: {
			x: "enterprises", y: "work_resumption_rate", xSlice: [{dimension: "enterprise_class", value: "above_scale_industry"}]
			ySlice: [{dimension: "enterprise_class", value: "above_scale_industry"}], regions: {within: ["CN"]}, when: {latest: {}}, status: ACTUAL
			asOf: "2020-04-01", method: SPEARMAN, confidence: 0.9, first: 2, after: ""
		}) { n coefficient pValue points { x y region { code } } totalCount warnings { code } }
		quotients: correlate(input: {
			x: "party_members_deployed", y: "party_organisations", xPer: {indicator: "persons_screened", scale: 1000}, yPer: {indicator: "persons_screened"}
		}) { n xUnit yUnit undefined points { x y } }
	}`,
	"distribution": `{ distribution(input: {
		indicator: "party_members_deployed", regions: {within: ["CN"]}, when: {latest: {}}, slice: [], status: ACTUAL, asOf: "2020-04-01"
		per: {indicator: "persons_screened", scale: 10000}, bins: 3
	}) { unit binRule histogram { lower upper count } quantiles(p: [0.1, 0.5]) statistics { n mean } } }`,
	"similar": `{
		similar(input: {
			region: "370105", indicators: ["enterprises", "enterprises_resumed"], regions: {within: ["CN"]}, k: 2, when: {latest: {}}
			slice: [{dimension: "enterprise_class", value: "above_scale_industry"}], status: ACTUAL, asOf: "2020-04-01"
		}) { compared neighbours { region { code } distance differences { share } } }
		per: similar(input: {region: "370105", indicators: ["party_members_deployed"], per: {indicator: "persons_screened"}}) { neighbours { region { code } distance } }
	}`,
	"movers": `{
		movers(input: {
			indicator: "work_resumption_rate", within: "CN", asOfFrom: "2020-03-02", asOfTo: "2020-04-01", when: {latest: {}}
			slice: [{dimension: "enterprise_class", value: "above_scale_industry"}], status: ACTUAL, orderBy: {by: PERCENT_CHANGE, direction: ASC}
			first: 3, after: ""
		}) { entries { region { code } change } decomposition { before after coverage { used } } totalCount }
		between: movers(input: {
			indicator: "party_members_deployed", regions: {codes: ["140403", "370105"]}, from: "2020-02-18", to: "2020-03-30", asOf: "2020-04-01"
			per: {indicator: "persons_screened"}
		}) { entries { change } missingBefore { region { code } reason } missingAfter { region { code } reason } }
	}`,
	"forecasts": `{ forecasts(input: {
		indicators: ["medics_dispatched", "projects_started"], regions: {within: ["CN"]}, periods: ["2020-02-05", "2020-04-18"], slice: [], status: TARGET
		actual: FIRST_PUBLISHED, asOf: "2020-04-01", per: {indicator: "land_area"}, horizonBand: 10, first: 5, after: ""
	}) { indicators { unit accuracy { count bias } entries { error } pending { region { code } forecast missing } missing { reason } warnings { code } } } }`,
	"budget":    `{ budget { limits { name limit left } } }`,
	"snapshot":  `{ snapshot { observations regions contentHash load { added files { name rows } } } }`,
	"snapshots": `{ snapshots(first: 2, after: "") { totalCount nodes { id observations } } }`,
	"loads":     `{ loads(first: 2, after: "") { totalCount nodes { id added rejected } } }`,
	"checks": `{ checks(
		where: {
			codes: ["work_resumption_rounding", "migrants_half_of_people"], severity: [NOTE, WARNING], status: FAILED
			regions: {within: ["37"]}, indicators: ["work_resumption_rate", "migrant_population"]
		}
		first: 5, after: ""
	) { totalCount nodes { code arithmetic observations { printed } } } }`,
	"changes": `{ changes(since: "SNAPSHOT", first: 5, after: "") { totalCount nodes { kind observation { value } previous { value } } } }`,
}
