package query

import (
	"context"
	"math"
	"sync/atomic"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
	"github.com/countyql/countyql/store"
)

// Limits bound what one operation may ask for.
type Limits struct {
	// Cells is the most cells, indicators x regions x slices x statuses, that one operation may ask for, all its fields
	// together.
	Cells int64
	// Rows is the most figures that one operation may read.
	Rows int
	// Page is the largest page.
	Page int
}

// DefaultLimits are the limits of a server without configuration: every county of a large country by every indicator
// of a large catalogue, for a few periods.
func DefaultLimits() Limits { return Limits{Cells: 20_000_000, Rows: 5_000_000, Page: 10_000} }

// Session answers the questions of one request from one snapshot. It is safe for concurrent use.
type Session struct {
	reader   store.Reader
	contents *store.Contents
	catalog  *catalog.Catalog
	limits   Limits
	today    indicator.Day
	view     *view // nil unless a part is shown
	queries  atomic.Int64
	budget   budget
	planning planning
	spending spending
	gate     *Gate
	scratch  scratch.Scratch
	together int // readTogether; a test has another
}

// NewSession returns a session over a pinned snapshot, which the caller releases after the session's last use. Today is
// the day that ages of figures are measured from.
func NewSession(snapshot store.Snapshot, limits Limits, today indicator.Day) *Session {
	contents := snapshot.Contents()
	s := &Session{reader: snapshot, contents: contents, catalog: contents.Catalog, limits: limits, today: today, together: readTogether}
	if part, ok := snapshot.(*scoped); ok {
		s.view = part.view
	}
	return s
}

// Scratch is what answers to the session's questions are made in. Whoever has read them may free it; then none of them may be looked at again.
func (s *Session) Scratch() *scratch.Scratch { return &s.scratch }

// Scoped reports whether the session is shown a part of the data only.
func (s *Session) Scoped() bool { return s.view != nil }

// figured reports whether the session is shown a region's figures: where it is not, the region is the name of one that
// encloses others.
func (s *Session) figured(r *catalog.Region) bool { return s.view == nil || s.view.figured[r.ID] }

// AllowPages sets the largest page, for answers that are streamed. It is called before anything is asked.
func (s *Session) AllowPages(items int) { s.limits.Page = items }

// Catalog returns the snapshot's catalogue.
func (s *Session) Catalog() *catalog.Catalog { return s.catalog }

// Contents returns the snapshot's manifest, loads and checks.
func (s *Session) Contents() *store.Contents { return s.contents }

// EngineQueries is the number of queries sent to the engine so far.
func (s *Session) EngineQueries() int64 { return s.queries.Load() }

// rows runs a selection under the row limit.
func (s *Session) rows(ctx context.Context, selection store.Select) (*store.Rows, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	selection.Cap = s.rowsLeft()
	rows, err := s.reader.Select(s.lending(ctx), selection)
	if err != nil {
		return nil, s.beyondEngine(err)
	}
	s.budget.rows.Add(int64(rows.Len()))
	return rows, nil
}

// lending has whoever is asked with a context take what it answers by from the session's scratch, unless the context has another.
func (s *Session) lending(ctx context.Context) context.Context {
	if scratch.From(ctx) != nil {
		return ctx
	}
	return scratch.With(ctx, &s.scratch)
}

// fold has the engine roll a selection's figures up over time under the row limit; nil where it cannot.
func (s *Session) fold(ctx context.Context, selection store.Select) (*store.Folded, error) {
	folder, ok := s.reader.(store.Folder)
	if !ok {
		return nil, nil //nolint:nilnil // not folded
	}
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	selection.Cap = s.rowsLeft()
	folded, ok, err := folder.Fold(s.lending(ctx), selection)
	if err != nil || !ok {
		return nil, s.beyondEngine(err)
	}
	s.budget.rows.Add(int64(folded.Figures))
	return folded, nil
}

// stretches runs a selection under the row limit; false where the engine does not hand figures out in stretches.
func (s *Session) stretches(ctx context.Context, selection store.Select) ([]store.Stretch, bool, error) {
	stretcher, ok := s.reader.(store.Stretcher)
	if !ok {
		return nil, false, nil
	}
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, false, err
	}
	defer leave()
	selection.Cap = s.rowsLeft()
	list, ok, err := stretcher.Stretches(s.lending(ctx), selection)
	if err != nil || !ok {
		return nil, false, s.beyondEngine(err)
	}
	for i := range list {
		s.budget.rows.Add(int64(list[i].Len()))
	}
	return list, true, nil
}

func (s *Session) count(ctx context.Context, selection store.Select, by ...store.Key) ([]store.Tally, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	tallies, err := s.reader.Count(ctx, selection, by...)
	return tallies, s.beyondEngine(err)
}

// MissingRegion is a region without a usable value.
type MissingRegion struct {
	Region *catalog.Region
	Reason indicator.Missing
}

// MissingFigure is a region without a usable value of one indicator.
type MissingFigure struct {
	Region    *catalog.Region
	Indicator *catalog.Indicator
	Reason    indicator.Missing
}

// Cost is what an answer cost, or would cost.
type Cost struct {
	Cells         int64 // estimated before running: indicators x regions x slices x statuses, those looked at to find peers included
	Limit         int64 // the most cells one request may ask for
	Rows          int64 // figures read
	EngineQueries int64
}

// add adds another cost, but for its limit.
func (c *Cost) add(other Cost) {
	c.Cells, c.Rows, c.EngineQueries = c.Cells+other.Cells, c.Rows+other.Rows, c.EngineQueries+other.EngineQueries
}

// finite is the pointer, nil if it points to NaN or an infinity.
func finite(x *float64) *float64 {
	if math.IsNaN(*x) || math.IsInf(*x, 0) {
		return nil
	}
	return x
}

// number returns nil for NaN, which stands for a missing value inside this package.
func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
