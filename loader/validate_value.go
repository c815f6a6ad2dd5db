package loader

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// value reads value, unit, precision and missing, and converts the value to the indicator's unit.
func (o *observations) value(r row, ind *catalog.Indicator, report *store.Report) {
	report.Value = math.NaN()
	report.Precision = cellValue(r, "precision", indicator.ParsePrecision)
	unit := o.unit(r, ind)
	text, reason := r.cell("value"), r.cell("missing")
	switch {
	case text == "" && reason == "":
		hint := "give a value, or the reason for its absence in missing"
		if r.cell("numerator") != "" {
			hint = "report the counts as figures of their own indicators: the rate is derived from them"
		}
		r.reject("value", CodeMissing, "there is neither a value nor a reason for its absence", hint)
		return
	case text != "" && reason != "":
		r.reject("missing", CodeMissing, "there is a value and a reason for its absence", "leave one of them empty")
		return
	case reason != "":
		var err error
		if report.Missing, err = indicator.ParseMissing(reason); err != nil || !report.Missing.Loadable() {
			r.reject("missing", CodeMissing, quote(reason)+" is not a reason that data may give",
				"use one of NOT_APPLICABLE, NOT_COLLECTED, NOT_PUBLISHED, SUPPRESSED, UNKNOWN")
		}
		if report.Precision != indicator.Exact {
			r.reject("precision", CodePrecision, "a missing value has no precision", "leave it empty")
		}
		return
	}
	printed, err := ParsePrinted(text)
	if err != nil {
		r.rejectError("value", err)
		return
	}
	if printed.Precision != indicator.Exact {
		if r.cell("precision") != "" && report.Precision != printed.Precision {
			r.reject("precision", CodePrecision,
				fmt.Sprintf("%s is printed as %s, and precision says %s", quote(text), printed.Precision, report.Precision),
				"leave the precision empty, or write the value as a plain number")
		}
		report.Precision = printed.Precision
	}
	if unit == nil {
		return
	}
	value, err := o.convert(printed, unit, o.units.units[ind.Unit])
	if err != nil {
		r.reject("unit", CodeUnit, err.Error(), "the indicator's unit is "+ind.Unit)
		return
	}
	report.Value = value + 0 // -0 is 0
	checkRange(r, ind, value, printed.Value != value)
}

// unit finds the unit of the row; nil, and a problem, if it does not exist.
func (o *observations) unit(r row, ind *catalog.Indicator) *indicator.Unit {
	code := r.cell("unit")
	if code == "" {
		code = ind.Unit
	}
	u := o.units.units[code]
	if u == nil {
		r.reject("unit", CodeUnit, "there is no unit "+quote(code), "the indicator's unit is "+ind.Unit+"; add others to "+tableUnits)
	}
	return u
}

// convert brings a printed value to a unit. A unit printed with the value, which must measure what the row's unit
// measures, goes before the row's.
func (o *observations) convert(printed Printed, unit, to *indicator.Unit) (float64, error) {
	value := printed.Value
	switch {
	case printed.PerMille && o.units.units[unitPerMille] == nil:
		printed.Percent = true
		value /= 10
	case printed.PerMille:
		printed.Unit = unitPerMille
	}
	if printed.Percent {
		printed.Unit = unitPercent
	}
	if printed.Unit != "" {
		from, ok := o.units.units[printed.Unit]
		if !ok {
			from, ok = o.units.word(printed.Unit)
		}
		if !ok {
			return 0, fmt.Errorf("there is no unit for %s", quote(printed.Unit))
		}
		if from.Quantity != unit.Quantity {
			return 0, fmt.Errorf("the value is printed in %s, which is no unit of %s", quote(printed.Unit), unit.Quantity)
		}
		unit = from
	}
	return o.units.convert(value, unit, to)
}

// checkRange refuses values outside the indicator's range and counts too large to be exact.
func checkRange(r row, ind *catalog.Indicator, value float64, converted bool) {
	as := ""
	if converted {
		as = fmt.Sprintf(", which is %s %s,", formatNumber(value), ind.Unit)
	}
	switch {
	case ind.Min != nil && value < *ind.Min:
		r.reject("value", CodeRange, fmt.Sprintf("%s%s is below the minimum %s of %s", quote(r.cell("value")), as, formatNumber(*ind.Min), ind.Code), "")
	case ind.Max != nil && value > *ind.Max:
		r.reject("value", CodeRange, fmt.Sprintf("%s%s is above the maximum %s of %s", quote(r.cell("value")), as, formatNumber(*ind.Max), ind.Code), "")
	case ind.Kind == indicator.Count && math.Abs(value) > maxExact:
		r.reject("value", CodeRange, fmt.Sprintf("%s%s is too large for a count", quote(r.cell("value")), as), "counts are exact up to 9,007,199,254,740,991")
	}
}

