package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// kept is an engine with earlier snapshots.
type kept struct {
	*shelf
	manifests []store.Manifest
}

func (k kept) Manifests(context.Context) ([]store.Manifest, error) { return k.manifests, nil }

// Three loads: the first brings a, b and c; the second revises a, takes b back, fills in an older report of c and adds another
// month of a; the third revises that month and adds an older report of it.
func TestChanges(t *testing.T) {
	t.Parallel()
	s := newShelf(t, []store.Report{
		put(shelfPart, shelfA, "2020-01", 1), put(shelfPart, shelfB, "2020-01", 2), put(shelfPart, shelfC, "2020-01", 3),
	}, []store.Report{
		put(shelfPart, shelfA, "2020-01", 11, on("2020-03-01")),
		put(shelfPart, shelfB, "2020-01", 0, on("2020-03-01"), withdrawn),
		put(shelfPart, shelfC, "2020-01", 13, on("2020-01-31")),
		put(shelfPart, shelfA, "2020-02", 4, on("2020-03-01")),
	}, []store.Report{
		put(shelfPart, shelfA, "2020-02", 5, on("2020-04-01")),
		put(shelfPart, shelfA, "2020-02", 6, on("2020-02-29")),
	})
	s.contents.Manifest.Parent = "before"
	service := &Service{Engine: s, Limits: DefaultLimits()}
	for _, test := range []struct {
		since string
		from  int32
		want  []string
	}{
		{"the first", 1, []string{
			"REVISED a 2020-01 11 after 1", "WITHDRAWN b 2020-01 - after 2", "REVISED c 2020-01 13",
			"REVISED a 2020-02 6", "ADDED a 2020-02 4 after 6", "REVISED a 2020-02 5 after 4",
		}},
		{"before", 2, []string{"REVISED a 2020-02 6", "REVISED a 2020-02 5 after 4"}},
		{"now", 3, nil},
	} {
		t.Run(test.since, func(t *testing.T) {
			manifests := []store.Manifest{{ID: "the first", Load: "A"}, {ID: "of another line", Load: "Z"}}
			service := &Service{Engine: kept{s, manifests}, Limits: service.Limits}
			page, err := service.Changes(t.Context(), s.session(), test.since, PageRequest{First: 100})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range page.Nodes {
				o := c.Observation
				line := fmt.Sprintf("%s %s %s ", []string{"ADDED", "REVISED", "WITHDRAWN"}[c.Kind], o.Region.Code, o.Period)
				if line += "-"; o.Value != nil {
					line = fmt.Sprintf("%s%v", line[:len(line)-1], *o.Value)
				}
				if c.Previous != nil {
					line += fmt.Sprintf(" after %v", *c.Previous.Value)
				}
				got = append(got, line)
			}
			slices.Sort(got)
			slices.Sort(test.want)
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if n, err := page.Count(t.Context()); err != nil || n != len(test.want) {
				t.Errorf("%d in all, %v", n, err)
			}
		})
	}
	var typed *indicator.Error
	_, err := service.Changes(t.Context(), s.session(), "of another line", PageRequest{First: 1})
	if !errors.As(err, &typed) || typed.Code != indicator.InvalidInput || !slices.Equal(typed.Suggestions, []string{"now", "before"}) {
		t.Errorf("a snapshot of another line: %v", err)
	}
}
