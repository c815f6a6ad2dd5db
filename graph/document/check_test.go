package document

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/schema"
)

func newTestChecker(t testing.TB, options Options) *Checker {
	t.Helper()
	return NewChecker(gqlparser.MustLoadSchema(&ast.Source{Input: schema.SDL()}), options)
}

// repeated is a text n times, with %d as the number of each.
func repeated(n int, text string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(text, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

// doubling is a chain of n fragments each of which selects the next one twice.
func doubling(n int) string {
	var b strings.Builder
	b.WriteString(`{ ...f0 }`)
	for i := range n {
		fmt.Fprintf(&b, ` fragment f%d on Query { a%d: region(code: "1") { code } ...f%d ... { ...f%d } }`, i, i, i+1, i+1)
	}
	fmt.Fprintf(&b, ` fragment f%d on Query { snapshot { id } }`, n)
	return b.String()
}

// doublingIn is the same inside an object.
func doublingIn(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` fragment f%d on Region { code parent { ...f%d } successor { ...f%d } }`, i, i+1, i+1)
	}
	fmt.Fprintf(&b, ` fragment f%d on Region { code }`, n)
	return b.String()
}

// chained is n fragments, each spread by the one before, in selections that ask for the same.
func chained(n int) string {
	var b strings.Builder
	b.WriteString(`{ region(code: "1") { ...f0 } }`)
	for i := range n {
		fmt.Fprintf(&b, ` fragment f%d on Region { parent { code ...f%d } ...f%d }`, i, i+1, i+1)
	}
	fmt.Fprintf(&b, ` fragment f%d on Region { code }`, n)
	return b.String()
}

var hostile = map[string]struct{ document, limit string }{
	"nested braces":       {strings.Repeat("{a", 1_000_000), "tokens"},
	"nested lists":        {"{ search(text: " + strings.Repeat("[", 1_000_000), "tokens"},
	"nested objects":      {"{ search(text: " + strings.Repeat("{a:", 600_000), "tokens"},
	"nested types":        {"query($a: " + strings.Repeat("[", 1_000_000), "tokens"},
	"comments":            {strings.Repeat("#\n", 500_000), "tokens"},
	"deep":                {`{ region(code: "1") ` + strings.Repeat("{ parent ", 30) + "{ code }" + strings.Repeat(" }", 30) + " }", "depth"},
	"deep by fragments":   {chained(30), "depth"},
	"doubling fragments":  {doubling(26), "rootFields"},
	"doubling in objects": {"{ region(code: \"1\") { ...f0 } }" + doublingIn(16), "fields"},
	"one field":           {"{ " + strings.Repeat("snapshot { id } ", 40) + "}", ""},
	"one field often":     {`{ region(code: "1") { ` + strings.Repeat("code ", 3000) + "} }", "comparisons"},
	"one object often":    {`{ region(code: "1") { ` + strings.Repeat("parent { code } ", 900) + "} }", "comparisons"},
	"spreads":             {`{ region(code: "1") { ` + strings.Repeat("...a ...b ", 900) + "} } fragment a on Region { code } fragment b on Region { name }", "comparisons"},
	"aliases":             {"{ snapshot { " + repeated(800, "a%d: id ") + "} }", "aliases"},
	"root fields":         {"{ " + repeated(60, "a%d: snapshot { id } ") + "}", "rootFields"},
	"directives":          {"{ snapshot { id " + strings.Repeat("@a ", 1000) + "} }", "directives"},
	"fragments":           {"{ " + repeated(200, "...f%d ") + "}" + repeated(200, " fragment f%d on Query { __typename }"), "fragments"},
	"operations":          {repeated(90, "query q%d { ...f } ") + "fragment f on Query { region(code: \"1\") { " + repeated(300, "a%d: code ") + "} }", "aliases"},
	"visits":              {repeated(40, "query q%d { ...f } ") + "fragment f on Query { availability(indicators: [" + strings.Repeat(`"a" `, 600) + "]) { observations } }", "visits"},
	"items":               {"query($a: [String!] = [" + strings.Repeat(`"a" `, 3000) + "]) { availability(indicators: $a) { observations } }", ""},
	"cycle":               {"{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }", ""},
	"cycle apart":         {"{ __typename } fragment a on Query { ...b } fragment b on Query { ...a }", ""},
	"unknown fields":      {"{ snapshot { " + repeated(400, "nothing%d ") + "} }", ""},
	"a long name":         {"{ " + strings.Repeat("a", 900_000) + " }", ""},
	"a long enumeration":  {`{ regions(where: {levels: ["` + strings.Repeat("a", 900_000) + `"]}) { totalCount } }`, ""},
	"unknown arguments":   {`{ snapshot(` + repeated(900, "a%d: 1 ") + `) { id } }`, ""},
	"conflicts":           {`{ snapshot { ` + repeated(30, "a: id ") + repeated(30, "a: engine ") + `} }`, ""},
	"control character":   {"{ search(text: \"\x00\") { matched } }", ""},
	"introspected deeply": {"{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }", ""},
}

