// Package scalar writes and reads the contract's scalars and enumerations for GraphQL. Each pair of functions is named as the
// generator expects it; what stands for "none" in package indicator is written as null.
package scalar

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/countyql/countyql/indicator"
)

// Node is anything with an identifier: *catalog.Region, *catalog.Indicator, *catalog.Source or *query.Observation.
type Node interface{}

// MarshalFloat writes a number with at most 12 significant digits, the shortest way that reads back as the same. Whole numbers
// up to 2^53 are counts and stay exact, however many digits they have. Zero has no sign.
func MarshalFloat(x float64) graphql.Marshaler {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return graphql.Null
	}
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = w.Write(indicator.AppendShown(nil, x)) // the response buffer does not fail
	})
}

// UnmarshalFloat reads a number. NaN and the infinities, which may be written as texts, are none.
func UnmarshalFloat(v any) (float64, error) {
	x, err := graphql.UnmarshalFloat(v)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, indicator.Errorf(indicator.InvalidInput, "this is not a finite number")
	}
	return x, nil
}

// MarshalCount writes a number of bytes or cells, all digits of it. An Int of GraphQL has 32 bits, so that the contract calls it a Float.
func MarshalCount(n int64) graphql.Marshaler { return graphql.MarshalInt64(n) }

// UnmarshalCount reads a whole number.
func UnmarshalCount(v any) (int64, error) {
	x, err := UnmarshalFloat(v)
	if err != nil || x != math.Trunc(x) || math.Abs(x) > 1<<53 {
		return 0, indicator.Errorf(indicator.InvalidInput, "this is not a whole number of at most 53 bits")
	}
	return int64(x), nil
}

func text(s string) graphql.Marshaler { return graphql.MarshalString(s) }

func read[T any](v any, what string, parse func(string) (T, error)) (T, error) {
	s, ok := v.(string)
	if !ok {
		var none T
		return none, indicator.Errorf(indicator.InvalidInput, "a %s must be a text", what)
	}
	return parse(s)
}

// MarshalDate writes a day, NoDay as null.
func MarshalDate(d indicator.Day) graphql.Marshaler {
	if d == indicator.NoDay {
		return graphql.Null
	}
	return text(d.String())
}

// UnmarshalDate reads a day as 2020-02-18.
func UnmarshalDate(v any) (indicator.Day, error) {
	return read(v, "date", func(s string) (indicator.Day, error) {
		if s == "" {
			return 0, indicator.Errorf(indicator.InvalidInput, "a date is empty")
		}
		return indicator.ParseDay(s)
	})
}

// MarshalPeriod writes a period in ISO 8601 / SDMX notation.
func MarshalPeriod(p indicator.Period) graphql.Marshaler { return text(p.String()) }

// UnmarshalPeriod reads a period in ISO 8601 / SDMX notation.
func UnmarshalPeriod(v any) (indicator.Period, error) {
	return read(v, "period", indicator.ParsePeriod)
}

// Days is a length of time in days.
type Days int

// MarshalDuration writes a length of time as P30D.
func MarshalDuration(d Days) graphql.Marshaler { return text(fmt.Sprintf("P%dD", int(d))) }

// UnmarshalDuration reads P30D, P2W, P1M, P1Y and their combinations in the order years, months, weeks, days. A month counts
// 30 days and a year 365.
func UnmarshalDuration(v any) (Days, error) { return read(v, "duration", parseDuration) }

func parseDuration(s string) (Days, error) {
	invalid := indicator.Errorf(indicator.InvalidInput, "%q is not a duration", s)
	invalid.Hint = "write P30D, P2W, P1M or P1Y"
	rest, ok := strings.CutPrefix(s, "P")
	if !ok || rest == "" {
		return 0, invalid
	}
	days := 0
	for _, unit := range []struct {
		letter string
		days   int
	}{{"Y", 365}, {"M", 30}, {"W", 7}, {"D", 1}} {
		digits, after, found := strings.Cut(rest, unit.letter)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 16)
		if err != nil {
			return 0, invalid
		}
		days += int(n) * unit.days
		rest = after
	}
	if rest != "" {
		return 0, invalid
	}
	return Days(days), nil
}
