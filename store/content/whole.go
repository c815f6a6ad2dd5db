package content

import (
	"context"
	"math"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Whole is a snapshot that can be read as a whole, so that another engine can keep the same one under the same id. Snapshots
// implement it beside store.Snapshot.
type Whole interface {
	// Contents returns everything but the figures.
	Contents() *store.Contents
	// Digest is that of the reported figures.
	Digest() Digest
	// Parts divides all stored rows; parts without rows are left out.
	Parts(ctx context.Context) ([]Part, error)
	// Read gives the rows of a part, in any order, in batches of bounded size. It ends with the first error of give.
	Read(ctx context.Context, p Part, give func(*Figures) error) error
}

// PartCount is how many parts current figures are divided into at most, and others too.
const PartCount = 64

// PartOf is the number of the part that an indicator's figures belong to.
func PartOf(indicator int32) int { return int(indicator % PartCount) }

// Part is a share of a snapshot: the current figures of some indicators, or their reports that are not current.
type Part struct {
	Number  int // of the indicators; see PartOf
	Current bool
	Rows    int64
	// Sum is the same where all rows are the same in every column, ordinals included. Sums of different engines, or of
	// different versions of one, are never the same.
	Sum string
}

// Figures are stored rows: reports with their evidence, and what else an engine needs to keep them.
type Figures struct {
	store.Rows
	// Filled marks rows whose counts come from other figures.
	Filled []bool
	// Withdraws is the day of publication of the report that a withdrawal takes back; NoDay for any other report.
	Withdraws []indicator.Day
	// NextEnd is the end of the next period of the row's series, Forever behind the last; NoDay for rows that are not current.
	NextEnd []indicator.Day
}

// reported returns the indices of the rows that were reported: those that are neither derived nor, where a change of counts split a report
// into several rows, another one than the first.
func (f *Figures) reported() []int {
	var rows []int
	for i := range f.Region {
		if !f.Derived[i] && f.KnownFrom[i] == f.Published[i] {
			rows = append(rows, i)
		}
	}
	return rows
}

// Reports returns what sources reported, without what was computed from other figures.
func (f *Figures) Reports() *Reports {
	rows := f.reported()
	r := &Reports{
		Region: pick(f.Region, rows), Indicator: pick(f.Indicator, rows), Slice: pick(f.Slice, rows), Source: pick(f.Source, rows),
		Definition: pick(f.Definition, rows), Start: pick(f.Start, rows), End: pick(f.End, rows), Published: pick(f.Published, rows),
		Offset: pick(f.Offset, rows), Withdraws: pick(f.Withdraws, rows), Status: pick(f.Status, rows), Missing: pick(f.Missing, rows),
		Precision: pick(f.Precision, rows), CountsPrecision: pick(f.CountsPrecision, rows), Inferred: pick(f.Inferred, rows),
		Value: pick(f.Value, rows), Numerator: pick(f.Numerator, rows), Denominator: pick(f.Denominator, rows),
		Printed: pick(f.Printed, rows), Note: pick(f.Note, rows),
	}
	for i, row := range rows {
		if f.Filled[row] {
			r.Numerator[i], r.Denominator[i], r.CountsPrecision[i] = math.NaN(), math.NaN(), indicator.Exact
		}
	}
	return r
}

func pick[T any](column []T, rows []int) []T {
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = column[row]
	}
	return out
}
