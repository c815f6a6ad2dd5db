package loader

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/countyql/countyql/indicator"
)

// The codes of problems. A reference to something that does not exist carries the contract's code for it instead:
// UNKNOWN_REGION, UNKNOWN_INDICATOR, UNKNOWN_DIMENSION or UNKNOWN_SOURCE.
const (
	CodePackage    = "PACKAGE"    // datapackage.json says something that cannot be followed
	CodeSyntax     = "SYNTAX"     // the file is not well-formed CSV or JSON
	CodeEncoding   = "ENCODING"   // the text is not UTF-8, or holds control characters
	CodeColumn     = "COLUMN"     // a column is missing, repeated or unknown
	CodeLimit      = "LIMIT"      // a row, cell or file is larger than allowed
	CodeRequired   = "REQUIRED"   // a cell that must have a text is empty
	CodeConstraint = "CONSTRAINT" // a cell breaks a constraint of the table's schema
	CodeCatalogue  = "CATALOGUE"  // the catalogue contradicts itself
	CodeValue      = "VALUE"      // a cell cannot be read as what it should be
	CodeUnit       = "UNIT"       // a value's unit does not convert to the indicator's
	CodeRange      = "RANGE"      // a value lies outside the indicator's range or cannot be held exactly
	CodePrecision  = "PRECISION"  // the stated precision contradicts the value as printed
	CodeSlice      = "SLICE"      // the indicator may not be sliced by the dimension
	CodeCounts     = "COUNTS"     // numerator and denominator make no rate
	CodeMissing    = "MISSING"    // neither a value nor a reason for its absence, or both
	CodeDerived    = "DERIVED"    // a derived indicator has no figures of its own
	CodeMapping    = "MAPPING"    // a mapping file cannot be followed, or does not fit the table
	CodeDuplicate  = "DUPLICATE"  // two rows report one figure and differ
)

// Problem is one thing that is wrong with the input, at one place.
type Problem struct {
	// File is the path inside the package; empty for a row of the store's own catalogue.
	File string
	// Line counts from 1, Column in characters from 1; 0 where the problem has no single place.
	Line, Column int
	Field        string // the column's name; empty where the problem is not in one cell
	Code         string
	Text         string // the offending text as it stands in the file
	Message      string
	Hint         string // what to do about it; may be empty
}

// String writes the problem as compilers do: observations.csv:17:9: value: "12x" is not a number (hint).
func (p Problem) String() string {
	var b strings.Builder
	switch {
	case p.File == "":
		b.WriteString("the store's catalogue")
	case p.Line == 0:
		b.WriteString(p.File)
	case p.Column == 0:
		fmt.Fprintf(&b, "%s:%d", p.File, p.Line)
	default:
		fmt.Fprintf(&b, "%s:%d:%d", p.File, p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// Rejected is the error of a load or check whose input has problems. Nothing of such an input is published.
type Rejected struct {
	// Problems are sorted by file, line and column. There are at most MaxProblems.
	Problems []Problem
	// Total counts all problems, Rows the rows that have any.
	Total, Rows int
	// Allowed is the number or share of rows of figures that might have been rejected; empty if none might. Structural
	// counts the problems that are none of a single row of figures, which are never allowed.
	Allowed    string
	Structural int
	// Notes say how files were read, as those of a Result do: a wrong reading may be what is wrong.
	Notes []string
}

// Error lists the problems, one a line, and counts those that are not listed.
func (r *Rejected) Error() string {
	var b strings.Builder
	for _, p := range r.Problems {
		b.WriteString(p.String() + "\n")
	}
	if more := r.Total - len(r.Problems); more > 0 {
		fmt.Fprintf(&b, "… and %s more\n", formatNumber(float64(more)))
	}
	for _, note := range r.Notes {
		b.WriteString("note: " + note + "\n")
	}
	b.WriteString("rejected: " + indicator.Counted(r.Total, "problem"))
	switch {
	case r.Allowed == "":
	case r.Structural > 0:
		fmt.Fprintf(&b, ", %s outside the rows of figures, where none is allowed", indicator.Counted(r.Structural, "problem"))
	default:
		fmt.Fprintf(&b, " in %s, more than the %s allowed", indicator.Counted(r.Rows, "row"), r.Allowed)
	}
	return b.String()
}

// MaxProblems bounds the problems that a Rejected lists.
const MaxProblems = 1000

// problems collects what is wrong, up to MaxProblems, and counts the rest.
type problems struct {
	list  []Problem
	total int
	rows  int
	notes []string // how files were read
	// structural counts the problems that are not those of one row of figures.
	structural int
	// keep is handed every problem; nil if nobody wants more than the list. failed is its first error.
	keep   func(Problem) error
	failed error
}

// add collects a problem that no tolerance skips: of the package's description, a header, a row of the catalogue.
func (p *problems) add(problem Problem) {
	p.structural++
	p.collect(problem)
}

// remark notes how a file was read; the empty text says nothing.
func (p *problems) remark(note string) {
	if note != "" && !slices.Contains(p.notes, note) {
		p.notes = append(p.notes, note)
	}
}

// addRow collects a problem of one row of figures.
func (p *problems) addRow(problem Problem) { p.collect(problem) }

func (p *problems) collect(problem Problem) {
	p.total++
	if !p.listed() {
		p.list = append(p.list, problem)
	}
	if p.keep != nil && p.failed == nil {
		p.failed = p.keep(problem)
	}
}

// listed reports whether the list is full, so that nobody need look for hints any more.
func (p *problems) listed() bool { return len(p.list) >= MaxProblems }

// full reports whether further problems are only counted.
func (p *problems) full() bool { return p.listed() && p.keep == nil }

// sorted returns the listed problems by their place.
func (p *problems) sorted() []Problem {
	sorted := slices.Clone(p.list)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return sorted
}

// hopeless reports whether the input will be rejected, whatever is still to be read.
func (p *problems) hopeless(allowed MaxRejects) bool {
	return p.structural > 0 || allowed.exceeded(int64(p.rows))
}

// err returns what verdict does where nothing is allowed.
func (p *problems) err() error { return p.verdict(MaxRejects{}, 0) }

// verdict returns the error of keeping a problem, a *Rejected, or nil if nothing was wrong but what is allowed among so
// many rows of figures.
func (p *problems) verdict(allowed MaxRejects, read int64) error {
	switch {
	case p.failed != nil:
		return fmt.Errorf("keep the rejected rows: %w", p.failed)
	case p.total == 0, p.structural == 0 && allowed.allows(int64(p.rows), read):
		return nil
	}
	rejected := &Rejected{Problems: p.sorted(), Total: p.total, Rows: p.rows, Structural: p.structural, Notes: p.notes}
	if allowed != (MaxRejects{}) {
		rejected.Allowed = allowed.String()
	}
	return rejected
}

// maxQuoted bounds the characters of an input text that a message repeats.
const maxQuoted = 60

// quote writes an input text for a message, shortened if it is long.
func quote(text string) string {
	if utf8.RuneCountInString(text) > maxQuoted {
		text = string([]rune(text)[:maxQuoted]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
