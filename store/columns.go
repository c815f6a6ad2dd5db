package store

// Columns is a set of the columns of Rows that an answer can do without.
type Columns uint32

// The columns. All others are always there.
const (
	ColumnSource Columns = 1 << iota
	ColumnDefinition
	ColumnPrecision
	ColumnCounts // numerator, denominator and the precision of the counts
	ColumnDerived
	ColumnPublished
	ColumnKnown // the days of being known, both of them
	ColumnTie
	ColumnLoad
	ColumnInferred
	ColumnOffset
	ColumnPrinted
	ColumnNote
)

// Columns of every selection, and of those with evidence besides.
const (
	FigureColumns   = ColumnSource | ColumnDefinition | ColumnPrecision | ColumnCounts | ColumnDerived
	EvidenceColumns = ColumnPublished | ColumnKnown | ColumnTie | ColumnLoad | ColumnInferred | ColumnOffset | ColumnPrinted | ColumnNote
)

// Has reports whether all of some columns are in the set.
func (c Columns) Has(columns Columns) bool { return c&columns == columns }

// Columns are those of the set that the selection's rows have.
func (s *Select) Columns() Columns {
	columns := FigureColumns
	if s.Evidence || s.Vintages {
		columns |= EvidenceColumns
	}
	return columns &^ s.Omit
}

// Drop leaves columns out, as an engine does that reads them all the same.
func (r *Rows) Drop(omit Columns) {
	for column, remove := range map[Columns]func(){
		ColumnSource:     func() { r.Source = nil },
		ColumnDefinition: func() { r.Definition = nil },
		ColumnPrecision:  func() { r.Precision = nil },
		ColumnCounts:     func() { r.Numerator, r.Denominator, r.CountsPrecision = nil, nil, nil },
		ColumnDerived:    func() { r.Derived = nil },
		ColumnPublished:  func() { r.Published = nil },
		ColumnKnown:      func() { r.KnownFrom, r.KnownTo = nil, nil },
		ColumnTie:        func() { r.Tie = nil },
		ColumnLoad:       func() { r.Load = nil },
		ColumnInferred:   func() { r.Inferred = nil },
		ColumnOffset:     func() { r.Offset = nil },
		ColumnPrinted:    func() { r.Printed = nil },
		ColumnNote:       func() { r.Note = nil },
	} {
		if omit.Has(column) {
			remove()
		}
	}
}
