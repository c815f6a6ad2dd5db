package duckdb

import (
	"context"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// pass derives the totals over one dimension: of the indicators that have it as the breakdown of one rank, from slices
// of one length. Longer slices come first, so that totals of parts become parts of totals; among the dimensions of an
// indicator the one it lists first goes before the others.
type pass struct {
	length, rank int
	parts        []part
}

// part is a slice that is one of the parts of a total.
type part struct {
	indicator, total, slice int32
	ordinal, parts          int32
	scale                   float64 // of a rate
}

// planTotals lists the passes for the indicators whose dimensions follow a rule. A total is planned only where the
// catalogue has it and a slice for every value of the dimension: without one of them it can never be derived.
func planTotals(c *catalog.Catalog, rule indicator.Rule) []pass {
	groups := partition(c)
	passes := make(map[[2]int]*pass)
	for _, i := range c.Indicators() {
		if i.Rollup.Dimensions != rule || i.Derived() {
			continue
		}
		for rank, b := range i.Breakdowns {
			if !b.Complete {
				continue
			}
			for _, g := range groups[b.Dimension] {
				key := [2]int{g.length, rank}
				if passes[key] == nil {
					passes[key] = &pass{length: g.length, rank: rank}
				}
				for ordinal, slice := range g.slices {
					passes[key].parts = append(passes[key].parts, part{
						indicator: i.ID, total: g.total, slice: slice,
						ordinal: int32(ordinal), parts: int32(len(g.slices)), scale: i.Scale,
					})
				}
			}
		}
	}
	ordered := make([]pass, 0, len(passes))
	for _, p := range passes {
		ordered = append(ordered, *p)
	}
	slices.SortFunc(ordered, func(a, b pass) int {
		if a.length != b.length {
			return b.length - a.length
		}
		return a.rank - b.rank
	})
	return ordered
}

// partitioned is a slice and the slices that divide it along one dimension, in the order of the dimension's values.
type partitioned struct {
	length int // coordinates of a part
	total  int32
	slices []int32
}

// partition finds, by dimension, the slices of the catalogue that all values of the dimension divide.
func partition(c *catalog.Catalog) map[string][]partitioned {
	groups := make(map[string][]partitioned)
	for id, total := range c.Slices() {
		for _, d := range c.Tables().Dimensions {
			if _, fixed := total.Value(d.Code); fixed || len(d.Values) == 0 {
				continue
			}
			if slices, ok := divide(c, total, d); ok {
				groups[d.Code] = append(groups[d.Code], partitioned{length: len(total) + 1, total: int32(id), slices: slices})
			}
		}
	}
	return groups
}

func divide(c *catalog.Catalog, total indicator.Slice, d indicator.Dimension) ([]int32, bool) {
	parts := make([]int32, len(d.Values))
	for i, v := range d.Values {
		s, err := indicator.NewSlice(append(slices.Clone(total), indicator.Coordinate{Dimension: d.Code, Value: v.Value})...)
		if err != nil {
			return nil, false
		}
		id, ok := c.SliceID(s)
		if !ok {
			return nil, false
		}
		parts[i] = id
	}
	return parts, true
}

// deriveTotals adds the parts of complete dimensions up where the total is not reported.
func (w *writer) deriveTotals(ctx context.Context) error {
	// Every report of a key ends another's interval, also one that says the value is missing.
	err := w.db.exec(ctx, "CREATE VIEW memory.known AS SELECT "+knownColumns+" FROM memory.history WHERE known_from < known_to "+
		"UNION ALL SELECT "+knownColumns+" FROM memory.derived")
	if err != nil {
		return err
	}
	sum := totalRule{
		known: "memory.known", usable: "k.value IS NOT NULL",
		value: "fsum(r.value)", precision: "bit_or(r.precision)",
		numerator: "NULL", denominator: "NULL", countsPrecision: "0",
	}
	return w.runPasses(ctx, planTotals(w.catalog, indicator.RuleSum), sum)
}

// deriveRateTotals derives rates of totals from the counts of the parts' rates.
func (w *writer) deriveRateTotals(ctx context.Context) error {
	const whole = "indicator, slice, status, period_end, period_start, region, value, precision, source, published, inferred, load"
	err := w.db.exec(ctx, "CREATE VIEW memory.known_rate AS "+
		"SELECT "+whole+", numerator, denominator, counts_precision, known_from, known_to FROM memory.history h "+
		"ANTI JOIN memory.counted c ON h.rowid = c.report WHERE known_from < known_to "+
		"UNION ALL SELECT "+of("h", whole)+", c.numerator, c.denominator, c.counts_precision, c.known_from, c.known_to "+
		"FROM memory.history h JOIN memory.counted c ON h.rowid = c.report "+
		"UNION ALL SELECT "+whole+", numerator, denominator, counts_precision, known_from, known_to FROM memory.derived")
	if err != nil {
		return err
	}
	ratio := totalRule{
		known: "memory.known_rate", usable: "k.numerator IS NOT NULL AND k.denominator IS NOT NULL",
		value: "any_value(r.scale) * fsum(r.numerator) / fsum(r.denominator)", precision: "bit_or(r.counts_precision)",
		numerator: "fsum(r.numerator)", denominator: "fsum(r.denominator)", countsPrecision: "bit_or(r.counts_precision)",
	}
	return w.runPasses(ctx, planTotals(w.catalog, indicator.RuleRatio), ratio)
}

const knownColumns = "indicator, slice, status, period_end, period_start, region, value, precision, numerator, denominator, " +
	"counts_precision, source, published, inferred, load, known_from, known_to"

// totalRule says how the columns of a total come from the rows r of its parts.
type totalRule struct {
	known           string // the table of figures and the intervals in which they are known
	usable          string // which of its rows k are parts
	value           string
	precision       string
	numerator       string
	denominator     string
	countsPrecision string
}

func (w *writer) runPasses(ctx context.Context, passes []pass, rule totalRule) error {
	for _, p := range passes {
		if err := w.db.exec(ctx, "CREATE OR REPLACE TABLE memory.part (indicator INTEGER NOT NULL, total INTEGER NOT NULL, "+
			"slice INTEGER NOT NULL, ordinal INTEGER NOT NULL, parts INTEGER NOT NULL, scale DOUBLE NOT NULL)"); err != nil {
			return err
		}
		if err := w.fillParts(p); err != nil {
			return err
		}
		if err := w.db.exec(ctx, rule.statements()...); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) fillParts(p pass) error {
	a, err := w.db.newAppender("memory", "part")
	if err != nil {
		return err
	}
	for _, part := range p.parts {
		put(a, part.indicator)
		put(a, part.total)
		put(a, part.slice)
		put(a, part.ordinal)
		put(a, part.parts)
		put(a, part.scale)
		_ = a.endRow() // close reports it
	}
	return a.close()
}

// statements derive the totals of one pass. A total can change only on a day on which a part or a report of the total
// begins or ends; between two such days, it exists if all parts are known and nothing is known of the total itself.
func (t totalRule) statements() []string {
	const day = "known_from <= x.known_from AND x.known_from < "
	forever := literal(indicator.Forever)
	return []string{
		"CREATE OR REPLACE TABLE memory.part_row AS SELECT k.* REPLACE (p.total AS slice), p.ordinal, p.parts, p.scale " +
			"FROM " + t.known + " k JOIN memory.part p ON k.indicator = p.indicator AND k.slice = p.slice WHERE " + t.usable,
		"CREATE OR REPLACE TABLE memory.candidate AS SELECT " + figureKey + " FROM memory.part_row GROUP BY " + figureKey +
			" HAVING count(DISTINCT ordinal) = max(parts)",
		"CREATE OR REPLACE TABLE memory.total_row AS SELECT " + of("k", figureKey) + ", k.known_from, k.known_to FROM " + t.known +
			" k SEMI JOIN memory.candidate c ON " + same("k", "c", figureKey),
		"CREATE OR REPLACE TABLE memory.span AS WITH event AS (" +
			"SELECT " + of("r", figureKey) + ", unnest([r.known_from, r.known_to]) AS day FROM memory.part_row r SEMI JOIN memory.candidate c ON " +
			same("r", "c", figureKey) + " UNION SELECT " + figureKey + ", unnest([known_from, known_to]) FROM memory.total_row) " +
			"SELECT " + figureKey + ", day AS known_from, lead(day, 1, " + forever + ") OVER (PARTITION BY " + figureKey + " ORDER BY day) AS known_to " +
			"FROM event WHERE day < " + forever,
		"CREATE OR REPLACE TABLE memory.total AS SELECT " + of("x", figureKey) + ", x.known_from, x.known_to, " + t.value + " AS value, " +
			"CAST(" + t.precision + " AS TINYINT) AS precision, " + t.numerator + " AS numerator, " + t.denominator + " AS denominator, " +
			"CAST(" + t.countsPrecision + " AS TINYINT) AS counts_precision, arg_min(r.source, r.ordinal) AS source, " +
			"max(r.published) AS published, bool_or(r.inferred) AS inferred, max(r.load) AS load " +
			"FROM memory.span x JOIN memory.part_row r ON " + same("x", "r", figureKey) + " AND r." + day + "r.known_to " +
			"GROUP BY " + of("x", figureKey) + ", x.known_from, x.known_to HAVING count(*) = max(r.parts)",
		"INSERT INTO memory.derived BY NAME SELECT x.* FROM memory.total x ANTI JOIN memory.total_row k ON " + same("x", "k", figureKey) +
			" AND k." + day + "k.known_to WHERE isfinite(x.value)",
	}
}
