package duckdb

import (
	"encoding/json"
	"fmt"

	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
)

// The versions of the tables and encodings in a snapshot file. A file of another version is refused.
const (
	formatVersion = 3
	// tailVersion is that of files with figures behind those in order, which programs that know the other version alone would misplace.
	tailVersion = 4
)

// FormatError says that a snapshot file was written in a format this program does not read.
type FormatError struct {
	Path    string
	Version int
}

// Error names the file and both versions.
func (e *FormatError) Error() string {
	return fmt.Sprintf("snapshot file %s has format version %d and this program reads versions %d to %d: use the countyql that wrote it, or load the data into a new store",
		e.Path, e.Version, formatVersion, tailVersion)
}

// manifest is the manifest row of a snapshot file.
type manifest struct {
	Format int
	store.Manifest
	// Figures is the digest of the reported figures alone, which the next load continues.
	Figures content.Digest
	Tail    tail `json:",omitzero"`
}

// tail counts the rows at the end of each table of figures that a small load put there: they are in natural order among themselves,
// behind the others, which are so too. It is written together with them.
type tail struct {
	Current, Past int64
}

// of is that of the current figures, or of the others.
func (t tail) of(current bool) int64 {
	if current {
		return t.Current
	}
	return t.Past
}

// version is that of a file with such rows.
func (t tail) version() int {
	if t == (tail{}) {
		return formatVersion
	}
	return tailVersion
}

// decodeManifest reads a manifest row. The version is read first: the rest of another version may mean anything.
func decodeManifest(path, body string) (manifest, error) {
	var version struct{ Format int }
	if err := json.Unmarshal([]byte(body), &version); err != nil {
		return manifest{}, fmt.Errorf("snapshot file %s: manifest: %w", path, err)
	}
	if version.Format != formatVersion && version.Format != tailVersion {
		return manifest{}, &FormatError{Path: path, Version: version.Format}
	}
	var m manifest
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return manifest{}, fmt.Errorf("snapshot file %s: manifest: %w", path, err)
	}
	return m, nil
}
