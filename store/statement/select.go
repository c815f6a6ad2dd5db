package statement

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// FigureKey are the columns that identify a figure; in the order of its names it is the natural order.
const FigureKey = "indicator, slice, status, period_end, period_start, region"

// packedPeriod orders periods by their end and then their start in one number. Days are far from the limits of 32 bits.
const packedPeriod = "period_end * 4294967296 + period_start"

// Select renders a selection.
func (d *Dialect) Select(s store.Select) (string, error) {
	order, _ := d.order(s)
	return d.render(s, order)
}

// render renders a selection that is sorted by an order, if it has one.
func (d *Dialect) render(s store.Select, order string) (string, error) {
	from, err := d.from(s)
	if err != nil {
		return "", err
	}
	where := d.filters(s)
	if s.After != nil {
		_, keyset := d.order(s)
		where = append(where, keyset)
	}
	var b strings.Builder
	b.WriteString("SELECT " + ColumnsOf(&s).list() + "\n" + from)
	writeWhere(&b, where)
	if order != "" {
		b.WriteString("\nORDER BY " + order)
	}
	if limit := rowLimit(s); limit > 0 {
		b.WriteString("\nLIMIT " + Literal(limit))
	}
	return b.String(), nil
}

// Count renders the count of a selection's rows by keys: the keys, rows, regions, first day and last day.
func (d *Dialect) Count(s store.Select, by []store.Key) (string, error) {
	from, err := d.from(s)
	if err != nil {
		return "", err
	}
	columns := make([]string, len(by))
	regions := "CAST(count(DISTINCT region) AS " + d.Int64 + ")"
	for i, key := range by {
		column, ok := keyColumns[key]
		if !ok {
			return "", fmt.Errorf("there is no grouping key %d", key)
		}
		columns[i] = column
		if key == store.KeyRegion {
			regions = "CAST(1 AS " + d.Int64 + ")"
		}
	}
	keys := strings.Join(columns, ", ")
	var b strings.Builder
	b.WriteString("SELECT ")
	for _, column := range columns {
		b.WriteString("CAST(" + column + " AS " + d.Int32 + "), ")
	}
	fmt.Fprintf(&b, "CAST(count(*) AS %s), %s, CAST(coalesce(min(period_start), %s) AS %s), CAST(coalesce(max(period_end), %[3]s) AS %[4]s)\n%s",
		d.Int64, regions, Literal(indicator.NoDay), d.Int32, from)
	writeWhere(&b, d.filters(s))
	if len(by) > 0 {
		b.WriteString("\nGROUP BY " + keys + "\nORDER BY " + keys)
	}
	return b.String(), nil
}

var keyColumns = map[store.Key]string{
	store.KeyIndicator: "indicator",
	store.KeyRegion:    "region",
	store.KeySlice:     "slice",
	store.KeyStatus:    "status",
	store.KeyMissing:   "missing",
	store.KeySource:    "source",
}

// from chooses the table and refuses selections that contradict themselves.
func (d *Dialect) from(s store.Select) (string, error) {
	switch {
	case s.Vintages && (s.AsOf != indicator.NoDay || s.Latest != nil):
		return "", errors.New("a selection of vintages has neither an as-of day nor a latest figure")
	case s.Order.By < store.Natural || s.Order.By > store.ByPublished:
		return "", fmt.Errorf("there is no order key %d", s.Order.By)
	case s.Limit < 0 || s.Cap < 0:
		return "", errors.New("a limit and a cap are not negative")
	case ofReports(s):
		return "FROM " + d.Report, nil
	}
	return "FROM " + d.Observation, nil
}

// ofReports reports whether a selection needs more than current figures.
func ofReports(s store.Select) bool { return s.Vintages || s.AsOf != indicator.NoDay }

// rowLimit is what the engine may return at most; 0 for everything. One row more than the cap shows that it is exceeded. A limit that is
// never reached has rows come one after the other all the same, and is left out.
func rowLimit(s store.Select) int {
	if s.Cap > 0 && (s.Limit == 0 || s.Limit > s.Cap) && mostRows(&s) > int64(s.Cap) {
		return s.Cap + 1
	}
	return s.Limit
}

