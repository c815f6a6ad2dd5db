package duckdb

import (
	"context"
	"errors"
	"math"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// figureKeys remembers what the reports of a batch are about, in eight bytes each. They tell which figures come twice, and which
// period of its series comes behind each, by counting: that takes DuckDB a group over all keys and a window.
type figureKeys struct {
	chunks  [][]uint64 // by the order of appending: the numbers of series and period, and the region
	count   int
	series  []seriesNumber        // by indicator: the series met last
	numbers map[seriesName]uint64 // of all series
	periods periodNumbers
	regions int32 // one more than the largest met
	lost    bool  // some key does not fit
}

// seriesName is what the figures of a series have in common, but for the region.
type seriesName struct {
	indicator, slice int32
	status           indicator.Status
}

type seriesNumber struct {
	name   seriesName
	number uint64
	known  bool
}

// The bits of a key, from the highest: series, period, region.
const (
	keyRegionBits = 22
	keyPeriodBits = 20
	keySeriesBits = 64 - keyRegionBits - keyPeriodBits
	keyChunk      = 1 << 16
)

func newFigureKeys() *figureKeys {
	return &figureKeys{numbers: make(map[seriesName]uint64), periods: newPeriodNumbers()}
}

// add remembers the keys of reports.
func (k *figureKeys) add(batch []store.Report) {
	for i := range batch {
		r := &batch[i]
		if k.lost || k.count == math.MaxUint32 || r.Region < 0 || r.Region >= 1<<keyRegionBits || r.Indicator < 0 || r.Indicator >= 1<<keySeriesBits {
			k.lose()
			return
		}
		if k.count%keyChunk == 0 {
			k.chunks = append(k.chunks, make([]uint64, keyChunk))
		}
		k.regions = max(k.regions, r.Region+1)
		series, period := k.seriesOf(r), k.periodOf(r.Period)
		k.chunks[k.count/keyChunk][k.count%keyChunk] = series<<(keyPeriodBits+keyRegionBits) | period<<keyRegionBits | uint64(r.Region)
		k.count++
	}
}

// lose forgets the keys: there is one that does not fit.
func (k *figureKeys) lose() { *k = figureKeys{lost: true} }

func (k *figureKeys) seriesOf(r *store.Report) uint64 {
	for int(r.Indicator) >= len(k.series) {
		k.series = append(k.series, seriesNumber{})
	}
	last, name := &k.series[r.Indicator], seriesName{r.Indicator, r.Slice, r.Status}
	if last.known && last.name == name {
		return last.number
	}
	number, ok := k.numbers[name]
	if !ok {
		number = uint64(len(k.numbers))
		k.numbers[name] = number
		k.lost = k.lost || number >= 1<<keySeriesBits
	}
	*last = seriesNumber{name, number, true}
	return number
}

func (k *figureKeys) periodOf(p indicator.Period) uint64 {
	number := k.periods.of(p)
	k.lost = k.lost || number >= 1<<keyPeriodBits
	return uint64(number)
}

func (k *figureKeys) at(i uint32) (series, period, region uint64) {
	key := k.chunks[i/keyChunk][i%keyChunk]
	return key >> (keyPeriodBits + keyRegionBits), key >> keyRegionBits & (1<<keyPeriodBits - 1), key & (1<<keyRegionBits - 1)
}

// follow returns, by the order of appending, the last day of the next period of each report's series, Forever behind the last, and
// the reports whose figure has others in the batch.
func (k *figureKeys) follow() (following []indicator.Day, crowded []int64) {
	rank, ordered := k.periods.rank()
	// From the last period to the first, series by series.
	order := make([]uint32, k.count)
	for i := range order {
		order[i] = uint32(i)
	}
	order = k.sorted(order, len(ordered), func(_, period uint64) int { return len(ordered) - 1 - int(rank[period]) })
	order = k.sorted(order, len(k.numbers), func(series, _ uint64) int { return int(series) })
	following = make([]indicator.Day, k.count)
	met := make([]metFigure, k.regions) // by region: the earliest figure met in the series
	for _, i := range order {
		series, period, region := k.at(i)
		m := &met[region]
		switch {
		case m.series != series+1:
			*m = metFigure{series: series + 1, rank: rank[period], report: i, following: indicator.Forever}
		case m.rank != rank[period]:
			*m = metFigure{series: series + 1, rank: rank[period], report: i, following: ordered[m.rank].End}
		default:
			if !m.crowded {
				m.crowded = true
				crowded = append(crowded, int64(m.report))
			}
			crowded = append(crowded, int64(i))
		}
		following[i] = m.following
	}
	return following, crowded
}

// metFigure is a figure of a region.
type metFigure struct {
	series    uint64 // its number, plus one: no figure was met in any other
	rank      uint32 // of the period
	report    uint32 // the first of its reports
	following indicator.Day
	crowded   bool
}

// sorted sorts reports by counting; those of one class keep their order.
func (k *figureKeys) sorted(reports []uint32, classes int, class func(series, period uint64) int) []uint32 {
	starts := make([]uint32, classes+1)
	for _, i := range reports {
		series, period, _ := k.at(i)
		starts[class(series, period)+1]++
	}
	for c := range classes {
		starts[c+1] += starts[c]
	}
	out := make([]uint32, len(reports))
	for _, i := range reports {
		series, period, _ := k.at(i)
		c := class(series, period)
		out[starts[c]] = i
		starts[c]++
	}
	return out
}

// fillKeys writes table crowded, of the reports whose figures come twice in the batch, and, where the batch is all that there is, table
// follows, of the last day of the next period behind each report.
func (w *writer) fillKeys(ctx context.Context) error {
	keys := w.keys
	w.keys = nil
	if keys.lost {
		return w.db.exec(ctx, "CREATE TABLE memory.crowded AS SELECT seq FROM memory.batch b SEMI JOIN (SELECT "+figureKey+
			" FROM memory.batch GROUP BY ALL HAVING count(*) > 1) c ON "+same("b", "c", figureKey))
	}
	following, crowded := keys.follow()
	if err := w.db.exec(ctx, "CREATE TABLE memory.crowded (seq BIGINT NOT NULL)"); err != nil {
		return err
	}
	if err := fillTable(w.db, "crowded", crowded, func(a *appender, rows []int64, _ int) {
		fill(a, rows, func(seq *int64) int64 { return *seq })
	}); err != nil {
		return err
	}
	// Of what was discarded or withdrawn there would have to be no period.
	w.follows = w.parent == nil && !w.discards
	if !w.follows {
		return nil
	}
	if err := w.db.exec(ctx, "CREATE TABLE memory.follows (seq BIGINT NOT NULL, next_end INTEGER NOT NULL)"); err != nil {
		return err
	}
	return fillTable(w.db, "follows", following, func(a *appender, rows []indicator.Day, from int) {
		seq := int64(from) - 1
		fill(a, rows, func(*indicator.Day) int64 { seq++; return seq })
		fill(a, rows, func(end *indicator.Day) indicator.Day { return *end })
	})
}

// fillTable writes rows into a table of the memory, column by column; from is the place of the first of the rows given to columns.
func fillTable[R any](db *database, table string, rows []R, columns func(a *appender, rows []R, from int)) error {
	a, err := db.newAppender("memory", table)
	if err != nil {
		return err
	}
	for from := 0; from < len(rows); {
		n := min(len(rows)-from, a.room())
		columns(a, rows[from:from+n], from)
		if err := a.endRows(n); err != nil {
			return errors.Join(err, a.close())
		}
		from += n
	}
	return a.close()
}