// Hostile documents are refused, by the limit that is meant for them, at a bounded cost.
func TestCheck_Hostile(t *testing.T) {
	t.Parallel()
	const mostWork = 30_000 // nodes looked at
	for name, test := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newTestChecker(t, Options{})
			document, errs := c.Check(test.document)
			accepted := name == "one field" || name == "items"
			if (len(errs) == 0) != accepted || (document != nil) != accepted {
				t.Fatalf("errors %v", errs)
			}
			if len(errs) > mostErrors {
				t.Errorf("%d errors", len(errs))
			}
			var typed *indicator.Error
			if errors.As(errs, &typed) && typed.Code == indicator.TooLarge {
				if typed.LimitName != test.limit || typed.Estimate <= typed.Limit || typed.Hint == "" {
					t.Errorf("%+v", typed)
				}
			} else if test.limit != "" {
				t.Errorf("not refused by the limit on %s: %v", test.limit, errs)
			}
			if kept := c.valid.EstimatedSize(); !accepted && kept != 0 {
				t.Errorf("%d documents kept", kept)
			}
			if test.limit == "tokens" {
				return // not parsed
			}
			if parsed, err := parser.ParseQuery(&ast.Source{Input: test.document}); err == nil {
				if size, _ := measure(parsed, Limits{}.WithDefaults()); size.Work > mostWork {
					t.Errorf("measuring looked at %d nodes", size.Work)
				}
			}
		})
	}
}

// The numbers that are measured are those of the document with its fragments put in place.
func TestMeasure(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		document string
		want     Size
	}{
		{`{ snapshot { id } }`, Size{Fields: 2, RootFields: 1, Depth: 2, Visits: 2}},
		{`{ a: snapshot { id b: id } }`, Size{Fields: 3, Aliases: 2, RootFields: 1, Depth: 2, Visits: 3}},
		{`query($x: [Int] = [1, 2]) { ... @include(if: true) { snapshot { id @skip(if: false) } } }`, Size{Fields: 2, RootFields: 1, Directives: 2, Depth: 2, ListItems: 2, Visits: 5}},
		{`{ ...f a: region(code: "1") { code } } fragment f on Query { region(code: "1") { ...g ...g } } fragment g on Region { parent { code } }`, Size{Fields: 7, Aliases: 1, RootFields: 2, Depth: 3, Visits: 10 + 6 + 2, Comparisons: 3}},
		{`{ snapshot { id } snapshot { id } snapshot { id } }`, Size{Fields: 6, RootFields: 3, Depth: 2, Visits: 6, Comparisons: 6}},
		{`query a { snapshot { id } } query b { snapshot { id } loads { totalCount } }`, Size{Fields: 6, RootFields: 2, Depth: 2, Visits: 6}},
	} {
		parsed, err := parser.ParseQuery(&ast.Source{Input: test.document})
		if err != nil {
			t.Fatal(err)
		}
		got, err := measure(parsed, Limits{}.WithDefaults())
		got.Work = 0
		if err != nil || got != test.want {
			t.Errorf("%s: %+v, %v; want %+v", test.document, got, err, test.want)
		}
	}
}

