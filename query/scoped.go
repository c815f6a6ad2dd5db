package query

import (
	"context"
	"errors"
	"slices"

	"github.com/countyql/countyql/store"
)

// scoped is a snapshot as a view shows it. Selections go to the engine intersected with the scope and rows come back in the
// view's ordinals: no code above it can ask for more. The snapshot is not embedded, so that what is added to its interface
// has to be thought of here.
type scoped struct {
	snapshot store.Snapshot
	view     *view
}

var _ store.Snapshot = (*scoped)(nil)

// Contents returns what the scope shows.
func (s *scoped) Contents() *store.Contents { return s.view.contents }

// Release releases the snapshot.
func (s *scoped) Release() { s.snapshot.Release() }

// Select returns the rows within the scope.
func (s *scoped) Select(ctx context.Context, selection store.Select) (*store.Rows, error) {
	narrowed, _ := s.view.intersect(selection)
	rows, err := s.snapshot.Select(ctx, narrowed)
	if err != nil {
		return nil, err
	}
	w := newWatch(ctx)
	shown := *rows // its columns may be the engine's own
	if shown.Region, err = s.view.regions.show(w, rows.Region); err != nil {
		return nil, err
	}
	if shown.Indicator, err = s.view.indicators.show(w, rows.Indicator); err != nil {
		return nil, err
	}
	shown.Source, err = s.view.sources.show(w, rows.Source)
	return &shown, err
}

// Count counts the rows within the scope.
func (s *scoped) Count(ctx context.Context, selection store.Select, by ...store.Key) ([]store.Tally, error) {
	narrowed, _ := s.view.intersect(selection)
	tallies, err := s.snapshot.Count(ctx, narrowed, by...)
	if err != nil {
		return nil, err
	}
	shown := make([]store.Tally, len(tallies))
	for i, tally := range tallies {
		tally.Keys = slices.Clone(tally.Keys)
		for k, key := range by {
			switch key {
			case store.KeyRegion:
				err = s.view.regions.showOne(&tally.Keys[k])
			case store.KeyIndicator:
				err = s.view.indicators.showOne(&tally.Keys[k])
			case store.KeySource:
				err = s.view.sources.showOne(&tally.Keys[k])
			case store.KeySlice, store.KeyStatus, store.KeyMissing: // the same in both
			}
			if err != nil {
				return nil, err
			}
		}
		shown[i] = tally
	}
	return shown, nil
}

// errOutside is an engine's fault: it answered with a row that was not selected.
var errOutside = errors.New("the engine returned a row outside the scope")

// show translates a column of the snapshot.
func (n renumbering) show(w *watch, column []int32) ([]int32, error) {
	shown := slices.Clone(column)
	for i := range shown {
		if err := w.step(); err != nil {
			return nil, err
		}
		if err := n.showOne(&shown[i]); err != nil {
			return nil, err
		}
	}
	return shown, nil
}

func (n renumbering) showOne(id *int32) error {
	if *id < 0 || int(*id) >= len(n.toView) || n.toView[*id] < 0 {
		return errOutside
	}
	*id = n.toView[*id]
	return nil
}

// ask translates a filter of the view. It leaves alone what is no ordinal and stands for nothing.
func (n renumbering) ask(filter []int32) []int32 {
	if filter == nil {
		return nil
	}
	asked := make([]int32, len(filter))
	for i, id := range filter {
		asked[i] = -1
		if id >= 0 && int(id) < len(n.toFull) {
			asked[i] = n.toFull[id]
		}
	}
	return asked
}

// intersect translates a selection of the view to one of the snapshot within the scope, and says whether it can have rows.
func (v *view) intersect(s store.Select) (store.Select, bool) {
	s.Indicators = v.indicators.ask(s.Indicators)
	if len(s.Indicators) == 0 && len(v.indicators.toFull) < len(v.indicators.toView) {
		s.Indicators = v.indicators.toFull
	}
	s.Sources = v.sources.ask(s.Sources)
	s.Regions = v.spans(s.Regions)
	if len(s.Regions) == 0 || len(v.indicators.toFull) == 0 {
		s.Regions = []store.Span{{From: 0, To: 0}} // no filter would mean every region
	}
	if s.After != nil {
		after := *s.After
		after.Region = v.regions.ask([]int32{after.Region})[0]
		after.Indicator = v.indicators.ask([]int32{after.Indicator})[0]
		s.After = &after
	}
	return s, s.Regions[0].To > s.Regions[0].From
}

// spans translates ranges of regions of the view, all of them where there are none, and leaves out regions that are only
// names. Neighbours become one span.
func (v *view) spans(asked []store.Span) []store.Span {
	count := int32(len(v.regions.toFull))
	if len(asked) == 0 {
		asked = []store.Span{{From: 0, To: count}}
	}
	var spans []store.Span
	for _, span := range asked {
		for id := max(span.From, 0); id < min(span.To, count); id++ {
			if !v.figured[id] {
				continue
			}
			at := v.regions.toFull[id]
			if n := len(spans); n > 0 && spans[n-1].To == at {
				spans[n-1].To++
				continue
			}
			spans = append(spans, store.Span{From: at, To: at + 1})
		}
	}
	return spans
}
