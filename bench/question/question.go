package question

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Form is how an answer is written.
type Form string

// The forms of answers.
const (
	Objects Form = "objects" // GraphQL, an object a row
	Columns Form = "columns" // GraphQL, an array a column
	Arrow   Form = "arrow"   // an exported file of columns
	CSV     Form = "csv"     // an exported file
)

// Question is one of the twelve.
type Question struct {
	ID    string // Q1 to Q12
	Title string
	// Names are the columns of the answer in the order in which Ways and SQL give them. Those named region, province, indicator,
	// period and precision are ordinals or days in the answer of the SQL and codes in the others.
	Names []string
	// Ordered says that the order of rows is part of the answer.
	Ordered bool
	// Paged says that a request continues where the answer before it ended.
	Paged bool
	Ways  []Way
	// SQL asks DuckDB for the same, of a snapshot file attached as s, beside a table place of each county's province.
	SQL func(d *Domain, p Params) string
	// Comparable, if set, blanks cells on which the sides differ by what they are asked.
	Comparable func(row []any)

	indicators, counties int // how many are asked for
	about                func(*Domain) []Term
}

// Way is one form of a question: a GraphQL document, or a file.
type Way struct {
	Form Form
	// Document is GraphQL with variables; empty for a file.
	Document string
	// File is the path of an export below the server's address.
	File string
	// Variables are those of the document, or the arguments of the file. After is the cursor of the page before, if any.
	Variables func(p Params, after string) map[string]any
	// Path leads to the rows of a JSON answer; Fields are their cells, those that begin with ^ one list further out.
	Path   []string
	Fields []string
}

// Find returns the way of a form.
func (q *Question) Find(form Form) (Way, bool) {
	i := slices.IndexFunc(q.Ways, func(w Way) bool { return w.Form == form })
	if i < 0 {
		return Way{}, false
	}
	return q.Ways[i], true
}

// All returns the twelve questions.
func All() []*Question {
	return []*Question{
		latest(), top(), sums(), rates(), series(), months(), matrix(), everything(), comparison(), comparisonAsOf(), pages(), correlation(),
	}
}

func codes(terms []Term) []string {
	list := make([]string, len(terms))
	for i, t := range terms {
		list[i] = t.Code
	}
	return list
}

// big is a page size that no answer reaches, and that no other request has.
func big(p Params) int { return 10_000 + p.Number%150_000 }

func day(days int) string { return time.Unix(int64(days)*24*60*60, 0).UTC().Format(time.DateOnly) }

// input makes variables of one input object.
func input(of func(p Params) map[string]any) func(Params, string) map[string]any {
	return func(p Params, _ string) map[string]any { return map[string]any{"input": of(p)} }
}

func aggregate(fields string) string {
	return "query($input: AggregateInput!) { aggregate(input: $input) { groups { " + fields + " } } }"
}

// chosen is the address of a file with what the same question asks of GraphQL, and with how many regions it is about.
func chosen(columns []string) string {
	return "/v1/export/aggregate.arrow?columns=" + strings.Join(columns, ",") + ",coverage_expected,coverage_used"
}

func compare(fields string) string {
	return "query($input: CompareInput!) { compare(input: $input) { indicators { " + fields + " } } }"
}

// Every asks for the observations of so many indicators with everything that an exported file of them has, as GraphQL and as a file.
// The variables lack how many rows.
func Every(d *Domain, indicators int) (document string, file func(Form) string, variables map[string]any) {
	document = `query($where: ObservationWhere!, $first: Int) { observations(where: $where, first: $first) { nodes {
		region { code name nameEn level } indicator { code name nameEn: name(language: EN) } slice { dimension { code } value }
		period { label start end inferred } status value missing unit precision numerator denominator derived printed offset
		definition note source { code title } publishedOn load { id } } } }`
	file = func(f Form) string { return fmt.Sprintf("/v1/export/observations.%s", f) }
	return document, file, map[string]any{"where": map[string]any{"indicators": codes(d.additive()[:min(indicators, len(d.additive()))])}}
}
