package resident

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/countyql/countyql/store"
)

// shared rolls up what is in memory of a selection, indicator by indicator, and has the backing engine roll up the rest.
func (f *fold) shared(ctx context.Context, folder store.Folder, selection *store.Select) (bool, error) {
	rest, most := *selection, selection.Cap
	if here, elsewhere := f.snapshot.held(selection); len(here) > 0 {
		one := *selection
		one.Indicators = here
		if q, there := f.snapshot.askFor(&one, false); there {
			defer f.snapshot.done(q)
			if err := q.pickAll(ctx); err != nil {
				return false, err
			}
			f.figures, rest.Indicators = q.count, elsewhere
			if most > 0 && q.count > most {
				return false, &store.RowCapError{Cap: most}
			}
			if ok, err := f.asked(ctx, q); !ok || err != nil {
				return false, err
			}
		}
	}
	if most > 0 {
		rest.Cap = max(1, most-f.figures) // none would be no cap
	}
	ok, err := f.elsewhere(&rest, func() (*store.Folded, bool, error) { return folder.Fold(ctx, rest) })
	var capped *store.RowCapError
	switch {
	case errors.As(err, &capped), ok && most > 0 && f.figures > most:
		return false, &store.RowCapError{Cap: most}
	case !ok || err != nil:
		return false, err
	}
	slices.SortStableFunc(f.stretches, compareSeries)
	return true, nil
}

// elsewhere adds what a selection rolls up to that is not in memory: what is kept of it, or else what it is made to.
func (f *fold) elsewhere(selection *store.Select, roll func() (*store.Folded, bool, error)) (bool, error) {
	s := f.snapshot
	folded, err := s.engine.kept(s.holding, selection)
	if err != nil {
		return false, err
	}
	if folded == nil {
		s.missed(selection)
		var ok bool
		if folded, ok, err = roll(); !ok || err != nil {
			return false, err
		}
		s.engine.keepFold(s.holding, selection, folded)
	}
	f.figures += folded.Figures
	f.stretches = append(f.stretches, folded.Stretches...)
	return true, nil
}

// held divides the indicators of a selection by whether all of their series are in memory. One without any is not.
func (s *snapshot) held(selection *store.Select) (here, elsewhere []int32) {
	if s.holding == nil {
		return nil, nil
	}
	entries := s.holding.find(selection, nil)
	s.engine.mu.Lock()
	defer s.engine.mu.Unlock()
	for from := 0; from < len(entries); {
		of, all := entries[from].indicator, true
		for ; from < len(entries) && entries[from].indicator == of; from++ {
			all = all && entries[from].block != nil
		}
		if all {
			here = append(here, of)
		} else {
			elsewhere = append(elsewhere, of)
		}
	}
	if len(elsewhere) == 0 { // they have come in the meantime, and no list of them would be all of them
		return nil, nil
	}
	return here, elsewhere
}

// compareSeries compares what stretches are about.
func compareSeries(a, b store.Stretch) int {
	return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Slice, b.Slice), cmp.Compare(a.Status, b.Status))
}