// counts reads the numerator and denominator of a rate.
func (o *observations) counts(r row, ind *catalog.Indicator, report *store.Report) {
	report.Numerator, report.Denominator = math.NaN(), math.NaN()
	numerator, denominator := r.cell("numerator"), r.cell("denominator")
	if numerator == "" && denominator == "" {
		return
	}
	name := "numerator"
	if numerator == "" {
		name = "denominator"
	}
	switch {
	case ind.Kind != indicator.Ratio:
		r.reject(name, CodeCounts, quote(ind.Code)+" is of kind "+ind.Kind.String()+" and has no counts",
			"only indicators of kind RATIO have")
		return
	case report.Missing != indicator.NotMissing:
		r.reject(name, CodeCounts, "a missing rate has no counts",
			"report the counts as figures of their own indicators: the rate is derived from them")
		return
	}
	var precisions [2]indicator.Precision
	report.Numerator, precisions[0] = o.count(r, "numerator", ind.Numerator)
	report.Denominator, precisions[1] = o.count(r, "denominator", ind.Denominator)
	if report.Denominator == 0 {
		r.reject("denominator", CodeCounts, "the denominator is 0", "leave it empty")
	}
	report.CountsPrecision = precisions[0].Over(precisions[1])
}

// count reads one of a rate's counts, in the unit of the indicator that counts it, if one is named. It is NaN where it
// is unknown, and where it was rejected.
func (o *observations) count(r row, name string, of *catalog.Indicator) (float64, indicator.Precision) {
	text := r.cell(name)
	if text == "" {
		return math.NaN(), indicator.Exact
	}
	reject := func(code, message, hint string) (float64, indicator.Precision) {
		r.reject(name, code, message, hint)
		return math.NaN(), indicator.Exact
	}
	printed, err := ParsePrinted(text)
	if err != nil {
		r.rejectError(name, err)
		return math.NaN(), indicator.Exact
	}
	value := printed.Value
	switch {
	case printed.Percent || printed.PerMille:
		return reject(CodeUnit, quote(text)+" is a rate, not a count", "")
	case printed.Unit != "" && of == nil:
		return reject(CodeUnit, quote(text)+" has a unit, and the rate names no indicator for the "+name, "write a plain number")
	case printed.Unit != "":
		to := o.units.units[of.Unit]
		if value, err = o.convert(printed, to, to); err != nil {
			return reject(CodeUnit, err.Error(), "the "+name+" is in "+of.Unit)
		}
	}
	switch {
	case value < 0:
		return reject(CodeCounts, quote(text)+" is negative", "")
	case value > maxExact && (of == nil || of.Kind == indicator.Count):
		return reject(CodeRange, quote(text)+" is too large for a count", "counts are exact up to 9,007,199,254,740,991")
	}
	return value + 0, printed.Precision
}

// hash is a hash of what a report says about its key. The seed is the run's own, so that nobody can prepare two rows
// that differ and hash alike.
func (o *observations) hash(report *store.Report) uint64 {
	var h maphash.Hash
	h.SetSeed(o.seed)
	var b [64]byte
	fixed := b[:0]
	for _, number := range []float64{report.Value, report.Numerator, report.Denominator} {
		fixed = binary.LittleEndian.AppendUint64(fixed, math.Float64bits(number))
	}
	for _, number := range []int32{report.Source, report.Definition, report.Offset} {
		fixed = binary.LittleEndian.AppendUint32(fixed, uint32(number))
	}
	inferred := byte(0)
	if report.PeriodInferred {
		inferred = 1
	}
	fixed = append(fixed, byte(report.Missing), byte(report.Precision), byte(report.CountsPrecision), inferred)
	h.Write(fixed)
	h.WriteString(report.Printed)
	h.WriteByte(0)
	h.WriteString(report.Note)
	return h.Sum64()
}
