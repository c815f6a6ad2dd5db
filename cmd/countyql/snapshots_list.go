package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/report"
	"github.com/countyql/countyql/store"
)

// counts writes numbers with separated thousands.
var counts = message.NewPrinter(language.English)

// snapshotJSON is the JSON form of a snapshot.
type snapshotJSON struct {
	ID          string     `json:"id"`
	Published   bool       `json:"published"`
	Damaged     bool       `json:"damaged,omitempty"` // it cannot be read: the rest is missing
	PublishedAt *time.Time `json:"publishedAt,omitempty"`
	Parent      string     `json:"parent,omitempty"`
	Load        string     `json:"load,omitempty"`
	Figures     int64      `json:"figures"`
	Regions     int64      `json:"regions"`
	Indicators  int64      `json:"indicators"`
	ContentHash string     `json:"contentHash,omitempty"`
	Engine      string     `json:"engine,omitempty"`
}

func newSnapshotJSON(m *store.Manifest, published string) snapshotJSON {
	return snapshotJSON{
		ID: m.ID, Published: m.ID == published, PublishedAt: &m.PublishedAt, Parent: m.Parent, Load: m.Load,
		Figures: m.Observations, Regions: m.Regions, Indicators: m.Indicators, ContentHash: m.ContentHash, Engine: m.Engine,
	}
}

// snapshotsListCmd lists the snapshots.
type snapshotsListCmd struct{}

// Run lists them, newest first; those that cannot be read are listed too.
func (c *snapshotsListCmd) Run(a *app) error {
	return a.withKept(func(ctx context.Context, k *kept) error {
		manifests, err := k.engine.Manifests(ctx)
		if err != nil {
			return err
		}
		list := make([]snapshotJSON, len(k.ids))
		for i, id := range k.ids {
			at := slices.IndexFunc(manifests, func(m store.Manifest) bool { return m.ID == id })
			if at < 0 {
				list[i] = snapshotJSON{ID: id, Published: id == k.published, Damaged: true}
				continue
			}
			list[i] = newSnapshotJSON(&manifests[at], k.published)
		}
		if a.JSON {
			return writeJSON(a.stdout, list)
		}
		writeSnapshots(a.stdout, list, a.Store)
		return nil
	})
}

// writeSnapshots writes a table that fits into eighty columns.
func writeSnapshots(w io.Writer, list []snapshotJSON, dir string) {
	if len(list) == 0 {
		fmt.Fprintf(w, "no snapshots in %s\n", dir)
		return
	}
	fmt.Fprintln(w, "  SNAPSHOT                   PUBLISHED (UTC)       FIGURES  REGIONS  INDICATORS")
	published := false
	for _, s := range list {
		mark := " "
		if s.Published {
			mark, published = "*", true
		}
		if s.Damaged {
			fmt.Fprintf(w, "%s %-25s  cannot be read: countyql snapshots verify says why\n", mark, s.ID)
			continue
		}
		fmt.Fprintf(w, "%s %-25s  %s  %12s  %7s  %10s\n", mark, s.ID, s.PublishedAt.UTC().Format("2006-01-02 15:04"),
			counts.Sprint(s.Figures), counts.Sprint(s.Regions), counts.Sprint(s.Indicators))
	}
	if !published {
		fmt.Fprintln(w, "none is published: countyql snapshots publish ID")
	}
}

// snapshotsShowCmd describes a snapshot.
type snapshotsShowCmd struct {
	ID string `arg:"" default:"current" help:"The snapshot (default ${default})."`
}

// shownJSON is the JSON form of a snapshot described as a whole.
type shownJSON struct {
	snapshotJSON
	LoadDetails *loadJSON `json:"loadDetails,omitempty"`
	Loads       int       `json:"loads"` // all that led to it
	Checks      struct {
		Passed int `json:"passed"`
		Failed int `json:"failed"`
	} `json:"checks"`
}

type loadJSON struct {
	ID         string        `json:"id"`
	StartedAt  time.Time     `json:"startedAt"`
	FinishedAt time.Time     `json:"finishedAt"`
	Added      int64         `json:"added"`
	Revised    int64         `json:"revised"` // withdrawn ones included
	Withdrawn  int64         `json:"withdrawn"`
	Unchanged  int64         `json:"unchanged"`
	Rejected   int64         `json:"rejected"`
	Files      []report.File `json:"files"`
}

// Run describes the snapshot.
func (c *snapshotsShowCmd) Run(a *app) error {
	return a.withKept(func(ctx context.Context, k *kept) error {
		id, err := k.find(ctx, c.ID)
		if err != nil {
			return err
		}
		snapshot, err := k.engine.Open(ctx, id)
		if err != nil {
			return err
		}
		defer snapshot.Release()
		described := describe(snapshot.Contents(), k.published)
		if a.JSON {
			return writeJSON(a.stdout, described)
		}
		writeSnapshot(a.stdout, described)
		return nil
	})
}

func describe(contents *store.Contents, published string) *shownJSON {
	s := &shownJSON{snapshotJSON: newSnapshotJSON(&contents.Manifest, published), Loads: len(contents.Loads)}
	for _, result := range contents.Checks {
		if result.Status == indicator.Passed {
			s.Checks.Passed++
		} else {
			s.Checks.Failed++
		}
	}
	at := slices.IndexFunc(contents.Loads, func(l indicator.Load) bool { return l.ID == contents.Manifest.Load })
	if at < 0 {
		return s
	}
	l := &contents.Loads[at]
	s.LoadDetails = &loadJSON{
		ID: l.ID, StartedAt: l.StartedAt, FinishedAt: l.FinishedAt, Added: l.Added, Revised: l.Revised, Withdrawn: l.Withdrawn,
		Unchanged: l.Unchanged, Rejected: l.Rejected, Files: []report.File{},
	}
	for _, f := range l.Files {
		s.LoadDetails.Files = append(s.LoadDetails.Files, report.File(f))
	}
	return s
}

// writeSnapshot writes a snapshot line by line.
func writeSnapshot(w io.Writer, s *shownJSON) {
	line := func(label, format string, args ...any) {
		fmt.Fprintf(w, "%-11s %s\n", label, counts.Sprintf(format, args...))
	}
	state := ""
	if s.Published {
		state = ", the published one"
	}
	line("snapshot", "%s%s", s.ID, state)
	line("published", "%s UTC", s.PublishedAt.UTC().Format(time.DateTime))
	if s.Parent == "" {
		line("built from", "nothing")
	} else {
		line("built from", "%s, by %s in all", s.Parent, indicator.Counted(s.Loads, "load"))
	}
	line("figures", "%d of %s and %s", s.Figures, indicator.Counted(s.Regions, "region"), indicator.Counted(s.Indicators, "indicator"))
	if l := s.LoadDetails; l != nil {
		line("load", "%s, %.1f s", l.ID, l.FinishedAt.Sub(l.StartedAt).Seconds())
		line("", "%d added, %d revised, %d withdrawn, %d unchanged, %d rejected", l.Added, l.Revised-l.Withdrawn, l.Withdrawn, l.Unchanged, l.Rejected)
		for i, f := range l.Files {
			label := ""
			if i == 0 {
				label = "files"
			}
			line(label, "%s: %s, %s", f.Name, indicator.Counted(f.Rows, "row"), indicator.Counted(f.Bytes, "byte"))
		}
	}
	line("checks", "%d passed, %d failed", s.Checks.Passed, s.Checks.Failed)
	line("content", "%s", s.ContentHash)
	line("engine", "%s", s.Engine)
}
