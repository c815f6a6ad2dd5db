package clickhouse

import (
	"regexp"
	"strings"
)

// idPattern is the form of a snapshot's id. Only what has it becomes part of a table's name.
var idPattern = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$`)

// The tables of a snapshot on each server, by what their names begin with. The figures and the contents are made under a loading name
// and renamed when they are complete, so that what has its name is never a part.
const (
	figurePrefix   = "figure_"   // the figures of the server's shard
	allPrefix      = "all_"      // those of all shards, through any server
	contentsPrefix = "contents_" // manifest, catalogue, loads and check results, the same on every server
	loadingPrefix  = "loading_"
)

// tables names the tables of one snapshot.
type tables struct {
	database, suffix string
}

func (e *Engine) tables(id string) tables {
	return tables{e.config.Database, strings.Replace(id, "-", "_", 1)}
}

func (t tables) figure() string   { return t.database + "." + figurePrefix + t.suffix }
func (t tables) all() string      { return t.database + "." + allPrefix + t.suffix }
func (t tables) contents() string { return t.database + "." + contentsPrefix + t.suffix }
func (t tables) loadingFigure() string {
	return t.database + "." + loadingPrefix + figurePrefix + t.suffix
}
func (t tables) loadingContents() string {
	return t.database + "." + loadingPrefix + contentsPrefix + t.suffix
}

// names are all of them, those that queries begin with last.
func (t tables) names() []string {
	return []string{t.loadingFigure(), t.loadingContents(), t.all(), t.contents(), t.figure()}
}

// idOf is the id of the snapshot that a table belongs to; false for a table that belongs to none. loading says that it is
// not complete.
func idOf(table string) (id string, loading, ok bool) {
	rest, loading := strings.CutPrefix(table, loadingPrefix)
	for _, prefix := range []string{figurePrefix, allPrefix, contentsPrefix} {
		if suffix, found := strings.CutPrefix(rest, prefix); found {
			id = strings.Replace(suffix, "_", "-", 1)
			return id, loading, idPattern.MatchString(id)
		}
	}
	return "", false, false
}

// createLoading are the statements that make the tables of a load.
func (t tables) createLoading() []string {
	columns := make([]string, len(figureTable))
	for i, c := range figureTable {
		columns[i] = c.name + " " + c.kind
	}
	return []string{
		// Parts are what a later load links instead of sending it again.
		"CREATE TABLE " + t.loadingFigure() + " (" + strings.Join(columns, ", ") + ") ENGINE = MergeTree PARTITION BY (is_current, part) " +
			"ORDER BY (indicator, slice, status, period_end, period_start, region)",
		"CREATE TABLE " + t.loadingContents() + " (kind String, ordinal Int32, body String) ENGINE = MergeTree ORDER BY (kind, ordinal)",
	}
}

// complete are the statements by which a snapshot gets its names on a server.
func (t tables) complete(cluster string) []string {
	_, figure, _ := strings.Cut(t.figure(), ".")
	return []string{
		"RENAME TABLE " + t.loadingFigure() + " TO " + t.figure(),
		"CREATE TABLE " + t.all() + " AS " + t.figure() + " ENGINE = Distributed(" + cluster + ", " + t.database + ", " + figure + ")",
		"RENAME TABLE " + t.loadingContents() + " TO " + t.contents(),
	}
}
