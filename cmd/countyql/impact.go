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

// impactJSON is the JSON form of what publishing a batch would change.
type impactJSON struct {
	Figures    []figureMoveJSON      `json:"figures"` // those that would move most
	Moved      int64                 `json:"moved"`   // all that would move
	Ranks      []rankMoveJSON        `json:"ranks"`
	RanksMoved int64                 `json:"ranksMoved"`
	Indicators []indicatorImpactJSON `json:"indicators"`
}

type figureJSON struct {
	Indicator string `json:"indicator"`
	Region    string `json:"region"`
	Slice     string `json:"slice"`
	Period    string `json:"period"`
	Status    string `json:"status"`
}

type figureMoveJSON struct {
	figureJSON
	Unit    string  `json:"unit"`
	Old     float64 `json:"old"`
	New     float64 `json:"new"`
	Derived bool    `json:"derived"`
	// Percent is the change in percent of old, null where that is 0; rates have Points instead.
	Percent *float64 `json:"percent,omitempty"`
	Points  *float64 `json:"points,omitempty"`
}

type rankMoveJSON struct {
	figureJSON
	Level string `json:"level"`
	Old   int    `json:"old"`
	OldOf int    `json:"oldOf"`
	New   int    `json:"new"`
	NewOf int    `json:"newOf"`
}

type indicatorImpactJSON struct {
	Indicator     string `json:"indicator"`
	Added         int64  `json:"added"`
	Moved         int64  `json:"moved"`
	Gone          int64  `json:"gone"`
	RegionsBefore int64  `json:"regionsBefore"`
	RegionsAfter  int64  `json:"regionsAfter"`
}

func newFigure(k indicator.ObservationKey) figureJSON {
	return figureJSON{k.Indicator, k.Region, k.Slice, k.Period, k.Status.String()}
}

func newImpact(i *loader.Impact) *impactJSON {
	if i == nil {
		return nil
	}
	result := &impactJSON{
		Figures: []figureMoveJSON{}, Moved: i.Moved, Ranks: []rankMoveJSON{}, RanksMoved: i.RanksMoved, Indicators: []indicatorImpactJSON{},
	}
	for _, f := range i.Figures {
		move := figureMoveJSON{figureJSON: newFigure(f.Key), Unit: f.Unit, Old: f.Old, New: f.New, Derived: f.Derived}
		switch {
		case f.Points:
			move.Points = &f.Change
		case !math.IsNaN(f.Change):
			move.Percent = &f.Change
		}
		result.Figures = append(result.Figures, move)
	}
	for _, r := range i.Ranks {
		result.Ranks = append(result.Ranks, rankMoveJSON{newFigure(r.Key), r.Level.String(), r.Old, r.OldOf, r.New, r.Of})
	}
	for _, c := range i.Indicators {
		result.Indicators = append(result.Indicators, indicatorImpactJSON(c))
	}
	return result
}

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
