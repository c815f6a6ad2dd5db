package graph_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/export"
	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/store"
)

const plannedCounties = 10

// counting is an engine without figures that counts what it is asked.
type counting struct {
	contents *store.Contents
	asked    atomic.Int64
}

func newCounting(t *testing.T) *counting {
	t.Helper()
	region := func(code, parent string, level indicator.Level) indicator.Region {
		return indicator.Region{
			Code: code, Scheme: "test", Parent: parent, Level: level, Name: code, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		}
	}
	tables := catalog.Tables{
		Regions: []indicator.Region{region("1", "", indicator.Province)},
		Indicators: []indicator.Indicator{{
			Code: "population", Kind: indicator.Count, Unit: "person",
			Rollup: indicator.Rollup{Regions: indicator.RuleSum, Time: indicator.RuleLast},
		}},
		Slices: []indicator.Slice{{}}, Definitions: []string{""},
	}
	for i := range plannedCounties {
		tables.Regions = append(tables.Regions, region(fmt.Sprint(100+i), "1", indicator.County))
	}
	c, err := catalog.New(tables)
	if err != nil {
		t.Fatal(err)
	}
	return &counting{contents: &store.Contents{Manifest: store.Manifest{ID: "s1", Load: "l1"}, Catalog: c, Loads: []indicator.Load{{ID: "l1"}}}}
}

func (e *counting) Pin(context.Context) (store.Snapshot, error)         { return e, nil }
func (e *counting) Begin(context.Context) (store.Writer, error)         { return nil, store.ErrNoSnapshot }
func (e *counting) Manifests(context.Context) ([]store.Manifest, error) { return nil, nil }
func (e *counting) Close() error                                        { return nil }
func (e *counting) Contents() *store.Contents                           { return e.contents }
func (e *counting) Release()                                            {}

func (e *counting) Select(context.Context, store.Select) (*store.Rows, error) {
	e.asked.Add(1)
	return &store.Rows{}, nil
}

func (e *counting) Count(_ context.Context, _ store.Select, by ...store.Key) ([]store.Tally, error) {
	e.asked.Add(1)
	if len(by) > 0 {
		return nil, nil
	}
	return []store.Tally{{First: indicator.NoDay, Last: indicator.NoDay}}, nil
}

func serviceOf(e store.Engine, cells int64) *query.Service {
	limits := query.DefaultLimits()
	limits.Cells = cells
	return &query.Service{Engine: e, Limits: limits, Now: time.Now}
}

// answered is an answer as far as these tests look at it.
type answered struct {
	Data   map[string]json.RawMessage
	Errors []struct {
		Message    string
		Extensions map[string]any
	}
}

func ask(t *testing.T, service *query.Service, document string, variables map[string]any) (int, answered) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(access.With(t.Context(), access.System()), http.MethodPost, "/graphql", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/graphql-response+json")
	w := httptest.NewRecorder()
	graph.NewHandler(service, graph.Options{}).ServeHTTP(w, r)
	var got answered
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return w.Code, got
}

var (
	plannedAggregate = `aggregate(input: {indicators: ["population"]}) { totalCount }`
	plannedOthers    = `
		compare(input: {indicators: ["population"], display: {within: ["1"]}}) { cost { cells } }
		series(input: {indicators: ["population"], regions: {within: ["1"]}}) { totalCount }
		correlate(input: {x: "population", y: "population"}) { xUnit }
		distribution(input: {indicator: "population"}) { unit }
		similar(input: {region: "100", indicators: ["population"]}) { compared }
		movers(input: {indicator: "population", from: "2019", to: "2020"}) { totalCount }
		forecasts(input: {indicators: ["population"]}) { cost { cells } }
		region(code: "101") { latest(indicator: "population") { value } observations { totalCount } }
		node(id: "` + figureID("102") + `") { id }
		observations(where: {}) { totalCount nodes { value } }
		availability { observations }
		checks { totalCount }
		budget { limits { name } }
		__typename
		__schema { queryType { name } }`
)

func figureID(region string) string {
	fields := []string{"Observation", "test:" + region, "population", "", "2020", "ACTUAL"}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(fields, "\x1f")))
}

