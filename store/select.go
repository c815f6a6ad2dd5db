package store

import "github.com/countyql/countyql/indicator"

// Select is a selection of figures. The zero value selects every current figure; each filter narrows it, and an empty
// list is no filter. Ordinals are the snapshot's catalogue's.
type Select struct {
	Indicators []int32
	Slices     []int32
	Sources    []int32
	Statuses   []indicator.Status
	Precisions []indicator.Precision
	// Regions are ranges of region numbers; see Span.
	Regions []Span
	// Levels keeps the regions of these levels.
	Levels []indicator.Level

	// Period keeps figures of exactly this period.
	Period *indicator.Period
	// Within keeps figures whose period lies wholly inside; NoDay as the start and Forever as the end leave it open.
	Within *indicator.Period
	// LoadsFrom keeps the reports that were brought by the load at this position of Contents.Loads or a later one.
	LoadsFrom int32
	// Latest keeps the newest figure of each series (region, indicator, slice, status). It is applied to the whole
	// series, before Period, Within, Sources, Precisions and LoadsFrom.
	Latest *Latest

	// AsOf answers with what had been published by that day, that day included; NoDay answers with what is current.
	// The zero value of a Select must set it: see NewSelect.
	AsOf indicator.Day
	// Vintages selects every report ever published instead of the current ones; AsOf and Latest must be unset.
	Vintages bool

	// Order sorts the rows; After starts behind a position of that order; Limit ends after so many rows, 0 for all.
	Order Order
	After *Position
	Limit int
	// Cap bounds the rows: one more is a *RowCapError. 0 is no cap.
	Cap int
	// Evidence adds the columns that say where a figure comes from.
	Evidence bool
	// Omit are columns that the rows do without, which are nil then: engines do not read them. Nobody may look at a column that
	// was omitted.
	Omit Columns
}

// NewSelect returns a selection of every current figure.
func NewSelect() Select { return Select{AsOf: indicator.NoDay} }

// Span is a half-open range of region numbers: a region with everything inside it, or one region alone.
type Span struct {
	From, To int32
}

// Latest picks, in each series, the figure whose period ends last on or before a day; among equal ends the shortest
// period. A series whose newest such period ends before NotBefore has no figure.
type Latest struct {
	OnOrBefore indicator.Day // Forever for no bound
	NotBefore  indicator.Day // NoDay for no bound
}

// OrderKey is what rows are sorted by first.
type OrderKey int8

// The order keys. Natural is indicator, slice, status, period end, period start, region and, for vintages, the day from which
// the report was the newest; it also completes every other order.
const (
	Natural OrderKey = iota
	ByRegion
	ByPeriod // period end, then period start
	ByValue  // missing values last in either direction
	ByPublished
)

// Order sorts rows by a key and then by the natural order, ascending.
type Order struct {
	By         OrderKey
	Descending bool
}

// Position is a row's place in an order, to continue behind. It names the row by its key, so that it survives a refresh.
type Position struct {
	Indicator, Slice int32
	Status           indicator.Status
	Period           indicator.Period
	Region           int32
	KnownFrom        indicator.Day // for vintages
	Tie              int32         // for vintages; see Rows.Tie
	Published        indicator.Day // for ByPublished
	Value            float64       // for ByValue; NaN where missing
}

// Rows are figures as parallel arrays of equal length. They are to be read only: columns may be shared. Those that the selection
// omits are nil.
type Rows struct {
	Indicator  []int32
	Slice      []int32
	Region     []int32
	Source     []int32
	Definition []int32
	Status     []indicator.Status
	Start, End []indicator.Day
	// Value is NaN where Missing says why there is none.
	Value     []float64
	Missing   []indicator.Missing
	Precision []indicator.Precision
	// Numerator and Denominator are NaN where unknown.
	Numerator, Denominator []float64
	CountsPrecision        []indicator.Precision
	// Derived marks figures that no source reports: rates from their counts, totals from their parts.
	Derived []bool

	// The remaining columns are nil unless the selection asks for evidence or vintages.

	Published []indicator.Day
	// KnownFrom is the first day on which the report was the newest of its key, KnownTo the first day on which it no
	// longer was; Forever while it is.
	KnownFrom, KnownTo []indicator.Day
	// Tie numbers the reports of one key that became known on the same day, from 0 in the order of their precedence;
	// all but the last are the newest for no day. It completes the natural order of vintages.
	Tie []int32
	// Load is the position of the load in Contents.Loads.
	Load     []int32
	Inferred []bool
	Offset   []int32 // -1 where unknown
	Printed  []string
	Note     []string
}

// Len is the number of rows.
func (r *Rows) Len() int { return len(r.Region) }

// Key is what Count groups by.
type Key int8

// The grouping keys.
const (
	KeyIndicator Key = iota
	KeyRegion
	KeySlice
	KeyStatus
	KeyMissing
	KeySource
)

// Tally counts the figures of one group.
type Tally struct {
	Keys    []int32 // the group's ordinals, in the order of the keys asked for
	Rows    int64
	Regions int64 // distinct regions
	// First is the earliest start and Last the latest end of a period; NoDay for an empty group.
	First, Last indicator.Day
}
