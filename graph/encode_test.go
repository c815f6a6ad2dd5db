package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/bench/dense"
	"github.com/countyql/countyql/query"
)

// bothWays returns a handler whose lists are written by encoders, and one that has everything written by the generated code.
func bothWays() (ours, generated http.Handler) {
	service := &query.Service{Engine: dense.New(9), Limits: query.DefaultLimits(), Now: func() time.Time { return time.Date(2020, 7, 1, 0, 0, 0, 0, time.UTC) }}
	logger := slog.New(slog.DiscardHandler)
	return NewHandler(service, Options{Logger: logger}), NewHandler(service, Options{Logger: logger, generatedOnly: true})
}

// countedValues is what the meter counted, in the statistics of an answer.
var countedValues = regexp.MustCompile(`"values":\d+`)

// answered is an answer, with as many values as were counted.
func answered(t interface {
	Helper()
	Fatal(...any)
}, handler http.Handler, document string, variables map[string]any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables, "extensions": map[string]bool{statsExtension: true}})
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request = request.WithContext(access.With(request.Context(), access.Public()))
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	data, took, _ := strings.Cut(answer.Body.String(), `"stats":`)
	return data + countedValues.FindString(took)
}

// encodedFields are the fields of the selections that are drawn, by type. Arguments are written out.
var encodedFields = func() map[string][]string {
	own := map[string][]string{
		"ComparisonEntry": {`weightedPercentile(by: "count_000")`, "share"}, "AggregateGroup": {"quantile(p: 0.25)", "sum"},
		"Region": {"parent { code }"}, "Indicator": {"name(language: EN)", "rollup { inWords }"}, "Point": {"index(base: \"2019-01\")", "changePrecision"},
		"Series": nil, "ComparisonColumns": nil, "SeriesColumns": nil, "Observation": {"slice { value }", "load { id }"}, "Coverage": nil, "MissingRegion": nil,
		"TimePeriod": nil, "Source": {"language"}, "Aggregation": {"cost { cells }"}, "SeriesResult": {"missing { reason }"}, "Comparison": {"cost { rows }"},
		"IndicatorComparison": nil, "Statistics": nil, "PageInfo": nil, "Warning": nil, "Correlation": {"points { residual }", "interval { lower }"},
	}
	add := func(name string, fields []string) { own[name] = append(own[name], fields...) }
	add("ComparisonEntry", fieldNames(encodableEntry))
	add("ComparisonColumns", fieldNames(encodableColumns))
	add("AggregateGroup", fieldNames(encodableGroup))
	add("Observation", fieldNames(encodableObservation))
	add("Series", fieldNames(encodableSeries))
	add("Point", fieldNames(encodablePoint))
	add("SeriesColumns", fieldNames(encodableSeriesColumns))
	add("Coverage", fieldNames(encodableCoverage))
	add("MissingRegion", fieldNames(encodableMissingRegion))
	add("TimePeriod", fieldNames(encodableTimePeriod))
	add("Region", fieldNames(encodableRegion))
	add("Indicator", fieldNames(encodableIndicator))
	add("Source", fieldNames(encodableSource))
	add("Aggregation", fieldNames(encodableAggregation))
	add("SeriesResult", fieldNames(encodableSeriesResult))
	add("Comparison", fieldNames(encodableComparison))
	add("IndicatorComparison", fieldNames(encodableIndicatorComparison))
	add("Statistics", fieldNames(encodableStatistics))
	add("Correlation", fieldNames(encodableCorrelation))
	add("PageInfo", fieldNames(encodablePageInfo))
	add("Warning", fieldNames(encodableWarning))
	add("Mover", fieldNames(encodableMover))
	add("CorrelationPoint", fieldNames(encodableCorrelationPoint))
	add("ObservationEdge", fieldNames(encodableObservationEdge))
	add("RegionEdge", fieldNames(encodableRegionEdge))
	for name := range own {
		slices.Sort(own[name])
	}
	return own
}()

func fieldNames[T any](t *encodable[T]) []string {
	var names []string
	for name := range t.fields {
		names = append(names, name)
	}
	return names
}

// selectionOf draws a selection of a type: some of its fields, renamed, left out by directives, in fragments.
func selectionOf(t *rapid.T, schema *ast.Schema, name string, depth int) string {
	var b strings.Builder
	b.WriteString("{ __typename")
	n := rapid.IntRange(1, 7).Draw(t, "fields")
	for i := range n {
		field := rapid.SampledFrom(encodedFields[name]).Draw(t, "field")
		plain := !strings.ContainsAny(field, "( {")
		if definition := schema.Types[name].Fields.ForName(field); plain && schema.Types[definition.Type.Name()].Kind == ast.Object {
			if depth == 0 {
				continue
			}
			field += " " + selectionOf(t, schema, definition.Type.Name(), depth-1)
		}
		directive := rapid.SampledFrom([]string{"", "", "", " @include(if: $yes)", " @skip(if: $yes)", " @include(if: $no)"}).Draw(t, "directive")
		if at := strings.Index(field, " {"); at >= 0 {
			field = field[:at] + directive + field[at:]
		} else {
			field += directive
		}
		alias := fmt.Sprintf("f%d: ", i)
		switch rapid.IntRange(0, 3).Draw(t, "wording") {
		case 0:
			fmt.Fprintf(&b, " ... on %s { %s%s }", name, alias, field)
		case 1:
			fmt.Fprintf(&b, " ... @include(if: $yes) { %s%s }", alias, field)
		default:
			b.WriteString(" " + alias + field)
		}
	}
	b.WriteString(" }")
	return b.String()
}

