package clickhouse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
	"github.com/countyql/countyql/store/statement"
)

// formatVersion is the version of the tables of a snapshot. Those of another version are refused.
const formatVersion = 1

// FormatError says that a snapshot was written in a format this program does not read.
type FormatError struct {
	ID      string
	Version int
}

// Error names the snapshot and both versions.
func (e *FormatError) Error() string {
	return fmt.Sprintf("snapshot %s has format version %d and this program reads version %d: use the countyql that wrote it, or load the data into a new database",
		e.ID, e.Version, formatVersion)
}

// The kinds of documents beside those of the catalogue.
const (
	kindManifest = "manifest"
	kindLoad     = "load"
	kindResult   = "check_result"
)

// manifest is what a snapshot says of itself.
type manifest struct {
	Format int
	store.Manifest
	Figures content.Digest // of the reported figures
	Parts   []storedPart
	Shards  int // regions are spread over so many
}

// storedPart is a part and what each shard holds of it.
type storedPart struct {
	content.Part
	Shards []holding
}

// holding is what a server holds of a part: rows and a sum of their hashes, the same on all replicas.
type holding struct {
	Rows  int64
	Check uint64
}

// handle is an open snapshot. Its tables stay while anything refers to it.
type handle struct {
	engine    *Engine
	contents  *store.Contents
	manifest  *manifest
	documents []content.Document // the encoded catalogue
	dialect   *statement.Dialect
	refs      int // guarded by Engine.mu
}

// pinned is one pin of a handle.
type pinned struct {
	*handle
	once sync.Once
}

var (
	_ store.Snapshot = (*pinned)(nil)
	_ content.Whole  = (*pinned)(nil)
)

// Contents returns the catalogue, loads and check results.
func (h *handle) Contents() *store.Contents { return h.contents }

// Digest is that of the reported figures.
func (h *handle) Digest() content.Digest { return h.manifest.Figures }

// Release gives the pin back; only the first time counts.
func (p *pinned) Release() { p.once.Do(func() { p.engine.release(p.handle) }) }

// openSnapshot reads everything of a snapshot but its figures. It returns a *store.DamagedError for one that is not what the id says.
func (e *Engine) openSnapshot(ctx context.Context, id string) (*handle, error) {
	byKind, err := e.readDocuments(ctx, id, "")
	if err != nil {
		return nil, err
	}
	h, err := e.newHandle(id, byKind)
	var format *FormatError
	if err != nil && !errors.As(err, &format) {
		return nil, &store.DamagedError{ID: id, Err: err}
	}
	return h, err
}

func (e *Engine) newHandle(id string, byKind map[string][]content.Document) (*handle, error) {
	m, err := decodeManifest(id, byKind[kindManifest])
	if err != nil {
		return nil, err
	}
	h := &handle{engine: e, manifest: m, contents: &store.Contents{Manifest: m.Manifest}}
	if h.contents.Loads, err = content.DecodeResults[indicator.Load](byKind[kindLoad]); err != nil {
		return nil, err
	}
	if h.contents.Checks, err = content.DecodeResults[indicator.CheckResult](byKind[kindResult]); err != nil {
		return nil, err
	}
	for kind, documents := range byKind {
		if kind != kindManifest && kind != kindLoad && kind != kindResult {
			h.documents = append(h.documents, documents...)
		}
	}
	rows, err := content.DecodeCatalog(h.documents)
	if err != nil {
		return nil, err
	}
	if h.contents.Catalog, err = catalog.New(rows); err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	t := e.tables(id)
	h.dialect = statement.ClickHouse(t.all(), t.figure(), content.PartOf)
	return h, nil
}

// readDocuments reads the contents of a snapshot, all of them or those of one kind.
func (e *Engine) readDocuments(ctx context.Context, id, kind string) (map[string][]content.Document, error) {
	if !idPattern.MatchString(id) {
		return nil, &store.DamagedError{ID: id, Err: errors.New("this is no id of a snapshot")}
	}
	sql := "SELECT kind, ordinal, body FROM " + e.tables(id).contents()
	if kind != "" {
		sql += " WHERE kind = " + quoted(kind)
	}
	var byKind map[string][]content.Document
	err := e.ask(ctx, func(s *server) error {
		byKind = make(map[string][]content.Document)
		return s.query(ctx, e.config.limits(ctx), sql, func(scan func(...any) error) error {
			var d content.Document
			err := scan(&d.Kind, &d.Ordinal, &d.Body)
			byKind[d.Kind] = append(byKind[d.Kind], d)
			return err
		})
	})
	if lacks(err) {
		return nil, &store.DamagedError{ID: id, Err: err}
	}
	return byKind, err
}

// decodeManifest reads a manifest. The version is read first: the rest of another version may mean anything.
func decodeManifest(id string, documents []content.Document) (*manifest, error) {
	if len(documents) != 1 {
		return nil, fmt.Errorf("it has %d manifests", len(documents))
	}
	var m manifest
	var version struct{ Format int }
	if err := json.Unmarshal([]byte(documents[0].Body), &version); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	if version.Format != formatVersion {
		return nil, &FormatError{ID: id, Version: version.Format}
	}
	if err := json.Unmarshal([]byte(documents[0].Body), &m); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	if m.ID != id {
		return nil, fmt.Errorf("it describes itself as %s", m.ID)
	}
	return &m, nil
}

// encode writes the contents of a snapshot as documents.
func (m *manifest) encode(c *store.Contents) ([]content.Document, error) {
	m.Format = formatVersion
	body, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode the manifest: %w", err)
	}
	documents, err := content.EncodeCatalog(c.Catalog.Tables())
	if err != nil {
		return nil, err
	}
	loads, err := content.EncodeResults(c.Loads)
	if err != nil {
		return nil, err
	}
	checks, err := content.EncodeResults(c.Checks)
	if err != nil {
		return nil, err
	}
	for i := range loads {
		loads[i].Kind = kindLoad
	}
	for i := range checks {
		checks[i].Kind = kindResult
	}
	documents = append(documents, loads...)
	documents = append(documents, checks...)
	return append(documents, content.Document{Kind: kindManifest, Body: string(body)}), nil
}
