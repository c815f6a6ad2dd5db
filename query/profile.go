package query

import (
	"cmp"
	"math"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// profiles are the values of several indicators for the regions that have all of them.
type profiles struct {
	figures *figures
	all     []regionCells     // by indicator: the cells of all regions
	regions []*catalog.Region // with every indicator, in tree order
	cells   [][]*cell         // by indicator and region
	scales  []scale           // by indicator
	missing []MissingFigure   // what the other regions lack
}

// scale is the mean and the sample standard deviation that an indicator's values are standardised by. A deviation of 0 says
// that all are equal.
type scale struct{ mean, stddev float64 }

// standard is the distance of a value from the mean in standard deviations; 0 where all values are equal.
func (x scale) standard(value float64) float64 { return x.difference(value, x.mean) }

// difference of two values in standard deviations; 0 where all values are equal.
func (x scale) difference(a, b float64) float64 {
	if x.stddev == 0 {
		return 0
	}
	return (a - b) / x.stddev
}

// newProfiles standardises the figures over the regions that have every indicator, so that all distances rest on the same
// indicators and the same scales.
func newProfiles(w *watch, f *figures) (*profiles, error) {
	p := &profiles{
		figures: f, all: make([]regionCells, len(f.subjects)), cells: make([][]*cell, len(f.subjects)),
		scales: make([]scale, len(f.subjects)),
	}
	for i := range f.subjects {
		var err error
		if p.all[i], err = f.cellsOf(w, &f.subjects[i]); err != nil {
			return nil, err
		}
	}
	for _, r := range f.regions.list {
		if err := w.steps(len(f.subjects)); err != nil {
			return nil, err
		}
		complete := true
		for i := range f.subjects {
			if _, reason := valueOf(p.all[i], r); reason != indicator.NotMissing {
				p.missing = append(p.missing, MissingFigure{r, f.subjects[i].indicator, reason})
				complete = false
			}
		}
		if !complete {
			continue
		}
		p.regions = append(p.regions, r)
		for i := range f.subjects {
			p.cells[i] = append(p.cells[i], p.all[i].of(r.ID))
		}
	}
	for i := range p.scales {
		p.scales[i] = scaleOf(p.cells[i])
	}
	return p, nil
}

func scaleOf(cells []*cell) scale {
	sorted := make([]float64, len(cells))
	for i, c := range cells {
		sorted[i] = c.quantity.Value
	}
	slices.Sort(sorted)
	x := scale{mean: mean(sorted)}
	if n := len(sorted); n > 1 && sorted[0] != sorted[n-1] {
		x.stddev = stddev(sorted)
	}
	return x
}

// Neighbour is a region with its distance from another.
type Neighbour struct {
	Region      *catalog.Region
	Distance    float64
	Precision   indicator.Precision // of the distance
	Differences []NeighbourDifference
}

// NeighbourDifference is what one indicator contributes to a distance.
type NeighbourDifference struct {
	Indicator    *catalog.Indicator
	Unit         string
	Value        indicator.Quantity
	Difference   indicator.Quantity // value of the neighbour minus that of the region
	ZScore       float64            // of the neighbour's value
	Standardised float64            // the difference in standard deviations
	Share        *float64           // of the squared distance; nil for a distance of 0
}

// nearest lists the k regions nearest to one of the profiles' regions; equal distances are in tree order. There are none where the request ends. The distance of two
// regions is the Euclidean distance of their z-scores, divided by the square root of the number of indicators so that distances
// over few and many indicators compare: sqrt(sum((a_i - b_i)^2 / s_i^2) / m), s_i the sample standard deviation of indicator i.
// (Everitt, Landau, Leese and Stahl, "Cluster Analysis", 5th edition, 2011, sections 3.3 and 3.7.)
func (p *profiles) nearest(w *watch, to *catalog.Region, k int) []*Neighbour {
	origin, found := slices.BinarySearchFunc(p.regions, to.ID, compareRegionID)
	if !found {
		return nil
	}
	type place struct {
		at       int
		distance float64
	}
	var places []place
	for at := range p.regions {
		if w.steps(len(p.scales)) != nil {
			return nil
		}
		if at != origin {
			places = append(places, place{at, p.distance(origin, at)})
		}
	}
	if sortRowsStable(w, places, func(a, b place) int { return cmp.Compare(a.distance, b.distance) }) != nil {
		return nil
	}
	neighbours := make([]*Neighbour, min(k, len(places)))
	for i := range neighbours {
		if w.steps(len(p.scales)) != nil {
			return nil
		}
		neighbours[i] = p.neighbour(origin, places[i].at, places[i].distance)
	}
	return neighbours
}

func (p *profiles) distance(a, b int) float64 {
	var squares float64
	for i, x := range p.scales {
		d := x.difference(p.cells[i][b].quantity.Value, p.cells[i][a].quantity.Value)
		squares += d * d
	}
	return math.Sqrt(squares / float64(len(p.scales)))
}

func (p *profiles) neighbour(origin, at int, distance float64) *Neighbour {
	n := &Neighbour{Region: p.regions[at], Distance: distance}
	for i, x := range p.scales {
		own, other := p.cells[i][origin].quantity, p.cells[i][at].quantity
		subject := &p.figures.subjects[i]
		d := NeighbourDifference{
			Indicator: subject.indicator, Unit: subject.unit(), Value: other, Difference: other.Minus(own),
			ZScore: x.standard(other.Value), Standardised: x.difference(other.Value, own.Value),
		}
		if distance > 0 {
			d.Share = number(d.Standardised * d.Standardised / (distance * distance * float64(len(p.scales))))
		}
		n.Precision = n.Precision.Plus(own.Precision).Plus(other.Precision)
		n.Differences = append(n.Differences, d)
	}
	n.Precision = n.Precision.Unordered()
	return n
}