// questionsOf are operations with a place for the selection of a type.
var questionsOf = map[string][]string{
	"ComparisonEntry": {
		`compare(input: {indicators: ["rate_000", "count_001"], display: {within: ["12"]}}) { indicators { entries %s totalCount } }`,
		`compare(input: {indicators: ["mean_001"], display: {codes: ["110000000"]}, against: {within: ["11"]}, baseline: {value: 0}}) { indicators { entries %s } }`,
	},
	"ComparisonColumns": {`compare(input: {indicators: ["rate_000"], display: {within: ["12"]}}) { indicators { columns %s unit } }`},
	"MissingRegion":     {`compare(input: {indicators: ["rate_000"], display: {}}) { indicators { missing %s } }`},
	"AggregateGroup": {
		`aggregate(input: {indicators: ["rate_000", "count_001", "mean_000"], groupBy: [{region: PROVINCE}, {period: YEAR}], when: {within: "2019"}}) { groups %s totals { value } }`,
		`aggregate(input: {indicators: ["count_001"], regions: {within: ["12"]}, groupBy: [{source: true}]}) { groups %s }`,
		`aggregate(input: {indicators: ["rate_001"], regions: {within: ["13"]}, minCoverage: 1}) { groups %[1]s totals %[1]s }`,
	},
	"Series": {
		`series(input: {indicators: ["count_000", "rate_000"], regions: {codes: ["110000000", "110000001"]}}) { series %s }`,
		`series(input: {indicators: ["mean_000"], regions: {codes: ["110000000"]}, grain: QUARTER, fill: LINEAR}) { series %s totalCount }`,
	},
	"Aggregation": {
		`aggregate(input: {indicators: ["rate_000", "count_001"], regions: {within: ["12"]}, groupBy: [{region: PREFECTURE}], first: 3}) %s`,
		`aggregate(input: {indicators: ["mean_000"], regions: {codes: ["110000000", "110000003"]}, when: {within: "2019"}}) %s`,
	},
	"SeriesResult": {`series(input: {indicators: ["count_000", "mean_000"], regions: {within: ["11"]}, first: 2}) %s`},
	"Comparison": {
		`compare(input: {indicators: ["rate_000", "count_001"], display: {within: ["12"]}, first: 5}) %s`,
		`compare(input: {indicators: ["mean_001"], display: {codes: ["110000000"]}, against: {within: ["11"]}}) %s`,
	},
	"Correlation": {
		`correlate(input: {x: "rate_000", y: "count_001", regions: {within: ["12"]}}) %s`, `correlate(input: {x: "rate_000", y: "count_001", regions: {codes: ["110000000"]}}) %s`,
	},
	"Mover": {
		`movers(input: {indicator: "count_001", within: "12", from: "2019-01", to: "2019-02"}) { entries %s totalCount }`,
		`movers(input: {indicator: "rate_000", regions: {within: ["13"]}, from: "2019-01", to: "2019-12", first: 7}) { entries %s }`,
	},
	"Region": {
		`regions(first: 40) { nodes %s totalCount }`, `regions(where: {levels: [COUNTY]}, first: 30) { nodes %s }`,
		`region(code: "11") { children(first: 5) { nodes %[1]s } ancestors %[1]s }`,
	},
	"CorrelationPoint": {`correlate(input: {x: "rate_000", y: "count_001", regions: {within: ["12"]}, first: 9}) { n points %s }`},
	"ObservationEdge":  {`observations(where: {indicators: ["rate_000"], regions: {within: ["12"]}}, first: 20) { edges %s }`},
	"RegionEdge":       {`regions(first: 20) { edges %s totalCount }`},
	"Indicator":        {`indicators(first: 20) { nodes %s totalCount }`},
	"Observation":      {`observations(where: {indicators: ["rate_000"], regions: {within: ["12"]}}, first: 150) { nodes %s totalCount }`},
}

// What the encoders write is what the generated code writes, byte for byte, and counts the same.
func TestEncode(t *testing.T) {
	t.Parallel()
	ours, generated := bothWays()
	schema := served()
	roots := []string{"ComparisonEntry", "ComparisonColumns", "MissingRegion", "AggregateGroup", "Series", "Observation", "Aggregation", "SeriesResult", "Comparison", "Correlation", "Mover", "Region", "Indicator", "CorrelationPoint", "ObservationEdge", "RegionEdge"}
	rapid.Check(t, func(t *rapid.T) {
		root := rapid.SampledFrom(roots).Draw(t, "root")
		question := rapid.SampledFrom(questionsOf[root]).Draw(t, "question")
		document := "query ($yes: Boolean = true, $no: Boolean = false) { " +
			fmt.Sprintf(question, selectionOf(t, schema, root, 3)) + " u: __typename @skip(if: $yes) v: __typename @include(if: $no) }"
		variables := map[string]any{"yes": rapid.Bool().Draw(t, "yes"), "no": rapid.Bool().Draw(t, "no")}
		want, got := answered(t, generated, document, variables), answered(t, ours, document, variables)
		if !strings.Contains(want, `"data":{`) {
			t.Fatalf("%s is not answered: %.300s", document, want)
		}
		if want != got {
			at := 0
			for at < min(len(want), len(got)) && want[at] == got[at] {
				at++
			}
			from := max(0, at-100)
			t.Fatalf("%s\ngenerated: …%.200s\nwritten:   …%.200s", document, want[from:], got[from:])
		}
	})
}