// mostRows is how many rows a selection has at most, as far as it tells: one of each series, if it is about one time.
func mostRows(s *store.Select) int64 {
	const unknown = math.MaxInt64
	if s.Vintages || s.Latest == nil && s.Period == nil || len(s.Indicators) == 0 || len(s.Slices) == 0 || len(s.Statuses) == 0 || len(s.Regions) == 0 {
		return unknown
	}
	regions := int64(0)
	for _, span := range s.Regions {
		regions += max(int64(span.To)-int64(span.From), 0)
	}
	most := regions
	for _, n := range []int{len(s.Indicators), len(s.Slices), len(s.Statuses)} {
		if most > unknown/int64(n) {
			return unknown
		}
		most *= int64(n)
	}
	return most
}

func writeWhere(b *strings.Builder, conditions []string) {
	for i, condition := range conditions {
		if i == 0 {
			b.WriteString("\nWHERE ")
		} else {
			b.WriteString("\n  AND ")
		}
		b.WriteString(condition)
	}
}

// filters renders everything that narrows a selection, apart from After. Engines look at columns in the order of the conditions: those that
// are the same in many neighbours come first, by which whole blocks of rows are left out, and regions last.
func (d *Dialect) filters(s store.Select) []string {
	where := d.indicatorFilters(s)
	if s.Latest != nil {
		where = append(where, d.latestFilters(s)...)
	}
	if p := s.Period; p != nil {
		where = append(where, "period_end = "+Literal(p.End), "period_start = "+Literal(p.Start))
	}
	if p := s.Within; p != nil {
		if p.Start != indicator.NoDay {
			where = append(where, "period_start >= "+Literal(p.Start))
		}
		if p.End != indicator.Forever {
			where = append(where, "period_end <= "+Literal(p.End))
		}
	}
	if d.Current != "" && !ofReports(s) {
		where = append(where, d.Current)
	}
	if len(s.Sources) > 0 {
		where = append(where, "source IN ("+Literals(s.Sources)+")")
	}
	if len(s.Precisions) > 0 {
		where = append(where, "precision IN ("+Literals(s.Precisions)+")")
	}
	if s.LoadsFrom > 0 {
		where = append(where, "load >= "+Literal(s.LoadsFrom))
	}
	where = append(where, d.seriesFilters(s)...)
	if s.Latest != nil && s.AsOf != indicator.NoDay {
		where = append(where, d.latestAsOf(s))
	}
	return where
}

// indicatorFilters renders which indicators a selection is about.
func (d *Dialect) indicatorFilters(s store.Select) []string {
	if len(s.Indicators) == 0 {
		return nil
	}
	where := []string{"indicator IN (" + Literals(s.Indicators) + ")"}
	if first, last, ok := d.run(s.Indicators); ok {
		where = []string{"indicator >= " + Literal(first), "indicator <= " + Literal(last)}
	}
	if d.PartOf != nil {
		where = append(where, "part IN ("+Literals(d.parts(s.Indicators))+")")
	}
	return where
}

// run is the first and the last of a long list that has everything between them. Rows that are joined with a list may come in any order, those of a
// range do not.
func (d *Dialect) run(list []int32) (first, last int32, ok bool) {
	if d.Stored == "" || len(list) <= mostListed {
		return 0, 0, false
	}
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	first, last = sorted[0], sorted[len(sorted)-1]
	return first, last, int(last-first) == len(sorted)-1
}

// seriesFilters renders what else narrows a selection to whole series, and the day as of which they are read.
func (d *Dialect) seriesFilters(s store.Select) []string {
	var where []string
	if len(s.Slices) > 0 {
		where = append(where, "slice IN ("+Literals(s.Slices)+")")
	}
	if len(s.Statuses) > 0 {
		where = append(where, "status IN ("+Literals(s.Statuses)+")")
	}
	if s.AsOf != indicator.NoDay {
		where = append(where, "known_from <= "+Literal(s.AsOf), "known_to > "+Literal(s.AsOf))
	}
	if len(s.Levels) > 0 {
		where = append(where, "level IN ("+Literals(s.Levels)+")")
	}
	if len(s.Regions) > 0 && (d.Everywhere == nil || !d.Everywhere(&s)) {
		// Where all times are looked at, most blocks have such regions: a list is looked through sooner than ranges. Rows that are joined with it are not
		// in order any more, which a limit needs.
		where = append(where, renderSpans(s.Regions, s.Latest == nil && s.Period == nil && s.Limit == 0))
	}
	return where
}

