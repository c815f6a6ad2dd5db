package document

import (
	"fmt"
	"math"

	"github.com/countyql/countyql/indicator"
)

// Limits bound a document. What is counted is counted with every fragment put in place of its spreads, in all operations
// together unless it says otherwise.
type Limits struct {
	// Tokens bounds the names, values and punctuators as written. Default: 4000.
	Tokens int
	// Depth bounds how deep fields lie inside each other. Default: 20.
	Depth int
	// Aliases bounds the fields that are renamed. Default: 500.
	Aliases int
	// RootFields bounds the fields of one operation itself. Default: 50.
	RootFields int
	// Directives bounds the directives. Default: 500.
	Directives int
	// Fields bounds the fields. Default: 5000.
	Fields int
	// Fragments bounds the named fragments as written. Default: 100.
	Fragments int
	// Visits bounds the nodes that validation looks at: each operation and each fragment once, with all that it spreads.
	// Default: 20000.
	Visits int
	// Comparisons bounds the pairs of fields that validation compares because they answer under the same name. Default: 100000.
	Comparisons int
	// ListItems bounds the items of all lists in the document's values and in the variables. Default: 10000.
	ListItems int
}

// WithDefaults fills in what is not set.
func (l Limits) WithDefaults() Limits {
	for _, limit := range []struct {
		value   *int
		initial int
	}{
		{&l.Tokens, 4000}, {&l.Depth, 20}, {&l.Aliases, 500}, {&l.RootFields, 50}, {&l.Directives, 500}, {&l.Fields, 5000},
		{&l.Fragments, 100}, {&l.Visits, 20_000}, {&l.Comparisons, 100_000}, {&l.ListItems, 10_000},
	} {
		if *limit.value <= 0 {
			*limit.value = limit.initial
		}
	}
	return l
}

// tooLarge is the refusal of what goes beyond a limit. The estimate is at least what was found.
func tooLarge(name string, limit int, estimate int64, what, hint string) *indicator.Error {
	err := indicator.Errorf(indicator.TooLarge, "the document has %s %s, and %d are allowed", atLeast(estimate), what, limit)
	err.Hint = hint
	err.LimitName, err.Limit, err.Estimate = name, int64(limit), estimate
	return err
}

// countless is where counting stops.
const countless = math.MaxInt32

func atLeast(n int64) string {
	if n >= countless {
		return "billions of"
	}
	return fmt.Sprint(n)
}
