package e2e

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// question is what an analyst asks of the bundled figures, and what data/observations.csv answers.
type question struct {
	ask       string // in plain words
	document  string
	variables string // JSON; empty for none
	// want are values of the answer by path: names, positions, * for each element and # for their number, below data or, where
	// the path begins so, below errors. Whole numbers are compared exactly, others to a relative 1e-9.
	want map[string]any
}

// list is the wanted values of a path with *, in order.
func list(values ...any) []any { return values }

// TestAnalyst asks what people who work with the figures of five counties ask of them. Golden answers are recorded and then
// read; these are worked out by hand from the printed figures, in the comments, and never recorded.
func TestAnalyst(t *testing.T) {
	t.Parallel()
	questions := slices.Concat(catalogueQuestions, stateQuestions, totalQuestions, rateQuestions, comparisonQuestions, relationQuestions)
	if len(questions) != 40 {
		t.Errorf("%d questions", len(questions))
	}
	for _, q := range questions {
		t.Run(q.ask, func(t *testing.T) {
			t.Parallel()
			answer(t, q)
		})
	}
}

func answer(t *testing.T, q question) {
	t.Helper()
	var variables []byte
	if q.variables != "" {
		variables = []byte(q.variables)
	}
	body := post(t, []byte(q.document), variables)
	var got map[string]any
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	refused := false
	for _, path := range slices.Sorted(maps.Keys(q.want)) {
		steps := strings.Split(path, "/")
		below := got["data"]
		if steps[0] == "errors" {
			below, refused = got, true
		}
		if found, ok := at(below, steps); !ok || !equal(q.want[path], found) {
			t.Errorf("%s is %v, want %v", path, found, q.want[path])
		}
	}
	if got["errors"] != nil && !refused {
		t.Errorf("unexpected errors: %s", body)
	}
	if t.Failed() {
		t.Logf("%s", body)
	}
}

// at follows a path into decoded JSON.
func at(value any, steps []string) (found any, ok bool) {
	if len(steps) == 0 {
		return value, true
	}
	switch below := value.(type) {
	case map[string]any:
		if value, ok = below[steps[0]]; ok {
			return at(value, steps[1:])
		}
	case []any:
		switch steps[0] {
		case "#":
			return float64(len(below)), len(steps) == 1
		case "*":
			each := make([]any, len(below))
			for i := range below {
				if each[i], ok = at(below[i], steps[1:]); !ok {
					return below[i], false
				}
			}
			return each, true
		}
		if i, err := strconv.Atoi(steps[0]); err == nil && i < len(below) {
			return at(below[i], steps[1:])
		}
	}
	return nil, false
}

// equal compares a wanted value, in which whole numbers are ints, with decoded JSON.
func equal(want, got any) bool {
	switch want := want.(type) {
	case []any:
		list, ok := got.([]any)
		return ok && slices.EqualFunc(want, list, equal)
	case int:
		return got == float64(want)
	case float64:
		number, ok := got.(float64)
		return ok && math.Abs(number-want) <= relativeTolerance*math.Abs(want)
	default:
		return got == want
	}
}

// The mechanism itself: a wrong, absent or superfluous value is seen.
func TestAnalyst_Equal(t *testing.T) {
	t.Parallel()
	var decoded any
	if err := json.Unmarshal([]byte(`{"a": [{"n": 1}, {"n": 2.5}, {"n": null}]}`), &decoded); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		path string
		want any
		same bool
	}{
		{"a/*/n", list(1, 2.5, nil), true},
		{"a/*/n", list(1, 2.5), false},
		{"a/*/n", list(1, 2.5, 0), false},
		{"a/#", 3, true},
		{"a/1/n", 2.5 * (1 + 1e-10), true},
		{"a/1/n", 2.5 * (1 + 1e-8), false},
		{"a/1/n", 2, false},
		{"a/0/n", "1", false},
		{"a/3/n", nil, false},
		{"a/0/m", nil, false},
	} {
		found, ok := at(decoded, strings.Split(test.path, "/"))
		if same := ok && equal(test.want, found); same != test.same {
			t.Errorf("%s = %v: %t, found %v", test.path, test.want, same, found)
		}
	}
}