// parts are the parts of the table that hold indicators.
func (d *Dialect) parts(indicators []int32) []int32 {
	var parts []int32
	for _, i := range indicators {
		parts = append(parts, int32(d.PartOf(i)))
	}
	slices.Sort(parts)
	return slices.Compact(parts)
}

// latestFilters keeps the newest figure of each series: of current figures by the end of the next one, which is stored
// with each. As of a day the newest period is looked up, by latestAsOf.
func (d *Dialect) latestFilters(s store.Select) []string {
	var where []string
	if s.Latest.NotBefore != indicator.NoDay {
		where = append(where, "period_end >= "+Literal(s.Latest.NotBefore))
	}
	bound := s.Latest.OnOrBefore
	switch {
	case s.AsOf != indicator.NoDay:
		return where
	case bound == indicator.Forever:
		return append(where, "next_end = "+Literal(indicator.Forever))
	}
	return append(where, "period_end <= "+Literal(bound), "next_end > "+Literal(bound))
}

// latestAsOf keeps the figures of the newest period of each series that was known on a day.
func (d *Dialect) latestAsOf(s store.Select) string {
	where := append(d.indicatorFilters(s), d.seriesFilters(s)...)
	if bound := s.Latest.OnOrBefore; bound != indicator.Forever {
		where = append(where, "period_end <= "+Literal(bound))
	}
	// What is the same in all rows needs not be compared.
	fixed := ColumnsOf(&s)
	series := "region"
	if fixed.Status == nil {
		series = "status, " + series
	}
	if fixed.Slice == nil {
		series = "slice, " + series
	}
	if fixed.Indicator == nil {
		series = "indicator, " + series
	}
	return "(" + series + ", " + packedPeriod + ") IN (SELECT " + series + ", max(" + packedPeriod + ") FROM " + d.Series +
		" WHERE " + strings.Join(where, " AND ") + " GROUP BY " + series + ")"
}

// renderSpans joins ranges of regions: those that touch become one, and single regions a list, or ranges where few are not to be listed.
func renderSpans(spans []store.Span, listed bool) string {
	sorted := slices.DeleteFunc(slices.Clone(spans), func(s store.Span) bool { return s.From >= s.To })
	slices.SortFunc(sorted, func(a, b store.Span) int { return cmp.Compare(a.From, b.From) })
	merged := sorted[:0]
	for _, span := range sorted {
		if n := len(merged); n > 0 && span.From <= merged[n-1].To {
			merged[n-1].To = max(merged[n-1].To, span.To)
			continue
		}
		merged = append(merged, span)
	}
	regions := int64(0)
	for _, span := range merged {
		regions += int64(span.To) - int64(span.From)
	}
	listed = listed && len(merged) > 1 && regions <= mostRanges
	var single []int32
	var alternatives []string
	for _, span := range merged {
		if span.To == span.From+1 || listed {
			for region := span.From; region < span.To; region++ {
				single = append(single, region)
			}
			continue
		}
		alternatives = append(alternatives, within(span))
	}
	if len(single) > mostListed && len(single) <= mostRanges && !listed {
		for _, region := range single {
			alternatives = append(alternatives, within(store.Span{From: region, To: region + 1}))
		}
	} else if len(single) > 0 {
		alternatives = append(alternatives, "region IN ("+Literals(single)+")")
	}
	switch len(alternatives) {
	case 0:
		return "1 = 0"
	case 1:
		return alternatives[0]
	}
	// Engines leave out blocks of rows by a range, not by several.
	return within(store.Span{From: merged[0].From, To: merged[len(merged)-1].To}) + " AND (" + strings.Join(alternatives, " OR ") + ")"
}

