package resident

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// passing answers in parts, none of which is large: from memory where all blocks of a part are there, else from blocks that are made of the
// backing engine's rows and last until they have been seen. However much is asked about, it takes the memory of a part.
type passing struct {
	snapshot  *snapshot
	selection *store.Select
	omit      store.Columns // that blocks do without, on top of the selection's
	figures   int           // seen so far

	// there sees a part that is in memory, and passed a series that is not, all rows of which are selected. Passing ends when one returns false.
	there  func(q *question) (bool, error)
	passed func(b *block) bool
}

// run passes all parts. Where there are several, no more questions do so at a time than there are processors: more would take memory and be no
// sooner done.
func (p *passing) run(ctx context.Context, parts [][]*entry) (bool, error) {
	if len(parts) > 1 {
		select {
		case p.snapshot.engine.passing <- struct{}{}:
			defer func() { <-p.snapshot.engine.passing }()
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	}
	for _, part := range parts {
		if ok, err := p.part(ctx, part); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// parts divides the series of a selection into parts.
func (s *snapshot) parts(selection *store.Select) [][]*entry {
	regions := len(s.holding.levels)
	selected := 0
	for _, span := range merge(nil, selection.Regions) {
		selected += int(span.To - span.From)
	}
	if len(selection.Regions) == 0 {
		selected = regions
	}
	share := min(1, float64(selected)/float64(max(regions, 1)))
	return divide(s.holding.find(selection, nil), int64(float64(s.engine.part)/max(share, smallestShare)))
}

// smallestShare is the smallest share of the regions that a selection is taken to be about.
const smallestShare = 1e-6

// divide divides series, which are in natural order, into parts of so many figures: whole indicators, or one series of an indicator that has more.
func divide(entries []*entry, most int64) [][]*entry {
	var parts [][]*entry
	rows := most // of the last part
	for from := 0; from < len(entries); {
		to, of := from, int64(0)
		for ; to < len(entries) && entries[to].indicator == entries[from].indicator; to++ {
			of += entries[to].rows
		}
		switch {
		case of > most:
			for ; from < to; from++ {
				parts = append(parts, entries[from:from+1])
			}
			rows = most
		case rows+of <= most && len(parts) > 0:
			last := &parts[len(parts)-1]
			*last = append(slices.Clip(*last), entries[from:to]...)
			rows += of
		default:
			parts, rows = append(parts, entries[from:to]), of
		}
		from = to
	}
	return parts
}

// part passes a part.
func (p *passing) part(ctx context.Context, part []*entry) (bool, error) {
	one := *p.selection
	one.Indicators = nil
	for _, e := range part {
		if n := len(one.Indicators); n == 0 || one.Indicators[n-1] != e.indicator {
			one.Indicators = append(one.Indicators, e.indicator)
		}
	}
	if len(part) == 1 {
		one.Slices, one.Statuses = []int32{part[0].slice}, []indicator.Status{part[0].status}
	}
	left := math.MaxInt
	if one.Cap > 0 {
		left = one.Cap - p.figures
		one.Cap = left + 1 // none left would be no cap
	}
	figures, ok, err := p.read(ctx, &one, left)
	var capped *store.RowCapError
	if errors.As(err, &capped) || figures > left {
		return false, &store.RowCapError{Cap: p.selection.Cap}
	}
	p.figures += figures
	return ok, err
}

// read sees a part if it has no more than so many figures.
func (p *passing) read(ctx context.Context, one *store.Select, most int) (figures int, ok bool, err error) {
	if q, there := p.snapshot.askFor(one, false); there {
		defer p.snapshot.done(q)
		if err := q.pickAll(ctx); err != nil || q.count > most {
			return q.count, false, err
		}
		ok, err := p.there(q)
		return q.count, ok, err
	}
	one.Omit |= p.omit
	rows, err := p.snapshot.Snapshot.Select(ctx, *one)
	if err != nil {
		return 0, false, err
	}
	if rows.Len() > most {
		return rows.Len(), false, nil
	}
	ok, err = show(rows, p.passed)
	return rows.Len(), ok, err
}

// show makes a block of each series of rows in natural order, and frees it when it has been seen.
func show(rows *store.Rows, see func(b *block) bool) (bool, error) {
	for from, n := 0, rows.Len(); from < n; {
		of := series{rows.Indicator[from], rows.Slice[from], rows.Status[from]}
		to := from + 1
		for to < n && rows.Slice[to] == of.slice && rows.Status[to] == of.status && rows.Indicator[to] == of.indicator {
			to++
		}
		made := newBuilder(of, to-from)
		err := made.add(rows, from, to)
		if err == nil {
			_, err = made.finish()
		}
		if err != nil {
			made.block.free()
			return false, err
		}
		ok := see(made.block)
		made.block.free()
		if !ok {
			return false, nil
		}
		from = to
	}
	return true, nil
}
