package resident

import (
	"context"
	"fmt"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// reading makes blocks of rows that come in natural order in any number of pieces.
type reading struct {
	batch   []*entry // what blocks are wanted of
	blocks  []*block // finished
	current *builder // nil where rows are not wanted
}

// read makes the blocks of series that follow each other in natural order.
func read(ctx context.Context, from store.Reader, batch []*entry) ([]*block, error) {
	r := &reading{batch: batch}
	err := r.all(ctx, from)
	if err == nil {
		err = r.end()
	}
	if err == nil && len(r.blocks) != len(batch) {
		err = fmt.Errorf("%d of %d series were found again", len(r.blocks), len(batch))
	}
	if err != nil {
		r.free()
		return nil, err
	}
	return r.blocks, nil
}

// all reads the rows of the batch.
func (r *reading) all(ctx context.Context, from store.Reader) error {
	placed, ok := from.(store.Placed)
	if !ok {
		rows, err := from.Select(ctx, covering(r.batch))
		if err != nil {
			return err
		}
		return r.take(rows)
	}
	last := r.batch[len(r.batch)-1]
	end := last.place + last.rows
	for at := r.batch[0].place; at < end; at += batchRows {
		rows, err := placed.Range(ctx, at, min(at+batchRows, end))
		if err != nil {
			return err
		}
		if err := r.take(rows); err != nil {
			return err
		}
	}
	return nil
}

// take adds a piece.
func (r *reading) take(piece *store.Rows) error {
	for at, n := 0, piece.Len(); at < n; {
		of := series{piece.Indicator[at], piece.Slice[at], piece.Status[at]}
		to := at + 1
		for to < n && piece.Slice[to] == of.slice && piece.Status[to] == of.status && piece.Indicator[to] == of.indicator {
			to++
		}
		if r.current == nil || r.current.block.series != of {
			if err := r.begin(of); err != nil {
				return err
			}
		}
		if r.current != nil {
			if err := r.current.add(piece, at, to); err != nil {
				return err
			}
		}
		at = to
	}
	return nil
}

// begin ends the block that is being made and begins that of a series, if it is wanted.
func (r *reading) begin(of series) error {
	if err := r.end(); err != nil {
		return err
	}
	if next := len(r.blocks); next < len(r.batch) && r.batch[next].series == of {
		r.current = newBuilder(of, int(r.batch[next].rows))
	}
	return nil
}

// end finishes the block that is being made.
func (r *reading) end() error {
	if r.current == nil {
		return nil
	}
	b, err := r.current.finish()
	if err != nil {
		return err
	}
	r.blocks, r.current = append(r.blocks, b), nil
	return nil
}

// free drops what has been made.
func (r *reading) free() {
	for _, b := range r.blocks {
		b.free()
	}
	if r.current != nil {
		r.current.block.free()
	}
}

// covering selects the series of a batch, and maybe some between them.
func covering(batch []*entry) store.Select {
	s := store.NewSelect()
	slices, statuses := make(map[int32]bool), make(map[indicator.Status]bool)
	for _, one := range batch {
		if n := len(s.Indicators); n == 0 || s.Indicators[n-1] != one.indicator {
			s.Indicators = append(s.Indicators, one.indicator)
		}
		if !slices[one.slice] {
			slices[one.slice] = true
			s.Slices = append(s.Slices, one.slice)
		}
		if !statuses[one.status] {
			statuses[one.status] = true
			s.Statuses = append(s.Statuses, one.status)
		}
	}
	return s
}
