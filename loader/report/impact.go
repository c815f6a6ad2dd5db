package report

import (
	"math"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader"
)

// Impact is the JSON form of what publishing a batch would change.
type Impact struct {
	Figures    []FigureMove      `json:"figures"` // those that would move most
	Moved      int64             `json:"moved"`   // all that would move
	Ranks      []RankMove        `json:"ranks"`
	RanksMoved int64             `json:"ranksMoved"`
	Indicators []IndicatorImpact `json:"indicators"`
}

// Figure names a figure.
type Figure struct {
	Indicator string `json:"indicator"`
	Region    string `json:"region"`
	Slice     string `json:"slice"`
	Period    string `json:"period"`
	Status    string `json:"status"`
}

// FigureMove is a figure with its value before and after.
type FigureMove struct {
	Figure
	Unit    string  `json:"unit"`
	Old     float64 `json:"old"`
	New     float64 `json:"new"`
	Derived bool    `json:"derived"`
	// Percent is the change in percent of old, null where that is 0; rates have Points instead.
	Percent *float64 `json:"percent,omitempty"`
	Points  *float64 `json:"points,omitempty"`
}

// RankMove is a figure with its rank before and after.
type RankMove struct {
	Figure
	Level string `json:"level"`
	Old   int    `json:"old"`
	OldOf int    `json:"oldOf"`
	New   int    `json:"new"`
	NewOf int    `json:"newOf"`
}

// IndicatorImpact counts what changes of an indicator's current figures.
type IndicatorImpact struct {
	Indicator     string `json:"indicator"`
	Added         int64  `json:"added"`
	Moved         int64  `json:"moved"`
	Gone          int64  `json:"gone"`
	RegionsBefore int64  `json:"regionsBefore"`
	RegionsAfter  int64  `json:"regionsAfter"`
}

// NewFigure names a figure by its key.
func NewFigure(k indicator.ObservationKey) Figure {
	return Figure{k.Indicator, k.Region, k.Slice, k.Period, k.Status.String()}
}

func newImpact(i *loader.Impact) *Impact {
	if i == nil {
		return nil
	}
	result := &Impact{
		Figures: []FigureMove{}, Moved: i.Moved, Ranks: []RankMove{}, RanksMoved: i.RanksMoved, Indicators: []IndicatorImpact{},
	}
	for _, f := range i.Figures {
		move := FigureMove{Figure: NewFigure(f.Key), Unit: f.Unit, Old: f.Old, New: f.New, Derived: f.Derived}
		switch {
		case f.Points:
			move.Points = &f.Change
		case !math.IsNaN(f.Change):
			move.Percent = &f.Change
		}
		result.Figures = append(result.Figures, move)
	}
	for _, r := range i.Ranks {
		result.Ranks = append(result.Ranks, RankMove{NewFigure(r.Key), r.Level.String(), r.Old, r.OldOf, r.New, r.Of})
	}
	for _, c := range i.Indicators {
		result.Indicators = append(result.Indicators, IndicatorImpact(c))
	}
	return result
}
