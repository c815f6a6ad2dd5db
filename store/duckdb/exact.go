package duckdb

import (
	"context"
	"fmt"
)

// inexactIndicators are those that have current figures that are not exact. They are looked for once; most blocks are left out by what the file says
// of them.
func (r *reader) inexactIndicators(ctx context.Context) (map[int32]bool, error) {
	if known := r.inexact.Load(); known != nil {
		return *known, nil
	}
	res, err := r.query(ctx, r.lane != nil, r.dialect().Inexact())
	if err != nil {
		return nil, fmt.Errorf("find inexact figures: %w", err)
	}
	defer res.close()
	s := &scanner{result: res}
	inexact := make(map[int32]bool, res.rows)
	for _, indicator := range next[int32](s) {
		inexact[indicator] = true
	}
	if s.err != nil {
		return nil, fmt.Errorf("find inexact figures: %w", s.err)
	}
	r.inexact.Store(&inexact)
	return inexact, nil
}
