package tabular

import (
	"strings"
	"testing"
)

func TestJSON(t *testing.T) {
	many := strings.Repeat(`{"a":1},`, columnsFrom)
	for _, c := range []struct {
		name, text string
		columns    []string
		want       []string
	}{
		{"cells", `[{"a": "天桥", "b": 1.50}, {"b": true, "a": null}, {}]`, nil, []string{"a|b", "天桥|1.50", "|true", "|"}},
		{"wrapped", `{"data": [{"a": 1e3}]}`, nil, []string{"a", "1e3"}},
		{"empty", `[]`, nil, []string{""}},
		{"columns of later rows", `[{"a": 1}, {"b": 2}]`, nil, []string{"a|b", "1|", "|2"}},
		{"columns asked for", `[{"b": 2}]`, []string{"a", "b"}, []string{"a|b", "|2"}},
		{"column not asked for", "[\n{\"b\": 2,\n  \"天\": 1, \"c\": 3}, {\"b\": 1}]", []string{"b", "天"}, []string{"b|天", `COLUMN a.json:3:11: "c" is no column`, "1|"}},
		{"column that comes late", "[" + many + `{"b":2}]`, nil, append(append([]string{"a"}, strings.Split(strings.TrimSuffix(strings.Repeat("1 ", columnsFrom), " "), " ")...), `COLUMN a.json:1:8003: "b" is no column`)},
		{"member twice", `[{"a": 1, "a": 2}]`, nil, []string{"a", `COLUMN a.json:1:11: "a" is there twice`}},
		{"nested", `[{"a": [1, {"b": []}], "c": 3}, {"a": 1}]`, nil, []string{"a|c", `SYNTAX a.json:1:8: "a" holds a list or an object`, "1|"}},
		{"too deep", `[{"a": ` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}]`, nil, []string{"FATAL LIMIT a.json:1:40: the nesting exceeds the limit json_nesting of 32"}},
		{"no object", `[1, [2], {"a": 3}]`, nil, []string{"a", "SYNTAX a.json:1:2: a row is an object", "SYNTAX a.json:1:5: a row is an object", "3"}},
		{"no list", `{"a": 1}`, nil, []string{"FATAL SYNTAX a.json:1:7: there is no list of rows here"}},
		{"beside the list", `{"data": [], "next": 1}`, nil, []string{`FATAL SYNTAX a.json:1:14: "next" stands beside the list of rows`}},
		{"behind the list", "[]\n[]", nil, []string{"FATAL SYNTAX a.json:2:1: there is something else behind the list of rows"}},
		{"cut off", "[{\"a\": 1},\n{\"a\"", []string{"a"}, []string{"a", "1", "FATAL SYNTAX a.json:2:5: the JSON text ends too early"}},
		{"not a number", "[{\"a\": NaN}]", []string{"a"}, []string{"a", "FATAL SYNTAX a.json:1:8: invalid character 'N' looking for beginning of value"}},
		{"infinite", "[{\"a\": -Infinity}]", []string{"a"}, []string{"a", "FATAL SYNTAX a.json:1:8: invalid character 'I' in numeric literal"}},
		{"nothing", "", nil, []string{"FATAL SYNTAX a.json:1:1: the JSON text ends too early"}},
		{"control character", "[{\"a\": \"\x01\"}]", []string{"a"}, []string{"a", `FATAL SYNTAX a.json:1:8: invalid character '\x01' in string literal`}},
		{"row", `[{"a": "` + strings.Repeat("a", 2<<20) + `"}]`, []string{"a"}, []string{"a", "FATAL LIMIT a.json:1:8: the row, from here to where it ends, exceeds the limit row_bytes of 1048576"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, read(t, "a.json", c.text, Options{Columns: c.columns}), c.want...)
		})
	}
}

func TestNDJSON(t *testing.T) {
	text := "{\"a\": \"天\", \"b\": 2}\n\n{\"a\": \n{\"a\": 3}{\r\n[1]\n{\"b\": NaN}\n{\"b\": [1]}\n{\"b\": 4}"
	expect(t, read(t, "a.jsonl", text, Options{}),
		"a|b", "天|2", "SYNTAX a.jsonl:3:7: the JSON text ends too early", "SYNTAX a.jsonl:4:9: there is something else behind the row",
		"SYNTAX a.jsonl:5:1: a row is an object", "SYNTAX a.jsonl:6:7: invalid character 'N' looking for beginning of value",
		`SYNTAX a.jsonl:7:7: "b" holds a list or an object`, "|4")
	expect(t, read(t, "a.ndjson", "{\"a\": 1}\n\""+strings.Repeat("a", 2<<20), Options{Columns: []string{"a"}}),
		"a", "1", "FATAL LIMIT a.ndjson:2:1: the row, from here to where it ends, exceeds the limit row_bytes of 1048576")
	expect(t, read(t, "a.ndjson.gz", gzipped(t, inUTF16(byteOrderMark+"{\"a\": \"天\"}\n", true)), Options{}), "a", "天")
}

// Places count lines and characters, whatever stands between the cells.
func TestJSONPlaces(t *testing.T) {
	f, err := Open("a.json", strings.NewReader("[\n  {\"天\" :\n\t\"桥\", \"b\":1},\n  {\"b\": 2, \"天\": 3}\n]"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range [][3]Place{
		{{"a.json", 2, 3}, {"a.json", 3, 2}, {"a.json", 3, 11}},
		{{"a.json", 4, 3}, {"a.json", 4, 17}, {"a.json", 4, 9}},
	} {
		if _, err := f.Next(); err != nil {
			t.Fatal(err)
		}
		if got := [3]Place{f.Place(-1), f.Place(0), f.Place(1)}; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`[{"a":1}]`, `{"d":[{"a":"\u0000"}]}`, "[\n]", `[{"a":[[1]]},2]`, `[{"a":1,"a":2}`, "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { checkTable(t, "a.json", text) })
}

func FuzzNDJSON(f *testing.F) {
	for _, seed := range []string{"{\"a\":1}\n{\"b\":2}", "\n\n[", "{\"a\":{}}", `{"a":1}{`, "{\n}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { checkTable(t, "a.ndjson", text) })
}
