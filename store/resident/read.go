package resident

import (
	"context"
	"fmt"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// read makes the blocks of series that follow each other in natural order.
func read(ctx context.Context, from store.Reader, batch []*entry) (blocks []*block, err error) {
	defer func() {
		if err != nil {
			for _, b := range blocks {
				b.free()
			}
			blocks = nil
		}
	}()
	var current *builder
	defer func() {
		if err != nil && current != nil {
			current.block.free()
		}
	}()
	end := func() error {
		if current == nil {
			return nil
		}
		b, err := current.finish()
		if err != nil {
			return err
		}
		blocks, current = append(blocks, b), nil
		return nil
	}
	take := func(piece *store.Rows) error {
		for at, n := 0, piece.Len(); at < n; {
			of := series{piece.Indicator[at], piece.Slice[at], piece.Status[at]}
			to := at + 1
			for to < n && piece.Slice[to] == of.slice && piece.Status[to] == of.status && piece.Indicator[to] == of.indicator {
				to++
			}
			if current == nil || current.block.series != of {
				if err := end(); err != nil {
					return err
				}
				if next := len(blocks); next < len(batch) && batch[next].series == of {
					current = newBuilder(of, int(batch[next].rows))
				} else {
					current = nil // the selection is wider than the batch
				}
			}
			if current != nil {
				if err := current.add(piece, at, to); err != nil {
					return err
				}
			}
			at = to
		}
		return nil
	}
	rows, err := from.Select(ctx, covering(batch))
	if err != nil {
		return nil, err
	}
	if err := take(rows); err != nil {
		return blocks, err
	}
	if err := end(); err != nil {
		return blocks, err
	}
	if len(blocks) != len(batch) {
		return blocks, fmt.Errorf("%d of %d series were found again", len(blocks), len(batch))
	}
	return blocks, nil
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
