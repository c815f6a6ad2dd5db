package resident

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// figure is what stretches and rows tell of a figure.
type figure struct {
	Indicator, Slice, Region, Definition int32
	Status                               indicator.Status
	Period                               indicator.Period
	Value, Numerator, Denominator        float64
	Missing                              indicator.Missing
	Precision, Counts                    indicator.Precision
}

func figuresOf(stretches []store.Stretch) []figure {
	var list []figure
	for _, t := range stretches {
		for i, region := range t.Region {
			f := figure{
				Indicator: t.Indicator, Slice: t.Slice, Region: region, Definition: t.Defined, Status: t.Status, Period: t.Period, Value: t.Value[i],
				Numerator: math.NaN(), Denominator: math.NaN(),
			}
			if t.Definition != nil {
				f.Definition = t.Definition[i]
			}
			if t.Missing != nil {
				f.Missing = t.Missing[i]
			}
			if t.Precision != nil {
				f.Precision = t.Precision[i]
			}
			if t.Numerator != nil {
				f.Numerator, f.Denominator = t.Numerator[i], t.Denominator[i]
			}
			if t.CountsPrecision != nil {
				f.Counts = t.CountsPrecision[i]
			}
			list = append(list, f)
		}
	}
	return list
}

// TestStretches_likeSelect holds stretches from blocks against rows of the engine that looks at every figure, and these against themselves shown as
// stretches.
func TestStretches_likeSelect(t *testing.T) {
	m := backing(t)
	e := New(m, Options{Bytes: math.MaxInt64})
	warm(t, e)
	want, got := pin(t, m), pin(t, e)
	rapid.Check(t, func(t *rapid.T) {
		s := drawSelect(t)
		s.Order, s.Limit = store.Order{}, 0
		rows, wantErr := want.Select(t.Context(), s)
		stretches, ok, err := got.(store.Stretcher).Stretches(t.Context(), s)
		if wantErr != nil {
			var beyond *store.RowCapError
			if !errors.As(err, &beyond) {
				t.Fatalf("%v, want %v", err, wantErr)
			}
			return
		}
		if err != nil || !ok {
			t.Fatalf("stretches of %+v: %t, %v", s, ok, err)
		}
		wanted := make([]figure, 0, rows.Len())
		for i := range rows.Len() {
			wanted = append(wanted, figure{
				rows.Indicator[i], rows.Slice[i], rows.Region[i], rows.Definition[i], rows.Status[i], indicator.Period{Start: rows.Start[i], End: rows.End[i]},
				rows.Value[i], rows.Numerator[i], rows.Denominator[i], rows.Missing[i], rows.Precision[i], rows.CountsPrecision[i],
			})
		}
		for name, list := range map[string][]store.Stretch{"in blocks": stretches, "of rows": rows.Stretches()} {
			if diff := cmp.Diff(wanted, figuresOf(list), cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("stretches %s of %+v (-want +got):\n%s", name, s, diff)
			}
		}
	})
}

// TestStretches_untilReleased drops all blocks while an answer shows them: they are freed when its snapshot is released.
func TestStretches_untilReleased(t *testing.T) {
	e := New(backing(t), Options{Bytes: math.MaxInt64})
	warm(t, e)
	snapshot, err := e.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list, ok, err := snapshot.(store.Stretcher).Stretches(t.Context(), store.NewSelect())
	if err != nil || !ok || len(list) == 0 {
		t.Fatalf("%d stretches, %t, %v", len(list), ok, err)
	}
	pins := func(blocks []*block) (n int) {
		for _, b := range blocks {
			n += b.pins
		}
		return n
	}
	var blocks []*block
	for _, one := range e.blocks {
		blocks = append(blocks, one.block)
	}
	before := figuresOf(list)
	e.adopt(nil)
	if n := pins(blocks); n == 0 {
		t.Error("no block is pinned while the answer is read")
	}
	if diff := cmp.Diff(before, figuresOf(list), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("figures of blocks that were dropped (-before +after):\n%s", diff)
	}
	snapshot.Release()
	if n := pins(blocks); n != 0 {
		t.Errorf("%d pins are left", n)
	}
}

