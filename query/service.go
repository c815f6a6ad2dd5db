package query

import (
	"context"
	"time"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Service opens sessions on the newest snapshot of an engine. It is safe for concurrent use.
type Service struct {
	Engine store.Engine
	Limits Limits
	// Now tells the time; ages of figures are measured from its UTC day.
	Now func() time.Time
}

// Open returns a session on the newest snapshot for the principal of the context and the function that ends it, to be called
// exactly once. A context without a principal is refused: whoever forgets to ask who is there must not show everything.
func (v *Service) Open(ctx context.Context) (*Session, func(), error) {
	principal, ok := access.Of(ctx)
	if !ok || !principal.May(access.Reader) {
		return nil, nil, indicator.Errorf(indicator.Unauthenticated, "nobody is known to ask")
	}
	snapshot, err := v.Engine.Pin(ctx)
	if err != nil {
		return nil, nil, err
	}
	return NewSession(snapshot, v.Limits, indicator.DayAt(v.Now())), snapshot.Release, nil
}

// Snapshot is a published state of the data.
type Snapshot struct {
	ID           string
	PublishedAt  time.Time
	Parent       string // empty for the first
	Load         *indicator.Load
	Observations int64
	Regions      int64
	Indicators   int64
	ContentHash  string
	Engine       string
}

func newSnapshot(m *store.Manifest, loads []indicator.Load) *Snapshot {
	snapshot := &Snapshot{
		ID: m.ID, PublishedAt: m.PublishedAt, Parent: m.Parent, Observations: m.Observations, Regions: m.Regions,
		Indicators: m.Indicators, ContentHash: m.ContentHash, Engine: m.Engine,
	}
	for i := range loads {
		if loads[i].ID == m.Load {
			snapshot.Load = &loads[i]
		}
	}
	return snapshot
}

// Snapshot describes the snapshot that the session answers from.
func (s *Session) Snapshot() *Snapshot { return newSnapshot(&s.contents.Manifest, s.contents.Loads) }

// Snapshots pages through all kept snapshots, newest first.
func (v *Service) Snapshots(ctx context.Context, session *Session, request PageRequest) (*Page[*Snapshot], error) {
	manifests, err := v.Engine.Manifests(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]*Snapshot, len(manifests))
	for i := range manifests {
		list[i] = newSnapshot(&manifests[i], session.contents.Loads)
	}
	return paginate(list, func(snapshot *Snapshot) string { return snapshot.ID }, request, v.Limits.Page)
}
