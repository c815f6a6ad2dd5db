package loader

import (
	"context"
	"errors"

	"github.com/countyql/countyql/store"
)

// begin starts a load and waits for another one to end for as long as the options say.
func (l *Loader) begin(ctx context.Context) (store.Writer, error) {
	if l.Options.Wait == 0 {
		return l.Engine.Begin(ctx)
	}
	waiting := ctx
	if l.Options.Wait > 0 {
		limited, stop := context.WithTimeout(ctx, l.Options.Wait)
		defer stop()
		waiting = limited
	}
	writer, err := store.BeginWait(waiting, l.Engine, l.Options.Waiting)
	var locked *store.LockedError
	if ctx.Err() == nil && errors.As(err, &locked) {
		return nil, locked // the wait is over, not the run
	}
	return writer, err
}
