package duckdb

import (
	"context"
	"fmt"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/content"
	"github.com/countyql/countyql/store/statement"
)

var _ content.Whole = (*pinned)(nil)

// wholeRows is about how many rows are read at a time where a snapshot is read as a whole.
const wholeRows = 1 << 18

// Digest is that of the reported figures.
func (p *pinned) Digest() content.Digest { return p.figures }

// Parts divides the rows by their indicators.
func (p *pinned) Parts(ctx context.Context) ([]content.Part, error) {
	var parts []content.Part
	for _, table := range []struct {
		name, columns string
		current       bool
	}{{observationTable, storedColumns + ", next_end", true}, {pastTable, storedColumns, false}} {
		r, err := p.db.query(ctx, "SELECT CAST(part AS INTEGER), count(*), CAST(bit_xor(h) AS VARCHAR) || '-' || CAST(sum(h) AS VARCHAR) FROM ("+
			"SELECT indicator % "+literal(content.PartCount)+" AS part, CAST(hash("+table.columns+") AS HUGEINT) AS h FROM "+table.name+
			") GROUP BY part ORDER BY part")
		if err != nil {
			return nil, fmt.Errorf("divide a snapshot: %w", err)
		}
		s := &scanner{result: r}
		numbers, rows, sums := next[int32](s), next[int64](s), nextTexts(s)
		r.close()
		if s.err != nil {
			return nil, fmt.Errorf("divide a snapshot: %w", s.err)
		}
		for i := range numbers {
			parts = append(parts, content.Part{
				Number: int(numbers[i]), Current: table.current, Rows: rows[i], Sum: engineName() + " " + sums[i],
			})
		}
	}
	return parts, nil
}

// Read gives the rows of a part as they are stored, of large parts by ranges of rows: rows of one indicator are neighbours, in the tail as before it.
func (p *pinned) Read(ctx context.Context, part content.Part, give func(*content.Figures) error) error {
	table, nextEnd := tableOf(part), literal(indicator.NoDay)
	if part.Current {
		nextEnd = "next_end"
	}
	conditions, err := p.pieces(ctx, table, p.behind.of(part.Current), part)
	if err != nil {
		return fmt.Errorf("read a snapshot: %w", err)
	}
	for _, condition := range conditions {
		figures, err := p.readFigures(ctx, "SELECT "+figureColumnsOf(nextEnd)+" FROM "+table+" WHERE "+condition+" ORDER BY rowid")
		if err != nil {
			return fmt.Errorf("read a snapshot: %w", err)
		}
		if err := give(figures); err != nil {
			return err
		}
	}
	return nil
}

// tableOf is the table that holds a part.
func tableOf(part content.Part) string {
	if part.Current {
		return observationTable
	}
	return pastTable
}

// pieces returns conditions that each keep a bounded number of a part's rows, of which there is a tail.
func (p *pinned) pieces(ctx context.Context, table string, tail int64, part content.Part) ([]string, error) {
	var indicators []int32
	for i := range p.contents.Catalog.Indicators() {
		if content.PartOf(int32(i)) == part.Number {
			indicators = append(indicators, int32(i))
		}
	}
	if part.Rows <= wholeRows {
		return []string{"indicator IN (" + literals(indicators) + ")"}, nil
	}
	seam, err := p.seam(ctx, table, tail)
	if err != nil {
		return nil, err
	}
	behind := "rowid >= " + literal(seam)
	r, err := p.db.query(ctx, "SELECT min(rowid), max(rowid) FROM "+table+" WHERE indicator IN ("+literals(indicators)+
		") GROUP BY indicator, "+behind+" ORDER BY "+behind+", indicator")
	if err != nil {
		return nil, err
	}
	defer r.close()
	s := &scanner{result: r}
	from, to := next[int64](s), next[int64](s)
	var conditions []string
	for i := range from {
		for start := from[i]; start <= to[i]; start += wholeRows {
			conditions = append(conditions, "rowid BETWEEN "+literal(start)+" AND "+literal(min(start+wholeRows-1, to[i])))
		}
	}
	return conditions, s.err
}

// figureColumnsOf are the columns in the order in which readFigures reads them.
func figureColumnsOf(nextEnd string) string {
	return "indicator, slice, region, source, definition, status, period_start, period_end, value, missing, precision, " +
		"numerator, denominator, counts_precision, derived, published, known_from, known_to, tie, load, inferred, printed_offset, printed, note, " +
		"filled, CAST(coalesce(withdraws, " + literal(indicator.NoDay) + ") AS INTEGER), CAST(" + nextEnd + " AS INTEGER)"
}

func (p *pinned) readFigures(ctx context.Context, sql string) (*content.Figures, error) {
	r, err := p.db.query(ctx, sql)
	if err != nil {
		return nil, err
	}
	defer r.close()
	s := &scanner{result: r}
	rows, err := scanColumns(s, statement.Columns{Read: store.FigureColumns | store.EvidenceColumns})
	if err != nil {
		return nil, err
	}
	figures := &content.Figures{Rows: *rows, Filled: next[bool](s), Withdraws: next[indicator.Day](s), NextEnd: next[indicator.Day](s)}
	return figures, s.err
}