// mostRanges is how many single regions are rendered as ranges rather than as a list that is joined with.
const mostRanges = 6

func within(span store.Span) string {
	return "region >= " + Literal(span.From) + " AND region < " + Literal(span.To)
}

// bound is one column of a position in an order.
type bound struct {
	column     string
	value      string
	descending bool
}

// order renders a selection's order and, if it has one, the condition of being behind its position.
func (d *Dialect) order(s store.Select) (order, keyset string) {
	position := store.Position{}
	if s.After != nil {
		position = *s.After
	}
	natural := naturalBounds(position, &s)
	direction := direction(s.Order.Descending)
	keyed := func(bounds ...bound) (string, string) {
		columns := make([]string, len(bounds))
		for i := range bounds {
			bounds[i].descending = s.Order.Descending
			columns[i] = bounds[i].column + direction
		}
		return strings.Join(columns, ", ") + ", " + d.naturalOrder(s, ""), behind(append(bounds, natural...))
	}
	switch s.Order.By {
	case store.ByRegion:
		return keyed(bound{column: "region", value: Literal(position.Region)})
	case store.ByPeriod:
		return keyed(bound{column: "period_end", value: Literal(position.Period.End)},
			bound{column: "period_start", value: Literal(position.Period.Start)})
	case store.ByPublished:
		return keyed(bound{column: "published", value: Literal(position.Published)})
	case store.ByValue:
		order = d.ValueOrder(s.Order.Descending) + ", " + d.naturalOrder(s, "")
		if math.IsNaN(position.Value) {
			return order, d.ValueAbsent + " AND " + behind(natural)
		}
		value := bound{descending: s.Order.Descending}
		value.column, value.value = d.ValueBound(position.Value)
		return order, "(" + d.ValueAbsent + " OR " + behind(append([]bound{value}, natural...)) + ")"
	}
	for i := range natural {
		natural[i].descending = s.Order.Descending
	}
	return d.naturalOrder(s, direction), atLeast(natural[0]) + " AND " + behind(natural)
}

// atLeast is part of what behind says, in words that zone maps understand.
func atLeast(first bound) string {
	if first.descending {
		return first.column + " <= " + first.value
	}
	return first.column + " >= " + first.value
}

// naturalOrder renders the natural order. Current figures are stored in it.
func (d *Dialect) naturalOrder(s store.Select, direction string) string {
	columns := FigureKey
	switch {
	case ofReports(s):
		columns += ", known_from, tie"
	case d.Stored != "" && !d.Tail:
		columns = d.Stored
	}
	return strings.ReplaceAll(columns, ",", direction+",") + direction
}

// naturalBounds are the bounds of a position in natural order, without those that all rows of the selection share with it.
func naturalBounds(p store.Position, s *store.Select) []bound {
	var bounds []bound
	add := func(shared bool, column, value string) {
		if !shared {
			bounds = append(bounds, bound{column: column, value: value})
		}
	}
	fixed := ColumnsOf(s)
	add(fixed.Indicator != nil && *fixed.Indicator == p.Indicator, "indicator", Literal(p.Indicator))
	add(fixed.Slice != nil && *fixed.Slice == p.Slice, "slice", Literal(p.Slice))
	add(fixed.Status != nil && *fixed.Status == p.Status, "status", Literal(p.Status))
	add(fixed.Period != nil && *fixed.Period == p.Period, "period_end", Literal(p.Period.End))
	add(fixed.Period != nil && *fixed.Period == p.Period, "period_start", Literal(p.Period.Start))
	add(false, "region", Literal(p.Region))
	if s.Vintages {
		add(false, "known_from", Literal(p.KnownFrom))
		add(false, "tie", Literal(p.Tie))
	}
	return bounds
}

// behind renders that a row's columns come lexicographically after the bounds.
func behind(bounds []bound) string {
	first := bounds[0]
	operator := " > "
	if first.descending {
		operator = " < "
	}
	past := first.column + operator + first.value
	if len(bounds) == 1 {
		return past
	}
	return "(" + past + " OR " + first.column + " = " + first.value + " AND " + behind(bounds[1:]) + ")"
}
