package query

import (
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Details are what an observation says besides its figure's key, its value and why that is missing. Those that nobody asks for
// need not be read.
type Details store.Columns

// The details.
const (
	SourceDetail     = Details(store.ColumnSource)
	DefinitionDetail = Details(store.ColumnDefinition)
	PrecisionDetail  = Details(store.ColumnPrecision)
	CountsDetail     = Details(store.ColumnCounts)
	DerivedDetail    = Details(store.ColumnDerived)
	PublishedDetail  = Details(store.ColumnPublished)
	LoadDetail       = Details(store.ColumnLoad)
	InferredDetail   = Details(store.ColumnInferred)
	OffsetDetail     = Details(store.ColumnOffset)
	PrintedDetail    = Details(store.ColumnPrinted)
	NoteDetail       = Details(store.ColumnNote)
	// IdentityDetail is what tells the report apart from others of its figure. Those that are current now need none.
	IdentityDetail = Details(store.ColumnKnown | store.ColumnTie | store.ColumnLoad)

	AllDetails = Details(store.FigureColumns | store.EvidenceColumns)
)

// ask has a selection with evidence read the details, and what its order compares.
func (d Details) ask(selection *store.Select) {
	if selection.Vintages {
		return
	}
	if selection.AsOf == indicator.NoDay {
		d &^= Details(store.ColumnKnown | store.ColumnTie) // what is current has been so until now
	}
	if selection.Order.By == store.ByPublished {
		d |= PublishedDetail
	}
	selection.Omit = store.Columns(AllDetails &^ d)
}

// cellOf is a cell of a column; of one that was not read another value.
func cellOf[T any](column []T, i int, unread T) T {
	if column == nil {
		return unread
	}
	return column[i]
}