// An operation that asks for too much is refused before the engine is asked anything, whichever of its fields is the one too many.
func TestPlan_RefusedBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	for name, document := range map[string]string{
		"the same field under other names": `{ a: ` + plannedAggregate + ` b: ` + plannedAggregate + ` c: ` + plannedAggregate + ` }`,
		"all fields":                       `{ ` + plannedAggregate + plannedOthers + ` }`,
		"fragments": `{ ...F ... on Query { b: ` + plannedAggregate + ` } observations(where: {}) { totalCount } } fragment F on Query { a: ` +
			plannedAggregate + ` c: ` + plannedAggregate + ` }`,
		"beside a field with an error": `{ a: ` + plannedAggregate + ` b: ` + plannedAggregate + ` c: ` + plannedAggregate + `
			d: aggregate(input: {indicators: ["unheard_of"]}) { totalCount } e: region(code: "nowhere") { code } }`,
		"alone": `{ aggregate(input: {indicators: ["population", "population", "population"]}) { totalCount } }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newCounting(t)
			status, got := ask(t, serviceOf(e, 2*plannedCounties+5), document, nil)
			if status != http.StatusBadRequest || len(got.Errors) != 1 || got.Errors[0].Extensions["limitName"] != "cells" || got.Data != nil {
				t.Errorf("status %d, %+v", status, got)
			}
			if n := e.asked.Load(); n != 0 {
				t.Errorf("the engine was asked %d times", n)
			}
		})
	}
}

// What is within the limits is answered, all fields of it, however they are written; nobody waits for what is skipped, for what has an
// error, or for a dry run, which costs nothing and tells what the same question costs.
func TestPlan_Answered(t *testing.T) {
	t.Parallel()
	for name, document := range map[string]string{
		"all fields":           `{ ` + plannedAggregate + plannedOthers + ` }`,
		"skipped":              `query ($no: Boolean = false) { a: ` + plannedAggregate + ` b: aggregate(input: {indicators: ["population"]}) @include(if: $no) { totalCount } }`,
		"the same field again": `{ ` + plannedAggregate + ` ...F } fragment F on Query { ` + plannedAggregate + ` b: ` + plannedAggregate + ` }`,
		"a dry run":            `{ a: ` + plannedAggregate + ` dry: aggregate(input: {indicators: ["population"], dryRun: true}) { cost { cells } } }`,
		"two figures by one question": `{
			a: node(id: "` + figureID("102") + `") { id } b: node(id: "` + figureID("103") + `") { id } }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newCounting(t)
			status, got := ask(t, serviceOf(e, 100*plannedCounties), document, nil)
			if status != http.StatusOK || e.asked.Load() == 0 {
				t.Errorf("status %d, %+v, the engine was asked %d times", status, got, e.asked.Load())
			}
		})
	}
	e := newCounting(t)
	_, got := ask(t, serviceOf(e, plannedCounties), `{
		a: aggregate(input: {indicators: ["population"]}) { cost { cells } }
		b: aggregate(input: {indicators: ["population"], dryRun: true}) { cost { cells } }
	}`, nil)
	if string(got.Data["a"]) != string(got.Data["b"]) || string(got.Data["a"]) != `{"cost":{"cells":10}}` {
		t.Errorf("the question %s, dry %s", got.Data["a"], got.Data["b"])
	}
}

// An exported question is refused before the engine is asked anything, too.
func TestPlan_Export(t *testing.T) {
	t.Parallel()
	for field, arguments := range map[string]map[string]any{
		"aggregate": {"input": map[string]any{"indicators": []any{"population"}}},
		"compare":   {"input": map[string]any{"indicators": []any{"population"}, "display": map[string]any{"within": []any{"1"}}}},
		"series":    {"input": map[string]any{"indicators": []any{"population"}, "regions": map[string]any{"within": []any{"1"}}}},
	} {
		ctx := access.With(t.Context(), access.System())
		e := newCounting(t)
		session, release, err := serviceOf(e, plannedCounties-1).Open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		question, err := graph.NewExports(graph.Options{}).Question(ctx, field, arguments)
		if err != nil {
			t.Fatal(err)
		}
		_, err = question.Ask(ctx, session, export.Bounds{Rows: 100})
		if err == nil || !strings.Contains(err.Error(), "10 cells") || e.asked.Load() != 0 {
			t.Errorf("%s: %v, the engine was asked %d times", field, err, e.asked.Load())
		}
	}
}
