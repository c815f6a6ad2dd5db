package store

import (
	"context"
	"time"
)

// Executed is a query of a Select or Count that an engine has carried out, as those are told who measure.
type Executed struct {
	SQL  string
	Took time.Duration
	Rows int   // returned
	Err  error // nil if it succeeded
	// Explain returns the engine's plan of the query without running it. It may be called until whoever was told returns.
	Explain func(ctx context.Context) (string, error)
}
