package e2e

// scopeDocuments has, by root field, what somebody who is shown a part of the data asks, and what somebody asks who wants to
// learn of the rest: its codes, names near them, identifiers from elsewhere, everything there is, figures that rest on it.
// SINCE and SNAPSHOT stand for the first and the newest snapshot, HIDDEN for identifiers of what most scopes hide.
var scopeDocuments = map[string][]string{
	"node": {
		`{ node(id: "REGION") { id ... on Region { code observations { totalCount } } } }`,
		`{ region: node(id: "HIDDENREGION") { id } indicator: node(id: "HIDDENINDICATOR") { id } source: node(id: "HIDDENSOURCE") { id } }`,
		`{ figure: node(id: "HIDDENFIGURE") { id ... on Observation { value } } enclosing: node(id: "COUNTRY") { id ... on Region { code name } } }`,
	},
	"region": {
		`{ region(code: "370105") { code ancestors { code name observations { totalCount } latest(indicator: "grids") { value } indicators { code } }
			indicators { code } observations(first: 200) { totalCount nodes { indicator { code } value source { code } load { id added files { name } } revisions { value } } } } }`,
		`{ region(code: "140403") { code predecessors { code successor { code } } latest(indicator: "party_members_deployed") { value } } }`,
		`{ region(code: "CN") { children(first: 1000) { totalCount nodes { code } } all: children(level: COUNTY, first: 5000) { totalCount nodes { code } } } }`,
		`{ region(code: "510402") { name } }`, `{ region(code: "51040") { name } }`, `{ region(code: "220721") { name } }`, `{ region(code: "Dongqu") { name } }`,
	},
	"regions": {
		`{ regions(first: 5000) { totalCount nodes { code name latest(indicator: "volunteer_teams") { value } } } }`,
		`{ regions(where: {nameContains: "区"}, first: 5000) { totalCount nodes { code observations { totalCount } } } }`,
	},
	"indicator": {
		`{ indicator(code: "grids") { availability { observations regions first last gaps { reason observations } } dimensions { code values } } }`,
		`{ indicator(code: "work_resumption_rate") { numerator { code } denominator { code } availability { observations regions } } }`,
		`{ indicator(code: "grids") { slices { slice { dimension { code } value } observations regions } } }`,
		`{ indicator(code: "gdp_growth") { availability { observations } } }`, `{ indicator(code: "gdp_grow") { code } }`, `{ indicator(code: "households_per_gri") { code } }`,
	},
	"indicators": {
		`{ indicators(first: 500) { totalCount nodes { code numerator { code } denominator { code } dimensions { code } availability { observations regions first last gaps { reason observations } } } } }`,
		`{ indicators(where: {dimension: "enterprise_class"}, first: 500) { totalCount nodes { code } } }`, `{ indicators(where: {dimension: "enterprise_klass"}) { totalCount } }`,
	},
	"source":  {`{ source(code: "jinan_daily_2020_03_30") { title observations(first: 300) { totalCount nodes { value } } } }`, `{ source(code: "sichuan_daily_2020_03_11") { title } }`, `{ source(code: "sichuan") { title } }`},
	"budget":  {`{ budget { limits { name limit left } } }`},
	"sources": {`{ sources(first: 100) { totalCount nodes { code title publisher observations(first: 300) { totalCount } } } }`},
	"search": {
		`{ a: search(text: "区", first: 100) { matched score } b: search(text: "Panzhihua") { matched } c: search(text: "growth", first: 100) { matched } d: search(text: "日报", first: 100) { matched } e: search(text: "CN") { matched } }`,
	},
	"availability": {
		`{ availability { indicator { code } observations regions first last gaps { reason observations } } }`,
		`{ availability(regions: {within: ["CN"], level: COUNTY}) { indicator { code } observations regions } }`, `{ availability(indicators: ["volunteer_teams"]) { observations } }`,
	},
	"observations": {
		`{ observations(where: {}, first: 1000) { totalCount nodes { region { code } indicator { code } value numerator denominator printed source { code } load { id revised files { name } } revisions { value publishedOn } } pageInfo { endCursor } } }`,
		`{ observations(where: {}, orderBy: {by: VALUE, direction: DESC}, first: 30) { nodes { value region { code } } pageInfo { endCursor hasNextPage } } }`,
		`{ observations(where: {}, orderBy: {by: REGION}, asOf: "2020-03-05", first: 1000) { totalCount nodes { value } } }`,
		`{ observations(where: {sources: ["jinan_daily_2020_03_30"]}, first: 1000) { totalCount nodes { value } } }`, `{ observations(where: {regions: {codes: ["CN"]}}) { totalCount } }`,
		`{ observations(where: {regions: {codes: ["37", "370105"]}}, first: 1000) { totalCount nodes { region { code } } } }`, `{ observations(where: {slice: [{dimension: "households", value: "lt_100"}]}) { totalCount } }`,
	},
	"aggregate": {
		`{ aggregate(input: {indicators: ["party_members_deployed"]}) { groups { value mean median count coverage { expected used missing { region { code } reason } } } totals { value } cost { cells } } }`,
		`{ aggregate(input: {indicators: ["party_members_deployed", "checkpoints", "volunteer_teams", "grids"], groupBy: [{region: PROVINCE}]}) { groups { region { code } value coverage { expected } observations { nodes { value } } } totals { value } } }`,
		`{ aggregate(input: {indicators: ["party_members_deployed"], groupBy: [{source: true}, {region: COUNTRY}]}) { groups { source { code } region { code } value } } }`,
		`{ aggregate(input: {indicators: ["work_resumption_rate"], slice: [{dimension: "enterprise_class", value: "above_scale_industry"}], regions: {within: ["CN"]}}) { groups { value mean coverage { used expected missing { region { code } } } } } }`,
		`{ aggregate(input: {indicators: ["party_members_deployed"], per: {indicator: "persons_screened", scale: 1000}}) { groups { value coverage { used } } } }`,
		`{ aggregate(input: {indicators: ["grids"], groupBy: [{dimension: "households"}]}) { groups { value dimension { value } } } }`,
		`{ aggregate(input: {indicators: ["households_per_grid"]}) { groups { value } } }`, `{ aggregate(input: {indicators: ["party_members_deployed"], regions: {codes: ["510402"]}}) { groups { value } } }`,
		`{ aggregate(input: {indicators: ["party_members_deployed"], regions: {codes: ["CN"]}}) { groups { value } } }`, `{ aggregate(input: {indicators: ["party_members_deployed"], regions: {codes: ["140411"]}}) { groups { value } warnings { code message } } }`,
	},
	"compare": {
		`{ compare(input: {indicators: ["party_members_deployed", "checkpoints"], display: {within: ["CN"]}}) { indicators { baseline statistics { n mean median stddev } entries { region { code } value rank percentile zScore robustZScore difference share } missing { region { code } reason } warnings { code message } } } }`,
		`{ compare(input: {indicators: ["party_members_deployed"], display: {codes: ["370105"]}, against: {within: ["CN"]}, baseline: {statistic: BEST}}) { indicators { baseline entries { rank percentile weightedPercentile(by: "persons_screened") } } } }`,
		`{ compare(input: {indicators: ["party_members_deployed"], display: {codes: ["370105"]}, baseline: {region: "220721"}}) { indicators { baseline } } }`,
		`{ compare(input: {indicators: ["party_members_deployed"], display: {codes: ["370105"]}, baseline: {region: "CN"}}) { indicators { baseline } } }`,
		`{ compare(input: {indicators: ["party_members_deployed"], display: {peersOf: {region: "370105", by: NEAREST, indicators: ["party_members_deployed"], k: 5}}}) { indicators { entries { region { code } rank } } } }`,
		`{ compare(input: {indicators: ["party_members_deployed"], display: {peersOf: {region: "370105", by: SIZE_BAND, indicator: "party_members_deployed", band: 100}}}) { indicators { entries { region { code } rank } } } }`,
	},
	"series": {
		`{ series(input: {indicators: ["volunteer_teams", "party_members_deployed", "gdp_growth"], regions: {within: ["CN"]}, status: [ACTUAL, FORECAST, TARGET]}) { series { region { code } indicator { code } points { value precision period { label } } } missing { region { code } indicator { code } reason } totalCount } }`,
		`{ series(input: {indicators: ["party_members_deployed"], regions: {codes: ["220721"]}}) { totalCount } }`,
	},
	"correlate":    {`{ correlate(input: {x: "party_members_deployed", y: "enterprises", regions: {within: ["CN"]}}) { n coefficient points { x y region { code } } missing { region { code } } } }`, `{ correlate(input: {x: "party_members_deployed", y: "volunteer_teams"}) { n totalCount } }`},
	"distribution": {`{ distribution(input: {indicator: "party_members_deployed", regions: {within: ["CN"]}, bins: 3}) { histogram { lower upper count } quantiles(p: [0, 0.5, 1]) statistics { n mean } missing { region { code } } } }`},
	"similar":      {`{ similar(input: {region: "370105", indicators: ["party_members_deployed", "grids"]}) { compared neighbours { region { code } distance } } }`, `{ similar(input: {region: "220721", indicators: ["party_members_deployed"]}) { compared } }`},
	"movers": {
		`{ movers(input: {indicator: "party_members_deployed", within: "CN", asOfFrom: "2020-03-02", asOfTo: "2020-04-01"}) { entries { region { code } change } missingBefore { region { code } } missingAfter { region { code } } totalCount } }`,
		`{ movers(input: {indicator: "party_members_deployed", asOfFrom: "2020-03-02", asOfTo: "2020-04-01"}) { entries { region { code } change } missingBefore { region { code } } } }`,
		`{ movers(input: {indicator: "work_resumption_rate", within: "CN", asOfFrom: "2020-02-01", asOfTo: "2020-04-01", slice: [{dimension: "enterprise_class", value: "above_scale_industry"}]}) { entries { change } decomposition { before after } } }`,
	},
	"forecasts": {`{ forecasts(input: {indicators: ["projects_started", "medics_dispatched", "gdp_growth"], regions: {within: ["CN"]}, status: FORECAST}) { indicators { accuracy { count } entries { error } pending { region { code } forecast missing } missing { region { code } } } } }`, `{ forecasts(input: {indicators: ["medics_dispatched"], status: TARGET}) { indicators { pending { region { code } } } } }`},
	"snapshot":  {`{ snapshot { observations regions indicators contentHash engine load { added revised withdrawn unchanged rejected files { name sha256 rows } } } }`},
	"snapshots": {`{ snapshots { totalCount nodes { observations regions indicators contentHash load { added files { name } } } } }`},
	"loads":     {`{ loads { totalCount nodes { added revised withdrawn unchanged rejected files { name sha256 bytes rows } } } }`},
	"checks": {
		`{ checks(first: 1000) { totalCount nodes { code severity status region { code } indicator { code } message arithmetic observations { value } } } }`,
		`{ checks(where: {status: FAILED, regions: {within: ["CN"]}}, first: 1000) { totalCount } }`, `{ checks(where: {codes: ["migrants_half_of_people"]}) { totalCount } }`,
	},
	"changes": {`{ changes(since: "SINCE", first: 1000) { totalCount nodes { kind observation { value region { code } indicator { code } } previous { value } } } }`},
}
