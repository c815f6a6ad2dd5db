package loader

import (
	"context"
	"errors"
	"time"

	"github.com/countyql/countyql/store"
)

// lockInterval is how often a waiting load asks for the store.
const lockInterval = 250 * time.Millisecond

// begin starts a load and waits for another one to end for as long as the options say.
func (l *Loader) begin(ctx context.Context) (store.Writer, error) {
	var expired <-chan time.Time
	if l.Options.Wait > 0 {
		timer := time.NewTimer(l.Options.Wait)
		defer timer.Stop()
		expired = timer.C
	}
	again := time.NewTicker(lockInterval)
	defer again.Stop()
	for {
		writer, err := l.Engine.Begin(ctx)
		var locked *store.LockedError
		if err == nil || l.Options.Wait == 0 || !errors.As(err, &locked) {
			return writer, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-expired:
			return nil, err
		case <-again.C:
		}
	}
}
