package clickhouse

import (
	"context"
	"fmt"
	"strconv"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
	"github.com/countyql/countyql/store/statement"
)

// wholeRows is how many rows are given at a time where a snapshot is read as a whole.
const wholeRows = 1 << 17

// Parts returns what the manifest says of them.
func (h *handle) Parts(context.Context) ([]content.Part, error) {
	parts := make([]content.Part, len(h.manifest.Parts))
	for i, p := range h.manifest.Parts {
		parts[i] = p.Part
	}
	return parts, nil
}

// Read gives the rows of a part as the servers send them, in no order. A part takes as long as it takes: query_timeout is not for it.
func (h *handle) Read(ctx context.Context, part content.Part, give func(*content.Figures) error) error {
	const columns = "indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, " +
		"numerator, denominator, counts_precision, derived, published, known_from, known_to, tie, load, inferred, printed_offset, printed, note, " +
		"filled, withdraws, next_end"
	sql := "SELECT " + columns + " FROM " + h.engine.tables(h.contents.Manifest.ID).all() + " WHERE is_current = " +
		strconv.Itoa(int(flag(part.Current))) + " AND part = " + strconv.Itoa(part.Number)
	settings := h.engine.config.limits(ctx)
	settings["max_execution_time"] = 0
	f := &figureReader{rowReader: rowReader{columns: statement.Columns{Read: store.FigureColumns | store.EvidenceColumns}}}
	given := false
	err := h.engine.ask(ctx, func(s *server) error {
		f.begin()
		err := s.query(ctx, settings, sql, func(scan func(...any) error) error {
			if err := f.read(scan); err != nil || f.rows.Len() < wholeRows {
				return err
			}
			given = true
			err := give(f.take())
			f.begin()
			return err
		})
		if err != nil && given && ctx.Err() == nil {
			// Another server would give the same rows again: what this is must not be known as something to try elsewhere.
			return fmt.Errorf("read part %d: %v", part.Number, err) //nolint:errorlint // see above
		}
		return err
	})
	if err != nil || f.rows.Len() == 0 {
		return err
	}
	return give(f.take())
}

// figureReader reads rows with everything that is stored of them.
type figureReader struct {
	rowReader
	figures                    *content.Figures
	filledCell                 uint8
	withdrawsCell, nextEndCell int32
	all                        []any
}

// begin begins a new batch.
func (f *figureReader) begin() { f.figures, f.rows = &content.Figures{}, &store.Rows{} }

func (f *figureReader) read(scan func(...any) error) error {
	if f.all == nil {
		f.all = append(f.targets(), &f.filledCell, &f.withdrawsCell, &f.nextEndCell)
	}
	if err := scan(f.all...); err != nil {
		return err
	}
	f.keep()
	f.figures.Filled = append(f.figures.Filled, f.filledCell != 0)
	f.figures.Withdraws = append(f.figures.Withdraws, indicator.Day(f.withdrawsCell))
	f.figures.NextEnd = append(f.figures.NextEnd, indicator.Day(f.nextEndCell))
	return nil
}

// take returns the batch that was read.
func (f *figureReader) take() *content.Figures {
	f.figures.Rows = *f.rows
	return f.figures
}
