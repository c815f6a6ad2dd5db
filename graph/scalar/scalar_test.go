package scalar

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

func written(m graphql.Marshaler) string {
	var b strings.Builder
	m.MarshalGQL(&b)
	return b.String()
}

func wantInvalidInput(t *testing.T, err error) {
	t.Helper()
	var typed *indicator.Error
	if !errors.As(err, &typed) || typed.Code != indicator.InvalidInput {
		t.Errorf("error %v is not an INVALID_INPUT", err)
	}
}

func TestMarshalFloat(t *testing.T) {
	tests := []struct {
		x    float64
		want string
	}{
		{98.77551020408163, "98.7755102041"}, // 100 * 242 / 245
		{1.0 / 3, "0.333333333333"},
		{2.0 / 3 * 1e9, "666666666.667"},
		{0.1 + 0.2, "0.3"},
		{0, "0"},
		{math.Copysign(0, -1), "0"},
		{1047, "1047"},
		{-1047.5, "-1047.5"},
		{1e20, "100000000000000000000"},
		{1e21, "1e+21"},
		{1e-6, "0.000001"},
		{1e-7, "1e-07"},
		{1 << 53, "9007199254740992"}, // 16 digits, of which 12 would leave 9007199254740000
		{1<<53 - 1, "9007199254740991"},
		{-(1<<53 - 1), "-9007199254740991"},
		{1234567890123, "1234567890123"},
		{1234567890123.5, "1234567890120"},
		{1 << 60, "1152921504610000000"}, // beyond 2^53 a double skips whole numbers
		{math.NaN(), "null"},
		{math.Inf(1), "null"},
		{math.Inf(-1), "null"},
	}
	for _, tt := range tests {
		if got := written(MarshalFloat(tt.x)); got != tt.want {
			t.Errorf("%v is written %s, want %s", tt.x, got, tt.want)
		}
	}
}

func TestMarshalFloat_IsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64().Draw(t, "x")
		text := written(MarshalFloat(x))
		var y float64
		if err := json.Unmarshal([]byte(text), &y); err != nil {
			t.Fatalf("%v is written %s: %v", x, text, err)
		}
		// The twelfth digit is at least 1e-12 of the number. Below the normal range doubles are coarser than that.
		if normal := math.Abs(x) > 1e-300; normal && math.Abs(x-y) > 5e-12*math.Abs(x) {
			t.Fatalf("%v is written %s", x, text)
		}
		if again := written(MarshalFloat(y)); again != text {
			t.Fatalf("%s read back is written %s", text, again)
		}
	})
}

func TestMarshalFloat_IntegersExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-1<<53, 1<<53).Draw(t, "n")
		if got := written(MarshalFloat(float64(n))); got != strconv.FormatInt(n, 10) {
			t.Fatalf("%d is written %s", n, got)
		}
	})
}

func TestUnmarshalFloat(t *testing.T) {
	for _, v := range []any{1.5, json.Number("1.5"), "1.5"} {
		if x, err := UnmarshalFloat(v); err != nil || x != 1.5 {
			t.Errorf("%#v is %v, %v", v, x, err)
		}
	}
	// A comparison with NaN is never true and a division by an infinity always 0: neither is a number to ask with.
	for _, v := range []any{"NaN", "Inf", "-inf", json.Number("1e999"), "text", true, []any{1.0}} {
		if x, err := UnmarshalFloat(v); err == nil {
			t.Errorf("%#v is %v", v, x)
		} else {
			wantInvalidInput(t, err)
		}
	}
}

