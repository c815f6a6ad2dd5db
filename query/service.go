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
	// Gate bounds the engine queries of all sessions together; nil for no bound.
	Gate *Gate
	// Now tells the time; ages of figures are measured from its UTC day.
	Now func() time.Time
	// Publications are announced when the engine serves another snapshot; nil if nobody tells.
	Publications *Publications
	// Bounds tells the engine's limits on memory and temporary space; nil if nobody does.
	Bounds func(ctx context.Context) store.Bounds

	views views
}

// Open returns a session on the newest snapshot for the principal of the context and the function that ends it, to be called
// exactly once. A context without a principal is refused: whoever forgets to ask who is there must not show everything.
func (v *Service) Open(ctx context.Context) (*Session, func(), error) {
	principal, err := principalOf(ctx)
	if err != nil {
		return nil, nil, err
	}
	snapshot, err := v.pin(ctx)
	if err != nil {
		return nil, nil, err
	}
	if !principal.Scope.Everything() {
		view, err := v.views.of(ctx, snapshot, principal.Scope)
		if err != nil {
			snapshot.Release()
			return nil, nil, err
		}
		snapshot = &scoped{snapshot, view}
	}
	session := NewSession(snapshot, v.Limits, indicator.DayAt(v.Now()))
	session.gate = v.Gate
	return session, snapshot.Release, nil
}

// pin pins the newest snapshot, of which everything can be asked: Open wraps it.
func (v *Service) pin(ctx context.Context) (store.Snapshot, error) { return v.Engine.Pin(ctx) }

// ScopeViews says of how many scopes it is kept what they show, how often that was there already, and how often it had to be made.
func (v *Service) ScopeViews() (scopes int, kept, made int64) {
	return v.views.size(), v.views.kept.Load(), v.views.made.Load()
}

// Serving is the identifier of the snapshot that Open opens now, whoever asks.
func (v *Service) Serving(ctx context.Context) (string, error) {
	snapshot, err := v.pin(ctx)
	if err != nil {
		return "", err
	}
	defer snapshot.Release()
	return snapshot.Contents().Manifest.ID, nil
}

func principalOf(ctx context.Context) (*access.Principal, error) {
	principal, ok := access.Of(ctx)
	if !ok || !principal.May(access.Reader) {
		return nil, indicator.Errorf(indicator.Unauthenticated, "nobody is known to ask")
	}
	return principal, nil
}

// Snapshot is a published state of the data. Its counts and its hash are of everything in it: a session that is shown a part
// leaves them out.
type Snapshot struct {
	ID           string
	PublishedAt  time.Time
	Parent       string // empty for the first
	Load         *indicator.Load
	Observations *int64
	Regions      *int64
	Indicators   *int64
	ContentHash  *string
	Engine       string
}

func (s *Session) newSnapshot(m *store.Manifest) *Snapshot {
	snapshot := &Snapshot{ID: m.ID, PublishedAt: m.PublishedAt, Parent: m.Parent, Engine: m.Engine}
	if !s.Scoped() {
		snapshot.Observations, snapshot.Regions, snapshot.Indicators = &m.Observations, &m.Regions, &m.Indicators
		snapshot.ContentHash = &m.ContentHash
	}
	for i := range s.contents.Loads {
		if s.contents.Loads[i].ID == m.Load {
			snapshot.Load = &s.contents.Loads[i]
		}
	}
	return snapshot
}

// SnapshotID is the identifier of the snapshot that the session answers from.
func (s *Session) SnapshotID() string { return s.contents.Manifest.ID }

// Snapshot describes the snapshot that the session answers from.
func (s *Session) Snapshot() *Snapshot { return s.newSnapshot(&s.contents.Manifest) }

// Snapshots pages through all kept snapshots, newest first.
func (v *Service) Snapshots(ctx context.Context, session *Session, request PageRequest) (*Page[*Snapshot], error) {
	manifests, err := v.Engine.Manifests(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]*Snapshot, len(manifests))
	for i := range manifests {
		list[i] = session.newSnapshot(&manifests[i])
	}
	return paginate(list, func(snapshot *Snapshot) string { return snapshot.ID }, request, v.Limits.Page)
}
