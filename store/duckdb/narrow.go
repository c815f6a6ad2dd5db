package duckdb

import (
	"context"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// A small load into a large store is merged with what it may change alone: the cells that its reports touch. A cell is all that there is of an
// indicator, in whatever slice, for one region, period and status. Totals are made of figures of their own cell, rates of those of three
// cells that differ in the indicator, so that nothing outside of the cells touched, and of those of related indicators, can come out otherwise.

// shares are those of the current figures up to which a batch is a small one.
type shares struct {
	tail    float64 // that may be in the tail; with more of them the file is written in order again
	touched float64 // cells that are merged alone; with more of them everything is merged
}

const (
	mostTail    = 1.0 / 8
	mostTouched = 1.0 / 4
)

// narrowBatch narrows a batch that is small as a whole, so that it is compared with the cells that it touches.
func (w *writer) narrowBatch(ctx context.Context) error { return w.narrowTo(ctx, "memory.batch") }

// narrowFresh narrows a batch of which little is new.
func (w *writer) narrowFresh(ctx context.Context) error { return w.narrowTo(ctx, "memory.fresh") }

// narrowTo decides whether the batch is merged with the cells alone that a table of its reports touches, or a withdrawal. If so it makes tables of
// them (near and near_past, with the rowids of the parent's rows as place), and old shows the reports of these.
func (w *writer) narrowTo(ctx context.Context, reports string) error {
	if w.amends || w.parent == nil || !w.sameOrdinals || !sameDerivations(w.parent.contents.Catalog, w.catalog) {
		return nil
	}
	changed, err := w.count(ctx, "(SELECT 1 FROM "+reports+" UNION ALL SELECT 1 FROM memory.taken)")
	if err != nil {
		return err
	}
	most := w.engine.most.touched * float64(w.parent.contents.Manifest.Observations)
	if float64(changed) > most {
		return nil
	}
	if err := w.touch(ctx, reports); err != nil {
		return err
	}
	touched, err := w.count(ctx, "memory.touched")
	if err != nil || float64(touched) > most {
		return err
	}
	w.amends = true
	const cell = "indicator, status, period_end, period_start, region"
	near := func(table string) string {
		return "SELECT o.rowid AS place, o.* FROM " + table + " o SEMI JOIN memory.touched t ON " + same("o", "t", cell)
	}
	return w.db.exec(ctx,
		"CREATE TABLE memory.near AS "+near("parent.observation"),
		"CREATE TABLE memory.near_past AS "+near("parent.past"),
		"DROP VIEW memory.old",
		"CREATE VIEW memory.old AS "+reportedRows("(SELECT "+storedColumns+" FROM memory.near UNION ALL SELECT "+storedColumns+" FROM memory.near_past)"),
	)
}

// touch lists the cells that reports of the batch touch, and those of related indicators (table touched).
func (w *writer) touch(ctx context.Context, reports string) error {
	if err := w.db.exec(ctx, "CREATE OR REPLACE TABLE memory.kin (indicator INTEGER NOT NULL, relative INTEGER NOT NULL)"); err != nil {
		return err
	}
	a, err := w.db.newAppender("memory", "kin")
	if err != nil {
		return err
	}
	for _, family := range families(w.catalog) {
		for _, one := range family {
			for _, relative := range family {
				put(a, one)
				put(a, relative)
				_ = a.endRow() // close reports it
			}
		}
	}
	if err := a.close(); err != nil {
		return err
	}
	const rest = "status, period_end, period_start, region"
	return w.db.exec(ctx, "CREATE OR REPLACE TABLE memory.touched AS SELECT DISTINCT k.relative AS indicator, "+of("b", rest)+
		" FROM (SELECT indicator, "+rest+" FROM "+reports+" UNION SELECT indicator, "+rest+" FROM memory.taken) b JOIN memory.kin k ON "+
		"k.indicator = b.indicator")
}

// touchedIndicators are those of the cells touched; nil where everything is merged.
func (w *writer) touchedIndicators(ctx context.Context) ([]int32, error) {
	if !w.amends {
		return nil, nil
	}
	res, err := w.db.query(ctx, "SELECT DISTINCT indicator FROM memory.touched")
	if err != nil {
		return nil, err
	}
	defer res.close()
	s := &scanner{result: res}
	touched := next[int32](s)
	return touched, s.err
}

// families are the indicators of a catalogue, those together that rates connect.
func families(c *catalog.Catalog) [][]int32 {
	n := len(c.Indicators())
	family := make([][]int32, n) // by indicator; shared by its members
	for i := range family {
		family[i] = []int32{int32(i)}
	}
	join := func(a, b int32) {
		if slices.Contains(family[a], b) {
			return
		}
		joined := slices.Concat(family[a], family[b])
		for _, member := range joined {
			family[member] = joined
		}
	}
	for _, i := range ratios(c) {
		join(i.ID, i.Numerator.ID)
		join(i.ID, i.Denominator.ID)
	}
	var all [][]int32
	for i, members := range family {
		if slices.Min(members) == int32(i) {
			all = append(all, members)
		}
	}
	return all
}

// sameOrdinals reports whether everything that figures refer to has the same ordinal in a catalogue as in an earlier one, and regions are of
// the same level.
func sameOrdinals(earlier, c *catalog.Catalog) bool {
	return begins(c.Regions(), earlier.Regions(), func(a, b *catalog.Region) bool {
		return a.Scheme == b.Scheme && a.Code == b.Code && a.Level == b.Level
	}) && begins(c.Indicators(), earlier.Indicators(), func(a, b *catalog.Indicator) bool { return a.Code == b.Code }) &&
		begins(c.Slices(), earlier.Slices(), func(a, b *indicator.Slice) bool { return slices.Equal(*a, *b) }) &&
		begins(c.Tables().Sources, earlier.Tables().Sources, func(a, b *indicator.Source) bool { return a.Code == b.Code }) &&
		begins(c.Tables().Definitions, earlier.Tables().Definitions, func(a, b *string) bool { return *a == *b })
}

// begins reports whether a list begins like an earlier one.
func begins[T any](list, earlier []T, same func(a, b *T) bool) bool {
	if len(list) < len(earlier) {
		return false
	}
	for i := range earlier {
		if !same(&list[i], &earlier[i]) {
			return false
		}
	}
	return true
}

// sameDerivations reports whether the figures of the indicators of an earlier catalogue are derived as they were: what there was of totals and
// rates stays as it is unless something it is made of changes.
func sameDerivations(earlier, c *catalog.Catalog) bool {
	known := int32(len(earlier.Indicators()))
	for _, rule := range []indicator.Rule{indicator.RuleSum, indicator.RuleRatio} {
		same := slices.EqualFunc(knownPasses(earlier, rule, known), knownPasses(c, rule, known), func(a, b pass) bool {
			return a.length == b.length && a.rank == b.rank && slices.Equal(a.parts, b.parts)
		})
		if !same {
			return false
		}
	}
	return slices.Equal(knownRatios(earlier, known), knownRatios(c, known))
}

// knownPasses are the passes of a catalogue, without what they derive of indicators that are new.
func knownPasses(c *catalog.Catalog, rule indicator.Rule, known int32) []pass {
	var passes []pass
	for _, p := range planTotals(c, rule) {
		p.parts = slices.DeleteFunc(p.parts, func(one part) bool { return one.indicator >= known })
		if len(p.parts) > 0 {
			passes = append(passes, p)
		}
	}
	return passes
}

// ratio is how a rate is derived.
type ratio struct {
	rate, numerator, denominator int32
	scale                        float64
}

// knownRatios are the rates of a catalogue in which an indicator that is not new takes part.
func knownRatios(c *catalog.Catalog, known int32) []ratio {
	var rates []ratio
	for _, i := range ratios(c) {
		if r := (ratio{i.ID, i.Numerator.ID, i.Denominator.ID, i.Scale}); min(r.rate, r.numerator, r.denominator) < known {
			rates = append(rates, r)
		}
	}
	return rates
}
