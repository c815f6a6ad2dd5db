package duckdb

import (
	"math"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// figureColumns are columns of figures that come chunk by chunk; their room is used again.
type figureColumns struct {
	region                     []int32
	value                      []float64
	missing                    []indicator.Missing
	precision, countsPrecision []indicator.Precision
	numerator, denominator     []float64
	derived                    []bool
}

func (c *figureColumns) stretch(of seriesName, period indicator.Period) store.Stretch {
	return store.Stretch{
		Indicator: of.indicator, Slice: of.slice, Status: of.status, Period: period, Region: c.region, Value: c.value, Missing: c.missing,
		Precision: c.precision, Numerator: c.numerator, Denominator: c.denominator, CountsPrecision: c.countsPrecision, Derived: c.derived,
	}
}

func (c *figureColumns) clear() {
	c.region, c.value, c.missing, c.precision = c.region[:0], c.value[:0], c.missing[:0], c.precision[:0]
	c.numerator, c.denominator, c.countsPrecision = c.numerator[:0], c.denominator[:0], c.countsPrecision[:0]
	c.derived = c.derived[:0]
}

// add adds figures of one period; false where their regions do not ascend.
func (c *figureColumns) add(from *figureChunk, first, end int) bool {
	before := int32(math.MinInt32)
	if n := len(c.region); n > 0 {
		before = c.region[n-1]
	}
	for _, region := range from.region[first:end] {
		if region <= before {
			return false
		}
		before = region
	}
	c.region, c.missing = append(c.region, from.region[first:end]...), append(c.missing, from.missing[first:end]...)
	c.value = appendNumbers(c.value, from.value, from.hasValue, first, end)
	if from.precision != nil {
		c.precision = append(c.precision, from.precision[first:end]...)
	}
	if from.numerator != nil {
		c.numerator = appendNumbers(c.numerator, from.numerator, from.hasNumerator, first, end)
		c.denominator = appendNumbers(c.denominator, from.denominator, from.hasDenominator, first, end)
		c.countsPrecision = append(c.countsPrecision, from.countsPrecision[first:end]...)
	}
	if from.derived != nil {
		c.derived = append(c.derived, from.derived[first:end]...)
	}
	return true
}

// addOne adds a figure of a stretch that has the same columns.
func (c *figureColumns) addOne(t *store.Stretch, i int) {
	c.region, c.value, c.missing = append(c.region, t.Region[i]), append(c.value, t.Value[i]), append(c.missing, t.Missing[i])
	c.precision, c.countsPrecision = appendCell(c.precision, t.Precision, i), appendCell(c.countsPrecision, t.CountsPrecision, i)
	c.numerator, c.denominator = appendCell(c.numerator, t.Numerator, i), appendCell(c.denominator, t.Denominator, i)
	c.derived = appendCell(c.derived, t.Derived, i)
}

// appendCell appends a cell of a column that is read.
func appendCell[T any](to, column []T, i int) []T {
	if len(column) == 0 {
		return to
	}
	return append(to, column[i])
}

// appendNumbers appends the numbers of some rows, NaN for those that have none.
func appendNumbers(to, numbers []float64, has validity, from, end int) []float64 {
	at := len(to) - from
	to = append(to, numbers[from:end]...)
	if has == nil {
		return to
	}
	for row := from; row < end; row++ {
		if !has.at(row) {
			to[at+row] = math.NaN()
		}
	}
	return to
}
