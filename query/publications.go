package query

import (
	"context"
	"sync"
)

// Publications tells those who wait that the engine has begun to serve another snapshot. It keeps nothing for anybody: whoever
// is slow finds the newest snapshot, and misses those in between.
type Publications struct {
	mu   sync.Mutex
	next chan struct{} // closed by the next announcement
}

// NewPublications returns publications without subscribers.
func NewPublications() *Publications { return &Publications{next: make(chan struct{})} }

// Announce wakes everybody who waits. It does not block.
func (p *Publications) Announce() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.next)
	p.next = make(chan struct{})
}

func (p *Publications) wait() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.next
}

// Published sends each snapshot that is served from now on, as the context's principal sees it, until the context ends or it may
// not be seen any more; then the channel is closed. The snapshot is not pinned while it is waited for. Without Publications
// nothing is ever sent.
func (v *Service) Published(ctx context.Context) (<-chan *Snapshot, error) {
	if _, err := principalOf(ctx); err != nil {
		return nil, err
	}
	snapshots := make(chan *Snapshot)
	var announced <-chan struct{}
	if v.Publications != nil {
		announced = v.Publications.wait()
	}
	seen := ""
	if snapshot, err := v.served(ctx); err == nil {
		seen = snapshot.ID
	}
	go func() {
		defer close(snapshots)
		for {
			select {
			case <-announced:
			case <-ctx.Done():
				return
			}
			var err error
			if seen, announced, err = v.sendNewest(ctx, seen, snapshots); err != nil {
				return
			}
		}
	}()
	return snapshots, nil
}

// sendNewest sends the snapshot that is served unless it has been seen. While nobody takes it, it gives way to newer ones. It
// returns the identifier of the one seen and what is announced next.
func (v *Service) sendNewest(ctx context.Context, seen string, to chan<- *Snapshot) (string, <-chan struct{}, error) {
	for {
		announced := v.Publications.wait() // before looking, so that nothing is missed
		snapshot, err := v.served(ctx)
		if err != nil || snapshot.ID == seen {
			return seen, announced, err
		}
		select {
		case to <- snapshot:
			return snapshot.ID, announced, nil
		case <-announced:
		case <-ctx.Done():
			return seen, announced, ctx.Err()
		}
	}
}

// served is the snapshot that is served now.
func (v *Service) served(ctx context.Context) (*Snapshot, error) {
	session, release, err := v.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	return session.Snapshot(), nil
}