// TestStretches_declined asks for what has an order or is only a part, and for what is not in memory.
func TestStretches_declined(t *testing.T) {
	m := backing(t)
	e := New(m, Options{Bytes: math.MaxInt64})
	snapshot := func() store.Stretcher { return pin(t, e).(store.Stretcher) }
	if _, ok, err := snapshot().Stretches(t.Context(), store.NewSelect()); ok || err != nil {
		t.Errorf("before anything is loaded: %t, %v", ok, err)
	}
	warm(t, e)
	for name, change := range map[string]func(*store.Select){
		"order":    func(s *store.Select) { s.Order.By = store.ByValue },
		"limit":    func(s *store.Select) { s.Limit = 1 },
		"after":    func(s *store.Select) { s.After = &store.Position{} },
		"as of":    func(s *store.Select) { s.AsOf = month(3).End },
		"evidence": func(s *store.Select) { s.Evidence = true },
	} {
		s := store.NewSelect()
		change(&s)
		if _, ok, err := snapshot().Stretches(t.Context(), s); ok || err != nil {
			t.Errorf("%s: %t, %v", name, ok, err)
		}
	}
}

// TestFold_kept asks for the same time twice, of other regions, and looks at what that takes of the memory.
func TestFold_kept(t *testing.T) {
	m := backing(t)
	fold := func(e *Engine, s store.Select) []store.Stretch {
		t.Helper()
		folded, ok, err := pin(t, e).(store.Folder).Fold(t.Context(), s)
		if err != nil || !ok {
			t.Fatalf("%t, %v", ok, err)
		}
		return folded.Stretches
	}
	everything := store.NewSelect()
	everything.Indicators = []int32{dense, ragged}
	part := everything
	part.Regions = []store.Span{{From: 2, To: 5}, {From: 14, To: 16}}
	roomy := New(m, Options{Bytes: math.MaxInt64})
	warm(t, roomy)
	alone := fold(roomy, part) // too few to have all rolled up
	before := roomy.Stats().Bytes
	first := fold(roomy, everything)
	kept := roomy.Stats().Bytes
	if kept <= before {
		t.Errorf("%d bytes, %d before: what is kept was not counted", kept, before)
	}
	options := cmp.Options{cmpopts.EquateNaNs(), cmpopts.EquateEmpty()}
	if diff := cmp.Diff(first, fold(roomy, everything), options); diff != "" {
		t.Errorf("again (-first +again):\n%s", diff)
	}
	if diff := cmp.Diff(figuresOf(alone), figuresOf(fold(roomy, part)), options, cmpopts.IgnoreFields(figure{}, "Period")); diff != "" {
		t.Errorf("a part (-alone +of what is kept):\n%s", diff)
	}
	for last := range indicator.Day(2 * mostRolled) {
		s := everything
		s.Within = &indicator.Period{Start: indicator.NoDay, End: month(int(last)%5+1).End + last/5}
		fold(roomy, s)
	}
	if most := before + mostRolled*(kept-before); roomy.Stats().Bytes > most {
		t.Errorf("%d bytes, at most %d are wanted", roomy.Stats().Bytes, most)
	}
	full := New(m, Options{Bytes: roomFor(before)})
	warm(t, full)
	for last := range indicator.Day(2 * mostRolled) {
		s := everything
		s.Within = &indicator.Period{Start: indicator.NoDay, End: month(int(last)%5+1).End + last/5}
		fold(full, s)
	}
	if used := full.Stats().Bytes; used > roomFor(before) || used == before {
		t.Errorf("%d bytes of a budget of %d, %d are blocks", used, roomFor(before), before)
	}
	roomy.adopt(nil)
	if used := roomy.Stats().Bytes; used != 0 {
		t.Errorf("%d bytes are left of nothing", used)
	}
}

// TestKeepRolled keeps what there is where what comes has no room at all.
func TestKeepRolled(t *testing.T) {
	t.Parallel()
	few, many := &store.Stretch{Region: make([]int32, 1)}, &store.Stretch{Region: make([]int32, 1000)}
	e := New(nil, Options{Bytes: rolledPart * sizeOf(many)})
	other, b := &block{}, &block{}
	e.keepRolled(other, 0, 1, few)
	for to, stretch := range []*store.Stretch{few, many} {
		e.keepRolled(b, 0, to, stretch)
	}
	if e.rolled(other, 0, 1) == nil || e.rolled(b, 0, 0) == nil || e.rolled(b, 0, 1) != nil {
		t.Error("what has room is not kept, or what has none is")
	}
	e.rolledBytes -= other.rolled[0].bytes // it is dropped
	if e.keepRolled(b, 0, 1, many); e.rolled(b, 0, 0) != nil || e.rolled(b, 0, 1) == nil || e.rolledBytes != sizeOf(many) {
		t.Errorf("what came first is kept; %d bytes", e.rolledBytes)
	}
}
