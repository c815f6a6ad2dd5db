package query

import (
	"github.com/countyql/countyql/indicator"
)

// fillFolded makes row i of figures that the engine has rolled up over time a cell, as rollUpTime would have made it but for gaps, of which only warnings
// speak.
func (f *figures) fillFolded(x *subject, i int32, c *cell) error {
	r := f.folded
	c.empty(r.Region[i])
	c.used, c.until = oneRow(i), r.Until[i]
	switch {
	case r.Missing[i] != indicator.NotMissing:
		c.missing = r.Missing[i]
		return nil
	case r.Used[i] == 1:
		c.take(f.rows, x, i)
	case x.base.Rollup.Time == indicator.RuleNone:
		return f.severalPeriods(x, c)
	case x.base.Rollup.Time == indicator.RuleRatio:
		c.numerator, c.denominator, c.counts = r.Numerator[i], r.Denominator[i], r.CountsPrecision[i]
		c.rateOfSums(x.base.Scale)
	default:
		c.quantity = indicator.Quantity{Value: r.Value[i], Precision: r.Precision[i]}
	}
	return nil
}
