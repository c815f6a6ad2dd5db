package query

import (
	"context"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// walkedAtOnce is how many figures a walk reads with one engine query.
const walkedAtOnce = 20_000

// ObservationWalk goes through a selection of figures, however many there are, in bounded memory.
type ObservationWalk struct {
	session   *Session
	selection store.Select
	most      int
}

// WalkObservations prepares a walk through at most request.First figures, with some of their details, behind the cursor request.After.
func (s *Session) WalkObservations(
	ctx context.Context, where *ObservationWhere, asOf indicator.Day, order ObservationOrder, request PageRequest, details Details,
) (*ObservationWalk, error) {
	if err := checkFirst(request.First, s.limits.Page); err != nil {
		return nil, err
	}
	selection, err := s.observationSelect(ctx, where, asOf)
	if err != nil {
		return nil, at(err, "where")
	}
	selection.Order = store.Order{By: orderKeys[order.By], Descending: order.Descending}
	(details | IdentityDetail).ask(&selection) // the walk goes on behind the last report that it has read
	if request.After != "" {
		if selection.After, err = s.decodePosition(request.After, &selection); err != nil {
			return nil, err
		}
	}
	return &ObservationWalk{session: s, selection: selection, most: request.First}, nil
}

// Count is the number of figures of the selection, those before the cursor included.
func (w *ObservationWalk) Count(ctx context.Context) (int, error) {
	tallies, err := w.session.count(ctx, w.selection)
	if err != nil {
		return 0, err
	}
	return int(tallies[0].Rows), nil
}

// Each hands the figures to visit, in order, until it fails or the context ends. It takes one engine query for some thousands of them.
func (w *ObservationWalk) Each(ctx context.Context, visit func(*Observation) error) error {
	selection := w.selection
	for left := w.most; left > 0; left -= selection.Limit {
		selection.Limit = min(left, walkedAtOnce, w.session.rowsLeft())
		rows, err := w.session.rows(ctx, selection)
		if err != nil {
			return err
		}
		w.session.budget.rows.Add(-int64(rows.Len())) // they are handed on, not kept
		seen := newWatch(ctx)
		for i := range rows.Len() {
			if err := seen.step(); err != nil {
				return err
			}
			if err := visit(w.session.observation(rows, i)); err != nil {
				return err
			}
		}
		if rows.Len() < selection.Limit {
			return nil
		}
		last := w.session.observation(rows, rows.Len()-1).position()
		selection.After = &last
	}
	return nil
}
