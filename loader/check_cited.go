package loader

import (
	"math"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// cited is a figure that a finding is about, as far as it is told of.
type cited struct {
	indicator *catalog.Indicator
	seriesPeriod
	region                        int32
	precision, countsPrecision    indicator.Precision
	value, numerator, denominator float64
}

// cite takes a figure out of a stretch.
func (f *findings) cite(t *store.Stretch, i int) cited {
	c := cited{
		indicator: f.indicator, seriesPeriod: periodOf(t), region: t.Region[i], value: t.Value[i], precision: precisionAt(t.Precision, i),
		numerator: math.NaN(), denominator: math.NaN(),
	}
	if len(t.Numerator) > 0 {
		c.numerator, c.denominator, c.countsPrecision = t.Numerator[i], t.Denominator[i], precisionAt(t.CountsPrecision, i)
	}
	return c
}

// precisionAt is a cell of a column that is nil where all are exact.
func precisionAt(column []indicator.Precision, i int) indicator.Precision {
	if len(column) == 0 {
		return indicator.Exact
	}
	return column[i]
}

// hasValue reports whether a figure has a value.
func hasValue(t *store.Stretch, i int) bool {
	return (len(t.Missing) == 0 || t.Missing[i] == indicator.NotMissing) && !math.IsNaN(t.Value[i])
}

// derived reports whether no source reports a figure.
func derived(t *store.Stretch, i int) bool { return len(t.Derived) > 0 && t.Derived[i] }

func (c *cited) at() *seriesPeriod { return &c.seriesPeriod }

func (c *cited) key(of *catalog.Catalog) indicator.ObservationKey {
	return indicator.ObservationKey{
		Region:    of.CodeOf(&of.Regions()[c.region]),
		Indicator: c.indicator.Code,
		Slice:     of.Slices()[c.slice].String(),
		Period:    c.period.String(),
		Status:    c.status,
	}
}

// words writes the value for people.
func (c *cited) words() string { return inWords(c.value, c.precision) }

// inWords writes a number with what is known of it: about 97, at least 20,000.
func inWords(value float64, precision indicator.Precision) string {
	switch precision {
	case indicator.AtLeast:
		return "at least " + formatNumber(value)
	case indicator.AtMost:
		return "at most " + formatNumber(value)
	case indicator.Approximate:
		return "about " + formatNumber(value)
	}
	return formatNumber(value)
}
