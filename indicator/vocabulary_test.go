package indicator

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// enumeration drives any of the enumerations by its names.
func enumeration[E interface {
	~int8
	String() string
}](t *testing.T, kind string, first E, parse func(string) (E, error), names ...string) {
	t.Run(kind, func(t *testing.T) {
		for i, name := range names {
			value := first + E(i)
			if value.String() != name {
				t.Errorf("ordinal %d is %s, want %s: ordinals are the storage format", int8(value), value, name)
			}
			for _, text := range []string{name, strings.ToLower(name)} {
				if got, err := parse(text); err != nil || got != value {
					t.Errorf("%q is %v, %v; want %v", text, got, err, value)
				}
			}
		}
		for _, beyond := range []E{first + E(len(names)), -1} {
			if got := beyond.String(); got != fmt.Sprintf("INVALID(%d)", int8(beyond)) {
				t.Errorf("%d is named %s", int8(beyond), got)
			}
		}
		value, err := parse("NO_SUCH_NAME")
		if err == nil {
			t.Fatalf("NO_SUCH_NAME is %v", value)
		}
		wantInvalidInput(t, err)
		if value != 0 {
			t.Errorf("an unknown name yields %v with its error", value)
		}
		var typed *Error
		if errors.As(err, &typed); !strings.HasPrefix(typed.Hint, "use one of "+firstNamed(names)) {
			t.Errorf("hint %q does not list the names", typed.Hint)
		}
	})
}

func firstNamed(names []string) string {
	return names[slices.IndexFunc(names, func(name string) bool { return name != "" })]
}

func TestEnumerations(t *testing.T) {
	enumeration(t, "level", Country, ParseLevel, "COUNTRY", "PROVINCE", "PREFECTURE", "COUNTY", "TOWNSHIP", "COMMUNITY")
	enumeration(t, "kind", Count, ParseKind, "COUNT", "AMOUNT", "RATIO", "GROWTH", "INDEX", "DURATION", "LEVEL")
	enumeration(t, "polarity", Neutral, ParsePolarity, "NEUTRAL", "HIGHER_IS_BETTER", "LOWER_IS_BETTER")
	enumeration(t, "rule", RuleNone, ParseRule, "NONE", "SUM", "RATIO", "WEIGHTED_MEAN", "MEAN", "MIN", "MAX", "LAST")
	enumeration(t, "grain", Daily, ParseGrain, "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
	enumeration(t, "status", Actual, ParseStatus, "ACTUAL", "FORECAST", "TARGET")
	enumeration(t, "precision", Exact, ParsePrecision, "EXACT", "AT_LEAST", "AT_MOST", "APPROXIMATE")
	enumeration(t, "missing", NotMissing, ParseMissing, "", "NOT_APPLICABLE", "NOT_COLLECTED", "NOT_PUBLISHED", "SUPPRESSED", "UNKNOWN",
		"NO_WEIGHT", "NO_DENOMINATOR", "NO_OBSERVATION", "BELOW_COVERAGE", "WITHDRAWN")
	enumeration(t, "severity", SeverityError, ParseSeverity, "ERROR", "WARNING", "NOTE")
	enumeration(t, "check status", Passed, ParseCheckStatus, "PASSED", "FAILED")
	enumeration(t, "check kind", PartsSum, ParseCheckKind, "PARTS_SUM", "RATE_COUNTS", "NUMERATOR_LE_DENOMINATOR", "RANGE", "CHILDREN_SUM",
		"JUMP", "UNIT_SCALE", "SHARE_OF", "SAME_AS")
}

// An irregular period has no calendar length that one could ask for.
func TestParseGrain_Irregular(t *testing.T) {
	if g, err := ParseGrain("IRREGULAR"); err == nil {
		t.Errorf("IRREGULAR is %s", g)
	}
	if Irregular.String() != "IRREGULAR" {
		t.Errorf("Irregular is named %s", Irregular)
	}
}

func TestMissing_Loadable(t *testing.T) {
	for m := NotMissing; m <= BelowCoverage; m++ {
		if got, want := m.Loadable(), m < NoWeight; got != want {
			t.Errorf("%s loadable: %t", m, got)
		}
	}
}

func TestParseSlice(t *testing.T) {
	tests := []struct {
		text string
		want Slice
	}{
		{"", Slice{}},
		{"households=lt_100", Slice{{"households", "lt_100"}}},
		{"sector=primary;households=lt_100", Slice{{"households", "lt_100"}, {"sector", "primary"}}},
		{"entity=华杰光电", Slice{{"entity", "华杰光电"}}},
		{"entity=a=b", Slice{{"entity", "a=b"}}},
	}
	for _, tt := range tests {
		got, err := ParseSlice(tt.text)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
		} else if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q is %v, want %v", tt.text, got, tt.want)
		}
	}
	for _, text := range []string{"households", "=lt_100", "households=", ";", "a=b;", ";a=b", "a=b;;c=d", "a=b;a=c", "a=b;a=b"} {
		if got, err := ParseSlice(text); err == nil {
			t.Errorf("%q is %v", text, got)
		} else {
			wantInvalidInput(t, err)
		}
	}
}

