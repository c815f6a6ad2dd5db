package duckdb

import (
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// dividing divides series into parts.
type dividing struct {
	selection *store.Select
	most      int64 // figures of a part
	parts     []foldPart
	open      map[foldKind]int // the part of each kind that may become larger
}

// foldKind is how figures are read: all of them or the newest, with or without counts and precision.
type foldKind struct{ last, counted, inexact bool }

// lookedThrough is how many figures are looked through in the time that it takes to read one.
const lookedThrough = 5

// parts divides the series that a selection is about into parts. It returns the indicators of which only the newest figures are read, too, and
// how many figures all of them have at most.
func (f *folding) parts(known []store.Series) (parts []foldPart, newest []int32, all int64) {
	regions, asked := int64(len(f.contents.Catalog.Regions())), regionsOf(&f.selection)
	if len(f.selection.Regions) == 0 || asked > regions {
		asked = regions
	}
	d := &dividing{selection: &f.selection, most: f.partFigures, open: make(map[foldKind]int)}
	for from := 0; from < len(known); {
		to := from + 1
		for to < len(known) && known[to].Indicator == known[from].Indicator {
			to++
		}
		of := slices.DeleteFunc(slices.Clone(known[from:to]), func(one store.Series) bool {
			return !among(f.selection.Indicators, one.Indicator) || !among(f.selection.Slices, one.Slice) || !among(f.selection.Statuses, one.Status)
		})
		from = to
		if len(of) == 0 {
			continue
		}
		ind := &f.contents.Catalog.Indicators()[of[0].Indicator]
		kind := foldKind{
			last: ind.Rollup.Time == indicator.RuleLast && f.ofNewest(), counted: ind.Counted() && f.selection.Omit&store.ColumnCounts == 0, inexact: f.inexact[ind.ID],
		}
		for i := range of {
			all += of[i].Rows
			if kind.last { // one of each region is read, and all are looked through
				of[i].Rows = max(min(of[i].Rows, regions), of[i].Rows/lookedThrough)
			}
			of[i].Rows = of[i].Rows * asked / max(regions, 1)
		}
		if kind.last {
			newest = append(newest, ind.ID)
		}
		d.add(of, kind)
	}
	slices.SortStableFunc(d.parts, func(a, b foldPart) int { // those of several queries first, so that none of them is the last
		return index(b.last) - index(a.last)
	})
	return d.parts, newest, all
}

// ofNewest reports whether the newest figures of a series that the selection has are found by what follows them in the series: where periods
// alone decide which of a region's figures are selected.
func (f *folding) ofNewest() bool {
	return f.selection.Period == nil && len(f.selection.Sources) == 0 && len(f.selection.Precisions) == 0
}

// add adds the series of an indicator: to the part of its kind, or each as a part if there are too many figures.
func (d *dividing) add(of []store.Series, kind foldKind) {
	figures := int64(0)
	for _, one := range of {
		figures += one.Rows
	}
	if figures > d.most && len(of) > 1 {
		for _, one := range of {
			part := d.part(one, kind)
			part.selection.Slices, part.selection.Statuses = []int32{one.Slice}, []indicator.Status{one.Status}
			d.parts = append(d.parts, part)
		}
		return
	}
	if open, ok := d.open[kind]; ok && d.parts[open].figures+figures <= d.most {
		part := &d.parts[open]
		part.selection.Indicators = append(part.selection.Indicators, of[0].Indicator)
		part.figures += figures
		return
	}
	part := d.part(of[0], kind)
	part.figures = figures
	d.open[kind] = len(d.parts)
	d.parts = append(d.parts, part)
}

func (d *dividing) part(one store.Series, kind foldKind) foldPart {
	part := foldPart{selection: *d.selection, last: kind.last, figures: one.Rows}
	part.selection.Indicators = []int32{one.Indicator}
	if !kind.counted {
		part.selection.Omit |= store.ColumnCounts
	}
	if !kind.inexact {
		part.selection.Omit |= store.ColumnPrecision
	}
	return part
}

func index(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
