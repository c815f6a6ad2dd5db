package loader

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// mini is the small package of testdata with some files replaced; a nil file is left out.
func mini(t *testing.T, replace map[string]string) fs.FS {
	t.Helper()
	files := make(fstest.MapFS)
	source := os.DirFS("testdata/mini")
	names, err := fs.Glob(source, "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(source, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	for name, text := range replace {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

// figuresOf is an observations.csv with the given rows: region,indicator,slice,period,value, and any further cells.
func figuresOf(rows ...string) string {
	return observationsHeader + strings.Join(rows, "\n") + "\n"
}

const observationsHeader = "region,indicator,slice,period,status,value,unit,precision,numerator,denominator,missing,printed,offset," +
	"source,published_on,period_inferred,definition,note\n"

// figure is a row of observations.csv by its columns; what is not given is a plain figure of the mini package.
func figure(cells map[string]string) string {
	row := map[string]string{
		"region": "370105", "indicator": "grids", "period": "2020-03-30", "status": "ACTUAL", "value": "1", "source": "daily",
	}
	maps.Copy(row, cells)
	var texts []string
	for column := range strings.SplitSeq(strings.TrimSpace(observationsHeader), ",") {
		text := row[column]
		if strings.ContainsAny(text, ",\"\n") {
			text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ",")
}

// memory is an engine that keeps one snapshot in memory. It knows nothing of revisions and derives nothing: it shows
// what the loader hands over.
type memory struct {
	contents  *store.Contents
	reports   []store.Report
	locked    bool
	appended  int
	selects   atomic.Int32
	withdrawn []store.Scope
	derived   map[int32]bool // sources whose figures are shown as derived
	fail      error          // of Commit
}

func (m *memory) Pin(context.Context) (store.Snapshot, error)         { return nil, store.ErrNoSnapshot }
func (m *memory) Manifests(context.Context) ([]store.Manifest, error) { return nil, nil }
func (m *memory) Close() error                                        { return nil }
func (m *memory) Begin(context.Context) (store.Writer, error) {
	if m.locked {
		return nil, &store.LockedError{Holder: "somebody"}
	}
	m.locked = true
	return &memoryWriter{memory: m}, nil
}

type memoryWriter struct {
	*memory
	batch   []store.Report
	catalog *catalog.Catalog
	done    bool
}

func (w *memoryWriter) Parent() *store.Contents { return w.contents }

func (w *memoryWriter) Append(_ context.Context, batch []store.Report) error {
	w.batch = append(w.batch, batch...)
	w.appended += len(batch)
	return nil
}

func (w *memoryWriter) Clear(context.Context) error {
	w.batch, w.appended = nil, 0
	return nil
}

func (w *memoryWriter) Discard(_ context.Context, keys []store.ReportKey) error {
	w.batch = slices.DeleteFunc(w.batch, func(r store.Report) bool {
		return slices.Contains(keys, store.ReportKey{
			Region: r.Region, Indicator: r.Indicator, Slice: r.Slice, Status: r.Status, Period: r.Period, PublishedOn: r.PublishedOn,
		})
	})
	return nil
}

func (w *memoryWriter) Withdraw(_ context.Context, scope store.Scope) error {
	w.withdrawn = append(w.withdrawn, scope)
	return nil
}

func (w *memoryWriter) Stage(ctx context.Context, c *catalog.Catalog) (*store.Staged, error) {
	w.catalog = c
	staged := &store.Staged{Reader: &memoryReader{w.memory, w.batch}}
	for _, r := range w.batch {
		if slices.ContainsFunc(w.reports, func(old store.Report) bool { return reportText(r) == reportText(old) }) {
			staged.Changes.Unchanged++
		} else {
			staged.Changes.Added++
		}
	}
	staged.Changes.Catalog = w.contents == nil
	return staged, ctx.Err()
}

func (w *memoryWriter) Commit(_ context.Context, load indicator.Load, checks []indicator.CheckResult) (store.Manifest, error) {
	if w.fail != nil {
		return store.Manifest{}, w.fail
	}
	var loads []indicator.Load
	if w.contents != nil {
		loads = w.contents.Loads
	}
	manifest := store.Manifest{ID: "snapshot-" + load.ID, Load: load.ID, Observations: int64(len(w.batch))}
	w.contents = &store.Contents{Manifest: manifest, Catalog: w.catalog, Loads: append(loads, load), Checks: checks}
	w.reports = w.batch
	w.locked, w.done = false, true
	return manifest, nil
}

func (w *memoryWriter) Abort() error {
	if !w.done {
		w.locked, w.done = false, true
	}
	return nil
}

func reportText(r store.Report) string { return fmt.Sprintf("%+v", r) }

// memoryReader selects by indicator and region only, which is all that checks ask for.
type memoryReader struct {
	memory  *memory
	reports []store.Report
}

func (m *memoryReader) Select(_ context.Context, s store.Select) (*store.Rows, error) {
	m.memory.selects.Add(1)
	if len(s.Indicators) == 0 || s.AsOf != indicator.NoDay {
		return nil, errors.New("a check selects the current figures of some indicators")
	}
	var found []store.Report
	for _, r := range m.reports {
		within := func(span store.Span) bool { return span.From <= r.Region && r.Region < span.To }
		if slices.Contains(s.Indicators, r.Indicator) && (s.Regions == nil || slices.ContainsFunc(s.Regions, within)) {
			found = append(found, r)
		}
	}
	slices.SortStableFunc(found, func(a, b store.Report) int {
		return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Slice, b.Slice), cmp.Compare(a.Status, b.Status),
			cmp.Compare(a.Period.End, b.Period.End), cmp.Compare(a.Period.Start, b.Period.Start), cmp.Compare(a.Region, b.Region))
	})
	rows := &store.Rows{}
	for _, r := range found {
		rows.Indicator = append(rows.Indicator, r.Indicator)
		rows.Slice = append(rows.Slice, r.Slice)
		rows.Region = append(rows.Region, r.Region)
		rows.Source = append(rows.Source, r.Source)
		rows.Definition = append(rows.Definition, r.Definition)
		rows.Status = append(rows.Status, r.Status)
		rows.Start = append(rows.Start, r.Period.Start)
		rows.End = append(rows.End, r.Period.End)
		rows.Value = append(rows.Value, r.Value)
		rows.Missing = append(rows.Missing, r.Missing)
		rows.Precision = append(rows.Precision, r.Precision)
		rows.Numerator = append(rows.Numerator, r.Numerator)
		rows.Denominator = append(rows.Denominator, r.Denominator)
		rows.CountsPrecision = append(rows.CountsPrecision, r.CountsPrecision)
		rows.Derived = append(rows.Derived, m.memory.derived[r.Source])
	}
	rows.Drop(s.Omit)
	return rows, nil
}

func (m *memoryReader) Count(_ context.Context, s store.Select, by ...store.Key) ([]store.Tally, error) {
	if !slices.Equal(by, []store.Key{store.KeyIndicator}) {
		return nil, errors.New("checks count by indicator")
	}
	counts := make(map[int32]int64)
	for _, r := range m.reports {
		if slices.Contains(s.Indicators, r.Indicator) {
			counts[r.Indicator]++
		}
	}
	var tallies []store.Tally
	for _, id := range slices.Sorted(maps.Keys(counts)) {
		tallies = append(tallies, store.Tally{Keys: []int32{id}, Rows: counts[id]})
	}
	return tallies, nil
}

// same compares floats, and NaN is the same as NaN.
func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

var nan = math.NaN()

// files is a file system of texts.
func files(texts map[string]string) fs.FS {
	fsys := make(fstest.MapFS)
	for name, text := range texts {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// describe is a datapackage.json of resources, given as names and headers in turn, whose columns are all texts.
func describe(resources ...string) string {
	var list []string
	for i := 0; i < len(resources); i += 2 {
		var fields []string
		for name := range strings.SplitSeq(resources[i+1], ",") {
			fields = append(fields, `{"name": "`+name+`"}`)
		}
		list = append(list, `{"name": "`+resources[i]+`", "path": "`+resources[i]+`.csv", "schema": {"fields": [`+strings.Join(fields, ", ")+`]}}`)
	}
	return `{"name": "test", "resources": [` + strings.Join(list, ",\n") + `]}`
}

// waited is a store that another load holds for so many attempts.
type waited struct {
	memory
	refusals int
}

func (w *waited) Begin(ctx context.Context) (store.Writer, error) {
	if w.refusals > 0 {
		w.refusals--
		return nil, &store.LockedError{Holder: "somebody"}
	}
	return w.memory.Begin(ctx)
}
