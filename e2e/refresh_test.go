package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/countyql/countyql/data"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store/duckdb"
)

// While loads publish one snapshot after another, every request is answered, from one snapshot from start to end: the number
// aggregated, the figure behind it and the number compared are the same, and never older than one seen before.
func TestRefresh_NoRequestFailsOrMixes(t *testing.T) {
	const revisions = 5
	dir := t.TempDir()
	load := func(teams int) {
		t.Helper()
		engine, err := duckdb.Open(dir, duckdb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer engine.Close()
		bundled := loader.Loader{Engine: engine, Logger: slog.New(slog.DiscardHandler)}
		if _, err := bundled.Load(t.Context(), loader.Input{Name: "revision", FS: withTeams(t, teams)}); err != nil {
			t.Fatal(err)
		}
	}
	load(1)
	engine, err := duckdb.Open(dir, duckdb.Options{Poll: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var background sync.WaitGroup
	background.Go(func() {
		if err := engine.Follow(ctx); err != nil {
			t.Error(err)
		}
	})
	service := &query.Service{Engine: engine, Limits: query.DefaultLimits(), Now: time.Now}
	listening := httptest.NewServer(server.New(service, server.Options{Logger: slog.New(slog.DiscardHandler)}))
	newest := make(chan int, 1) // closed by the first client that sees the last revision
	var once sync.Once
	for range 3 {
		background.Go(func() {
			for seen := 0; ctx.Err() == nil; {
				teams, err := askTeams(ctx, listening.URL)
				if ctx.Err() != nil {
					return
				}
				if err != nil || teams < seen {
					t.Errorf("%d teams after %d: %v", teams, seen, err)
					return
				}
				if seen = teams; teams == revisions {
					once.Do(func() { close(newest) })
				}
			}
		})
	}
	for teams := 2; teams <= revisions; teams++ {
		load(teams)
	}
	select {
	case <-newest:
	case <-time.After(time.Minute):
		t.Error("the last revision is never served")
	}
	stop()
	background.Wait()
	listening.Close()
	if err := engine.Close(); err != nil {
		t.Error(err)
	}
}

// withTeams is the bundled package with a report of each revision of one figure up to the given one.
func withTeams(t *testing.T, teams int) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(data.FS, "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(data.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	for revision := 1; revision <= teams; revision++ {
		row := fmt.Sprintf("140403,volunteer_teams,,2021-01-01,ACTUAL,%d,,EXACT,,,,,,sichuan_daily_2020_03_11,2021-01-%02d,false,,\n", revision, revision)
		files["observations.csv"].Data = append(files["observations.csv"].Data, row...)
	}
	return files
}

// askTeams returns the number of teams, or an error unless every part of the answer agrees on it.
func askTeams(ctx context.Context, url string) (int, error) {
	const document = `{
		aggregate(input: {indicators: ["volunteer_teams"], regions: {codes: ["140403"]}}) { groups { value observations { nodes { value } } } snapshot { id } }
		compare(input: {indicators: ["volunteer_teams"], display: {codes: ["140403"]}}) { indicators { entries { value } } snapshot { id } }
		snapshot { id }
	}`
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	type valued struct{ Value int }
	type identified struct{ ID string }
	var answer struct {
		Data struct {
			Aggregate struct {
				Groups []struct {
					Value        int
					Observations struct{ Nodes []valued }
				}
				Snapshot identified
			}
			Compare struct {
				Indicators []struct{ Entries []valued }
				Snapshot   identified
			}
			Snapshot identified
		}
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return 0, fmt.Errorf("%w in %s", err, text)
	}
	d := answer.Data
	if len(d.Aggregate.Groups) != 1 || len(d.Compare.Indicators) != 1 || len(d.Compare.Indicators[0].Entries) != 1 ||
		len(d.Aggregate.Groups[0].Observations.Nodes) != 1 {
		return 0, fmt.Errorf("incomplete: %d %s", response.StatusCode, text)
	}
	teams := d.Aggregate.Groups[0].Value
	if d.Compare.Indicators[0].Entries[0].Value != teams || d.Aggregate.Groups[0].Observations.Nodes[0].Value != teams ||
		d.Aggregate.Snapshot != d.Snapshot || d.Compare.Snapshot != d.Snapshot {
		return 0, fmt.Errorf("mixed: %s", text)
	}
	return teams, nil
}