func TestParseSlice_RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		codes := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z][a-z_]{0,5}`), 0, 4, rapid.ID[string]).Draw(t, "dimensions")
		coordinates := make([]Coordinate, len(codes))
		for i, code := range codes {
			coordinates[i] = Coordinate{code, rapid.StringMatching(`[^;]{1,6}`).Draw(t, "value")}
		}
		s, err := NewSlice(coordinates...)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseSlice(s.String())
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(again, s) {
			t.Fatalf("%v read back as %v", s, again)
		}
		for _, c := range coordinates {
			if value, ok := s.Value(c.Dimension); !ok || value != c.Value {
				t.Fatalf("%s has the value %q, want %q", c.Dimension, value, c.Value)
			}
			rest := s.Without(c.Dimension)
			if _, ok := rest.Value(c.Dimension); ok || len(rest) != len(s)-1 {
				t.Fatalf("%v without %s is %v", s, c.Dimension, rest)
			}
		}
	})
}

// NewSlice orders a copy: callers hand in arguments that are not theirs to reorder.
func TestNewSlice_KeepsArguments(t *testing.T) {
	coordinates := []Coordinate{{"b", "1"}, {"a", "2"}}
	if _, err := NewSlice(coordinates...); err != nil {
		t.Fatal(err)
	}
	if coordinates[0].Dimension != "b" {
		t.Error("the arguments were reordered")
	}
}

func TestParseFormula(t *testing.T) {
	tests := []struct {
		text                   string
		numerator, denominator string
		scale                  float64
	}{
		{"grids / communities", "grids", "communities", 1},
		{"checkpoints / resident_population * 10000", "checkpoints", "resident_population", 10000},
		{"  a /  b * 0.5 ", "a", "b", 0.5},
	}
	for _, tt := range tests {
		numerator, denominator, scale, err := ParseFormula(tt.text)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
		} else if numerator != tt.numerator || denominator != tt.denominator || scale != tt.scale {
			t.Errorf("%q is %s over %s times %v", tt.text, numerator, denominator, scale)
		}
	}
	for _, text := range []string{
		"", "a", "a / b *", "a * b", "a / b / c", "a/b", "a / b + 1", "a / b * c", "a / b * 0", "a / b * -1", "a / b * NaN", "a / b * Inf",
		"a / b * 1e999", "a / b * 2 * 3",
	} {
		if _, _, scale, err := ParseFormula(text); err == nil {
			t.Errorf("%q is a formula with scale %v", text, scale)
		} else {
			wantInvalidInput(t, err)
		}
	}
}

func TestError_Text(t *testing.T) {
	err := Errorf(UnknownRegion, "there is no region %q", "37010")
	err.Suggestions = []string{"370100", "370105"}
	err.Hint = "look codes up"
	if got, want := err.Error(), `there is no region "37010"; did you mean 370100, 370105? (look codes up)`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestError_At(t *testing.T) {
	inner := Errorf(UnknownRegion, "no region").At("codes", "0")
	outer := inner.At("input", "regions")
	if got, want := strings.Join(outer.Path, "."), "input.regions.codes.0"; got != want {
		t.Errorf("path %s, want %s", got, want)
	}
	if got := strings.Join(inner.Path, "."); got != "codes.0" {
		t.Errorf("At changed the error it was called on: %s", got)
	}
}

func TestError_Is(t *testing.T) {
	err := fmt.Errorf("reading: %w", Errorf(TooLarge, "too many cells"))
	if !errors.Is(err, &Error{Code: TooLarge}) {
		t.Error("an error is not of its own code")
	}
	if errors.Is(err, &Error{Code: Timeout}) {
		t.Error("an error is of another code")
	}
}
