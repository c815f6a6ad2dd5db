package loader

import (
	"errors"
	"io"
	"math"
	"math/bits"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// plainFigures is what a block holds. Slice and Definition of a report are numbers of the resolver's own; those that are
// new in this block are listed.
type plainFigures struct {
	resolver    int
	reports     []store.Report
	keys        []uint64 // a hash of what each report is about
	slices      []plainUse
	definitions []string
}

// plainUse is a slice of an indicator that is in use.
type plainUse struct {
	indicator *catalog.Indicator
	slice     indicator.Slice
}

// resolve reads the rows of a block. The error is errCareful at the first row that is refused.
func (p *plainResolver) resolve(rows plainRows, out *plainFigures) error {
	*out = plainFigures{resolver: p.number, reports: out.reports[:0], keys: out.keys[:0]}
	p.out = out
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errCareful
		}
		out.reports = append(out.reports, store.Report{})
		report := &out.reports[len(out.reports)-1]
		if !p.row(row, report) {
			if *report, err = p.careful(row); err != nil {
				return err
			}
		}
		s, ok := p.slices.of(row)
		if !ok {
			return errCareful
		}
		out.keys = append(out.keys, p.key(report, s))
	}
}

// row reads a row whose numbers are plain. It returns false for any other, and report is of no use then.
func (p *plainResolver) row(row [][]byte, report *store.Report) bool {
	region, ok1 := p.regions.of(row)
	ind, ok2 := p.indicators.of(row)
	s, ok3 := p.slices.of(row)
	period, ok4 := p.periods.of(row)
	status, ok5 := p.statuses.of(row)
	inferred, ok6 := p.inferred.of(row)
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6) {
		return false
	}
	report.Region, report.Indicator, report.Period, report.Status, report.PeriodInferred = region, ind.ID, period, status, inferred
	if !p.source(row, report) || !p.value(row, ind, report) || !p.counts(row, ind, report) || !p.evidence(row, report) {
		return false
	}
	definition, ok := p.definitions.of(row)
	if !ok {
		return false
	}
	if report.Slice, ok = p.place(ind, s); !ok {
		return false
	}
	report.Definition = p.define(definition)
	return true
}

func (p *plainResolver) source(row [][]byte, report *store.Report) bool {
	source, ok := p.sources.of(row)
	if !ok {
		return false
	}
	report.Source = source.ID
	if report.PublishedOn, ok = p.days.of(row); !ok {
		return false
	}
	if report.PublishedOn == indicator.NoDay {
		report.PublishedOn = source.PublishedOn
	}
	return report.PublishedOn != indicator.NoDay
}

func (p *plainResolver) value(row [][]byte, ind *plainIndicator, report *store.Report) bool {
	precision, ok1 := p.precisions.of(row)
	missing, ok2 := p.missing.of(row)
	unit, ok3 := p.units.of(row)
	if !(ok1 && ok2 && ok3) {
		return false
	}
	factor := p.factorOf(ind, unit)
	report.Precision, report.Missing, report.Value = precision, missing, math.NaN()
	text := cellAt(row, p.at.value)
	if len(text) == 0 {
		return missing != indicator.NotMissing && missing.Loadable() && precision == indicator.Exact && factor != 0 &&
			(p.at.value < 0 || !p.schema.checks[p.at.value].required)
	}
	number, ok := p.schema.decimal(p.at.value, text)
	if !ok || missing != indicator.NotMissing || factor == 0 {
		return false
	}
	if factor == 1 {
		report.Value = number.Float()
	} else if report.Value, ok = number.Times(factor); !ok {
		return false
	}
	return (ind.Min == nil || report.Value >= *ind.Min) && (ind.Max == nil || report.Value <= *ind.Max) &&
		(ind.Kind != indicator.Count || math.Abs(report.Value) <= maxExact)
}

func (p *plainResolver) counts(row [][]byte, ind *plainIndicator, report *store.Report) bool {
	numerator, ok1 := p.count(row, p.at.numerator)
	denominator, ok2 := p.count(row, p.at.denominator)
	report.Numerator, report.Denominator = numerator, denominator
	if !ok1 || !ok2 || denominator == 0 {
		return false
	}
	given := !math.IsNaN(numerator) || !math.IsNaN(denominator)
	return !given || ind.Kind == indicator.Ratio && report.Missing == indicator.NotMissing
}

// count reads one of a rate's counts; NaN if it is not given.
func (p *plainResolver) count(row [][]byte, column int) (float64, bool) {
	text := cellAt(row, column)
	if len(text) == 0 {
		return math.NaN(), column < 0 || !p.schema.checks[column].required
	}
	number, ok := p.schema.decimal(column, text)
	return number.Float(), ok && number.Digits >= 0
}

func (p *plainResolver) evidence(row [][]byte, report *store.Report) bool {
	report.Offset = -1
	if text := cellAt(row, p.at.offset); len(text) > 0 {
		number, ok := p.schema.decimal(p.at.offset, text)
		if !ok || number.Decimals > 0 || number.Digits < 0 || number.Digits > math.MaxInt32 {
			return false
		}
		report.Offset = int32(number.Digits)
	}
	var ok bool
	if report.Printed, ok = p.text(row, p.at.printed); !ok {
		return false
	}
	report.Note, ok = p.text(row, p.at.note)
	return ok
}

func (p *plainResolver) text(row [][]byte, column int) (string, bool) {
	text := cellAt(row, column)
	if column < 0 || len(text) == 0 && p.schema.checks[column].trivial {
		return "", true
	}
	return p.schema.admit(column, string(text))
}

func cellAt(row [][]byte, column int) []byte {
	if column < 0 {
		return nil
	}
	return row[column]
}

// careful reads a row as the careful path does; the error is errCareful if that path would refuse it.
func (p *plainResolver) careful(cells [][]byte) (store.Report, error) {
	t := p.o.table
	for i := range cells {
		var ok bool
		if p.texts[i], ok = p.schema.admit(i, string(cells[i])); !ok {
			return store.Report{}, errCareful
		}
	}
	t.rejected = false
	report := p.o.resolve(row{t, p.texts})
	if t.rejected {
		return report, errCareful
	}
	ind, ok1 := p.indicators.of(cells)
	s, ok2 := p.slices.of(cells)
	definition, ok3 := p.definitions.of(cells)
	if !(ok1 && ok2 && ok3) {
		return report, errCareful
	}
	var ok bool
	if report.Slice, ok = p.place(ind, s); !ok {
		return report, errCareful
	}
	report.Definition = p.define(definition)
	return report, nil
}

// key is a hash of what a report is about, under the seed.
func (p *plainResolver) key(r *store.Report, s *plainSlice) uint64 {
	h := mix(s.hash, uint64(uint32(r.Region))<<32|uint64(uint32(r.Indicator)))
	h = mix(h, uint64(uint32(r.Period.Start))<<32|uint64(uint32(r.Period.End)))
	return mix(h, uint64(uint32(r.PublishedOn))<<32|uint64(r.Status))
}

// mix multiplies to 128 bits and folds.
func mix(h, x uint64) uint64 {
	high, low := bits.Mul64(h^x^0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93)
	return high ^ low
}
