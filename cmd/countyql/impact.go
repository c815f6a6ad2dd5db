package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader"
)

// writeImpact tells people what publishing would change.
func writeImpact(w io.Writer, i *loader.Impact) {
	if len(i.Indicators) > 0 {
		fmt.Fprintln(w, "current figures:")
	}
	for n, c := range i.Indicators {
		if n == loader.MaxMoves {
			fmt.Fprintf(w, "  … and %d more indicators\n", len(i.Indicators)-n)
			break
		}
		fmt.Fprintf(w, "  %s: %d added, %d moved, %d gone; regions: %d -> %d\n",
			c.Indicator, c.Added, c.Moved, c.Gone, c.RegionsBefore, c.RegionsAfter)
	}
	if len(i.Figures) > 0 {
		fmt.Fprintf(w, "figures that would move most (%d of %d):\n", len(i.Figures), i.Moved)
	}
	for _, f := range i.Figures {
		derived := ""
		if f.Derived {
			derived = ", derived"
		}
		fmt.Fprintf(w, "  %s: %s -> %s %s (%s%s)\n", sentence(f.Key), number(f.Old), number(f.New), f.Unit, change(f), derived)
	}
	if len(i.Ranks) > 0 {
		fmt.Fprintf(w, "ranks that would move most (%d of %d):\n", len(i.Ranks), i.RanksMoved)
	}
	for _, r := range i.Ranks {
		fmt.Fprintf(w, "  %s: %d of %d -> %d of %d\n", sentence(r.Key), r.Old, r.OldOf, r.New, r.Of)
	}
}

// sentence names a figure: grids 370105 households=lt_100 2020-03-30. The usual status goes without saying.
func sentence(k indicator.ObservationKey) string {
	parts := []string{k.Indicator, k.Region}
	if k.Slice != "" {
		parts = append(parts, k.Slice)
	}
	parts = append(parts, k.Period)
	if k.Status != indicator.Actual {
		parts = append(parts, k.Status.String())
	}
	return strings.Join(parts, " ")
}

func number(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }

func change(f loader.FigureMove) string {
	switch {
	case f.Points:
		return fmt.Sprintf("%+.4g points", f.Change)
	case math.IsNaN(f.Change):
		return "from nothing"
	}
	return fmt.Sprintf("%+.4g %%", f.Change)
}