func TestDate(t *testing.T) {
	for _, text := range []string{"2020-02-29", "1969-12-31", "0001-01-01", "9999-12-31"} {
		d, err := UnmarshalDate(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := written(MarshalDate(d)); got != strconv.Quote(text) {
			t.Errorf("%s is written %s", text, got)
		}
	}
	if got := written(MarshalDate(indicator.NoDay)); got != "null" {
		t.Errorf("no day is written %s", got)
	}
	for _, v := range []any{"", "2021-02-29", "2020-02", "18.02.2020", "2020-02-18T00:00:00Z", 20200218, nil} {
		if d, err := UnmarshalDate(v); err == nil {
			t.Errorf("%#v is %s", v, d)
		} else {
			wantInvalidInput(t, err)
		}
	}
}

func TestPeriod(t *testing.T) {
	for _, text := range []string{"2020", "2020-Q1", "2020-02", "2020-W53", "2020-02-18", "2020-01-25/2020-03-02"} {
		p, err := UnmarshalPeriod(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := written(MarshalPeriod(p)); got != strconv.Quote(text) {
			t.Errorf("%s is written %s", text, got)
		}
	}
	for _, v := range []any{"", "2021-W53", 2020, 2020.0, nil} {
		if p, err := UnmarshalPeriod(v); err == nil {
			t.Errorf("%#v is %s", v, p)
		} else {
			wantInvalidInput(t, err)
		}
	}
}

func TestDuration(t *testing.T) {
	tests := []struct {
		text string
		want Days
	}{
		{"P30D", 30},
		{"P2W", 14},
		{"P1M", 30},
		{"P1Y", 365},
		{"P0D", 0},
		{"P1Y2M3W4D", 365 + 60 + 21 + 4},
		{"P1Y1D", 366},
		{"P007D", 7},
	}
	for _, tt := range tests {
		d, err := UnmarshalDuration(tt.text)
		if err != nil || d != tt.want {
			t.Errorf("%s is %d days, %v; want %d", tt.text, d, err, tt.want)
		}
	}
	for _, v := range []any{
		"", "P", "D", "30D", "P30", "PD", "P-1D", "P+1D", "P1.5D", "p30d", "P1D1Y", "P1D1D", "PT1H", "P1DT1H", "P99999999999D", "P1_0D", " P1D", 30, nil,
	} {
		if d, err := UnmarshalDuration(v); err == nil {
			t.Errorf("%#v is %d days", v, d)
		} else {
			wantInvalidInput(t, err)
		}
	}
	if got := written(MarshalDuration(14)); got != `"P14D"` {
		t.Errorf("14 days are written %s", got)
	}
}

// roundTrip holds an enumeration's pair of functions against each other and against input that is no name.
func roundTrip[E comparable](t *testing.T, marshal func(E) graphql.Marshaler, unmarshal func(any) (E, error), values ...E) {
	t.Helper()
	for _, value := range values {
		name, err := strconv.Unquote(written(marshal(value)))
		if err != nil {
			t.Fatalf("%v is written %s", value, written(marshal(value)))
		}
		if got, err := unmarshal(name); err != nil || got != value {
			t.Errorf("%s is read as %v, %v", name, got, err)
		}
	}
	for _, v := range []any{"NO_SUCH_NAME", 1, nil} {
		if got, err := unmarshal(v); err == nil {
			t.Errorf("%#v is %v", v, got)
		} else {
			wantInvalidInput(t, err)
		}
	}
}

func TestEnumerations(t *testing.T) {
	roundTrip(t, MarshalRegionLevel, UnmarshalRegionLevel, indicator.Country, indicator.Community)
	roundTrip(t, MarshalIndicatorKind, UnmarshalIndicatorKind, indicator.Count, indicator.Measure)
	roundTrip(t, MarshalPolarity, UnmarshalPolarity, indicator.Neutral, indicator.LowerIsBetter)
	roundTrip(t, MarshalRollupRule, UnmarshalRollupRule, indicator.RuleNone, indicator.RuleLast)
	roundTrip(t, MarshalGrain, UnmarshalGrain, indicator.Daily, indicator.Weekly, indicator.Monthly, indicator.Quarterly, indicator.Yearly)
	roundTrip(t, MarshalObservationStatus, UnmarshalObservationStatus, indicator.Actual, indicator.Target)
	roundTrip(t, MarshalPrecision, UnmarshalPrecision, indicator.Exact, indicator.AtLeast, indicator.AtMost, indicator.Approximate)
	roundTrip(t, MarshalMissingReason, UnmarshalMissingReason, indicator.NotApplicable, indicator.BelowCoverage)
	roundTrip(t, MarshalSeverity, UnmarshalSeverity, indicator.SeverityError, indicator.SeverityNote)
	roundTrip(t, MarshalCheckStatus, UnmarshalCheckStatus, indicator.Passed, indicator.Failed)
	roundTrip(t, MarshalStanding, UnmarshalStanding, query.Better, query.Similar, query.Worse)
}

func TestEnumerations_NoneIsNull(t *testing.T) {
	for name, m := range map[string]graphql.Marshaler{
		"irregular grain": MarshalGrain(indicator.Irregular),
		"no reason":       MarshalMissingReason(indicator.NotMissing),
		"no standing":     MarshalStanding(query.NoStanding),
	} {
		if got := written(m); got != "null" {
			t.Errorf("%s is written %s", name, got)
		}
	}
}

// Counts of bytes and cells go beyond 32 bits and keep every digit.
func TestMarshalCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 68719476736: "68719476736", 1 << 53: "9007199254740992", -7: "-7", math.MaxInt64: "9223372036854775807"} {
		if got := written(MarshalCount(n)); got != want {
			t.Errorf("%d is written as %s", n, got)
		}
	}
	for text, want := range map[string]int64{"68719476736": 68719476736, "7": 7, "1e3": 1000} {
		if got, err := UnmarshalCount(json.Number(text)); err != nil || got != want {
			t.Errorf("%s is read as %d, %v", text, got, err)
		}
	}
	for _, refused := range []any{json.Number("1.5"), json.Number("1e999"), json.Number("1e300"), "seven"} {
		_, err := UnmarshalCount(refused)
		wantInvalidInput(t, err)
	}
}