// A limit holds exactly: what it allows is accepted, one more is not.
func TestCheck_AtTheLimit(t *testing.T) {
	t.Parallel()
	c := newTestChecker(t, Options{Limits: Limits{Tokens: 30, Depth: 3, Aliases: 2, RootFields: 2, Directives: 1, Fields: 6, ListItems: 2}})
	for within, beyond := range map[string]string{
		`{ region(code: "1") { parent { code } } }`:                     `{ region(code: "1") { parent { parent { code } } } }`,
		`{ snapshot { a: id b: id } }`:                                  `{ snapshot { a: id b: id c: id } }`,
		`{ snapshot { id } a: snapshot { id } }`:                        `{ snapshot { id } a: snapshot { id } b: snapshot { id } }`,
		`{ snapshot { id @skip(if: true) } }`:                           `{ snapshot { id @skip(if: true) engine @skip(if: true) } }`,
		`{ snapshot { id engine parent regions indicators } }`:          `{ snapshot { id engine parent regions indicators observations } }`,
		`{ availability(indicators: ["a", "b"]) { observations } }`:     `{ availability(indicators: ["a", "b", "c"]) { observations } }`,
		`{ snapshot { ` + strings.Repeat("id ", 2) + ` } } ` + "#\n#\n": `{ snapshot { id } } ` + strings.Repeat("#\n", 30),
	} {
		if _, errs := c.Check(within); len(errs) > 0 {
			t.Errorf("%s: %v", within, errs)
		}
		var typed *indicator.Error
		if _, errs := c.Check(beyond); !errors.As(errs, &typed) || typed.Code != indicator.TooLarge {
			t.Errorf("%s: %v", beyond, errs)
		}
	}
	if err := c.CheckVariables(&ast.OperationDefinition{}, map[string]any{"a": []any{1, 2}}); err != nil {
		t.Error(err)
	}
	if err := c.CheckVariables(&ast.OperationDefinition{}, map[string]any{"a": []any{[]any{}, map[string]any{"b": []any{1}}}}); !errors.Is(err, &indicator.Error{Code: indicator.TooLarge}) {
		t.Error(err)
	}
}

func TestCheck_Suggestions(t *testing.T) {
	t.Parallel()
	const document = `{ snapshott { id } }`
	for _, hidden := range []bool{false, true} {
		_, errs := newTestChecker(t, Options{NoSuggestions: hidden}).Check(document)
		if suggested := strings.Contains(fmt.Sprint(errs), "Did you mean"); len(errs) != 1 || suggested == hidden {
			t.Errorf("hidden %v: %v", hidden, errs)
		}
	}
}

// The documents that are kept are bounded by their size, not by their number.
func TestCheck_KeepsWithinBytes(t *testing.T) {
	t.Parallel()
	const most = 100_000
	c := newTestChecker(t, Options{CacheBytes: most})
	for i := range 500 {
		if _, errs := c.Check(fmt.Sprintf(`{ a%d: snapshot { id engine parent regions } }`, i)); len(errs) > 0 {
			t.Fatal(errs)
		}
	}
	c.valid.CleanUp()
	if size := c.valid.WeightedSize(); size == 0 || size > most {
		t.Errorf("%d bytes kept", size)
	}
}

// FuzzCheck holds the measure against the library: what the library accepts without limits, the checker accepts unless it is
// beyond one; what it accepts, the library accepts.
func FuzzCheck(f *testing.F) {
	for _, test := range hostile {
		if len(test.document) < 10_000 {
			f.Add(test.document)
		}
	}
	f.Add(`query Q($c: String!) { region(code: $c) { ...f } } fragment f on Region { code parent { name } }`)
	definition := gqlparser.MustLoadSchema(&ast.Source{Input: schema.SDL()})
	c := NewChecker(definition, Options{})
	f.Fuzz(func(t *testing.T, text string) {
		_, errs := c.Check(text)
		var typed *indicator.Error
		if errors.As(errs, &typed) && typed.Code == indicator.TooLarge {
			return
		}
		var located *gqlerror.Error
		if errors.As(errs, &located) && strings.HasPrefix(located.Message, "A name has") {
			return
		}
		_, wanted := gqlparser.LoadQueryWithRules(definition, text, nil)
		if len(strings.TrimSpace(text)) > 0 && (len(wanted) == 0) != (len(errs) == 0) && !typedAs(errs, indicator.InvalidInput) {
			t.Errorf("%q: %v, the library says %v", text, errs, wanted)
		}
	})
}

func BenchmarkCheck_Hostile(b *testing.B) {
	c := newTestChecker(b, Options{})
	for name, test := range hostile {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.Check(test.document)
			}
		})
	}
}

func typedAs(errs gqlerror.List, code indicator.ErrorCode) bool {
	var typed *indicator.Error
	return errors.As(errs, &typed) && typed.Code == code
}
