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
