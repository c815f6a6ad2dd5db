package question

import (
	"reflect"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/countyql/countyql/schema"
)

func small() *Domain {
	d := &Domain{
		Indicators: []Term{{"count_000", 0}, {"count_001", 1}, {"amount_000", 2}, {"rate_000", 3}, {"workers_0", 4}},
		Regions:    []Term{{"0", 0}, {"11", 1}, {"1101", 2}, {"110101", 3}, {"110102", 4}, {"12", 5}, {"1201", 6}, {"120101", 7}},
		Precisions: []Term{{"EXACT", 0}, {"AT_LEAST", 1}},
		Periods:    []Period{{"2015-01", 16436, 16466}, {"2015-02", 16467, 16494}},
	}
	d.Index()
	return d
}

// What is asked must be answered: the documents and their variables fit the schema.
func TestDocuments(t *testing.T) {
	s, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: schema.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	d := small()
	check := func(name, document string, variables map[string]any) {
		parsed, problems := gqlparser.LoadQueryWithRules(s, document, rules.NewDefaultRules())
		if problems != nil {
			t.Errorf("%s: %v", name, problems)
			return
		}
		if _, err := validator.VariableValues(s, parsed.Operations[0], variables); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, q := range All() {
		p := NewDrawer(d, 1).Draw(q)
		for _, way := range q.Ways {
			if way.Document != "" {
				check(q.ID+" "+string(way.Form), way.Document, asJSON(way.Variables(p, "cursor")))
			}
			if len(way.Fields) != len(q.Names) {
				t.Errorf("%s %s has %d fields for %d names", q.ID, way.Form, len(way.Fields), len(q.Names))
			}
		}
	}
	document, _, variables := Every(d, 2)
	check("export", document, asJSON(variables))
}

// asJSON makes the lists of variables what a decoder would make them.
func asJSON(variables map[string]any) map[string]any {
	decoded := map[string]any{}
	for name, value := range variables {
		switch v := value.(type) {
		case map[string]any:
			decoded[name] = asJSON(v)
		case []string:
			list := make([]any, len(v))
			for i, text := range v {
				list[i] = text
			}
			decoded[name] = list
		default:
			decoded[name] = value
		}
	}
	return decoded
}

func TestDraw(t *testing.T) {
	d := small()
	for _, q := range All() {
		a, b := NewDrawer(d, 3), NewDrawer(d, 3)
		first := a.Draw(q)
		if !reflect.DeepEqual(first, b.Draw(q)) {
			t.Errorf("%s: one seed draws two ways", q.ID)
		}
		way := q.Ways[0]
		if second := a.Draw(q); !q.Paged && reflect.DeepEqual(way.Variables(first, ""), way.Variables(second, "")) {
			t.Errorf("%s: two requests ask the same: %v", q.ID, way.Variables(first, ""))
		}
		sql := q.SQL(d, first)
		if !strings.HasPrefix(sql, "SELECT ") && !strings.HasPrefix(sql, "WITH ") {
			t.Errorf("%s: %s", q.ID, sql)
		}
	}
	if from, to := d.inside(Term{"11", 1}); from != 1 || to != 5 {
		t.Errorf("regions %d to %d are inside 11", from, to)
	}
}

func TestRows(t *testing.T) {
	for _, c := range []struct {
		name string
		way  Way
		body string
		want [][]any
	}{
		{
			"objects in objects",
			Way{Form: Objects, Path: []string{"a", "groups"}, Fields: []string{"region.code", "value"}},
			`{"data":{"a":{"groups":[{"region":{"code":"11"},"value":2},{"region":null,"value":null}]}}}`,
			[][]any{{"11", 2.0}, {nil, nil}},
		},
		{
			"lists in a list",
			Way{Form: Objects, Path: []string{"s", "series", "points"}, Fields: []string{"^code", "value"}},
			`{"data":{"s":{"series":[{"code":"x","points":[{"value":1},{"value":2}]},{"code":"y","points":[{"value":3}]}]}}}`,
			[][]any{{"x", 1.0}, {"x", 2.0}, {"y", 3.0}},
		},
		{
			"columns",
			Way{Form: Columns, Path: []string{"s", "columns"}, Fields: []string{"^code", "values"}},
			`{"data":{"s":[{"code":"x","columns":{"values":[1,2]}},{"code":"y","columns":{"values":[3]}}]}}`,
			[][]any{{"x", 1.0}, {"x", 2.0}, {"y", 3.0}},
		},
		{
			"a file",
			Way{Form: CSV, Fields: []string{"region_code", "period", "value"}},
			"value,region_code,period\n1.5,110101,2015\n,110102,2015\n",
			[][]any{{"110101", "2015", 1.5}, {"110102", "2015", nil}},
		},
	} {
		got, err := c.way.Rows([]byte(c.body))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
	}
	for name, body := range map[string]string{
		"an error": `{"data":null,"errors":[{"message":"no"}]}`, "no JSON": "no",
	} {
		if _, err := (Way{Form: Objects}).Rows([]byte(body)); err == nil {
			t.Errorf("%s is taken for an answer", name)
		}
	}
	if _, err := (Way{Form: CSV, Fields: []string{"x"}}).Rows([]byte("y\n1\n")); err == nil {
		t.Error("a file without the column is taken for an answer")
	}
}

func TestNamed(t *testing.T) {
	q := &Question{Names: []string{"region", "indicator", "period", "precision", "value"}}
	got := q.Named(small(), [][]any{{3.0, 2.0, 16494.0, 1.0, 7.0, 99.0}, {5.0, 0.0, 16466.0, 0.0, nil, 99.0}})
	want := [][]any{{"110101", "amount_000", "2015-02", "AT_LEAST", 7.0}, {"12", "count_000", "2015-01", "EXACT", nil}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestDiffer(t *testing.T) {
	row := func(cells ...any) []any { return cells }
	for _, c := range []struct {
		name    string
		ordered bool
		a, b    [][]any
		agree   bool
	}{
		{"the same", true, [][]any{row("x", 1.0)}, [][]any{row("x", 1.0)}, true},
		{"12 digits", true, [][]any{row("x", 1.0/3)}, [][]any{row("x", 0.333333333333)}, true},
		{"11 digits", true, [][]any{row("x", 1.0/3)}, [][]any{row("x", 0.33333333333)}, false},
		{"near zero", true, [][]any{row("x", 1e-3/3)}, [][]any{row("x", 0.000333333333333)}, true},
		{"null and zero", true, [][]any{row("x", nil)}, [][]any{row("x", 0.0)}, false},
		{"another order", false, [][]any{row("x", 1.0), row("y", 2.0)}, [][]any{row("y", 2.0), row("x", 1.0)}, true},
		{"another order where it matters", true, [][]any{row("x", 1.0), row("y", 2.0)}, [][]any{row("y", 2.0), row("x", 1.0)}, false},
		{"a row less", false, [][]any{row("x", 1.0), row("y", 2.0)}, [][]any{row("x", 1.0)}, false},
		{"nothing", false, nil, nil, false},
	} {
		q := &Question{Names: []string{"region", "value"}, Ordered: c.ordered}
		if err := q.Differ(c.a, c.b); (err == nil) != c.agree {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
