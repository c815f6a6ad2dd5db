package store

import "context"

// Walker is what a Reader is besides if it can show figures as it reads them, so that however many there are, they are never all in
// memory.
type Walker interface {
	// Walk shows what Select would return, in stretches in natural order, until see returns an error, which it returns then. A stretch is good
	// until see returns. The selection must not ask for evidence, vintages, an order, a part of the rows or a cap.
	Walk(ctx context.Context, s Select, see func(*Stretch) error) error
}

// Walk shows the figures of a selection as a Walker does. If the reader is none, they are selected first.
func Walk(ctx context.Context, r Reader, s Select, see func(*Stretch) error) error {
	if w, ok := r.(Walker); ok {
		return w.Walk(ctx, s, see)
	}
	rows, err := r.Select(ctx, s)
	if err != nil {
		return err
	}
	stretches := rows.Stretches()
	for i := range stretches {
		if err := see(&stretches[i]); err != nil {
			return err
		}
	}
	return nil
}
