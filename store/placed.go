package store

import (
	"context"

	"github.com/countyql/countyql/indicator"
)

// Placed is what a Reader is besides if it can read current figures by their place in natural order, which takes less than
// selecting and sorting them.
type Placed interface {
	// Series counts the current figures of each indicator, slice and status that has any, in natural order: each series takes
	// the places behind the one before.
	Series(ctx context.Context) ([]Series, error)
	// Range returns the current figures at the places from, counting from 0, up to and without to; fewer where there are no
	// more.
	Range(ctx context.Context, from, to int64) (*Rows, error)
}

// Series is the current figures of an indicator, slice and status.
type Series struct {
	Indicator, Slice int32
	Status           indicator.Status
	Rows             int64
}
