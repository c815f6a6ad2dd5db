package resident

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// randomRows are figures of one series: many sources, most columns constant at first and later not.
func randomRows(n int) *store.Rows {
	random := rand.New(rand.NewPCG(1, 2))
	rows := newRows(nil, n, plain{}, store.FigureColumns)
	perPeriod := 100
	for i := range n {
		day := indicator.Day(i / perPeriod)
		rows.Start[i], rows.End[i] = day, day
		rows.Region[i] = int32(i % perPeriod * (2 + i/perPeriod%2)) // two lists of regions
		rows.Value[i], rows.Numerator[i], rows.Denominator[i] = random.Float64(), math.NaN(), math.NaN()
		if i < n/3 {
			continue
		}
		rows.Source[i] = random.Int32N(int32(1 + i/10)) // more and more
		rows.Definition[i] = random.Int32N(3)
		rows.Missing[i], rows.Derived[i] = indicator.Missing(random.IntN(3)), random.IntN(2) == 0
		rows.Precision[i], rows.CountsPrecision[i] = indicator.Precision(random.IntN(4)), indicator.Precision(random.IntN(4))
		if random.IntN(2) == 0 {
			rows.Numerator[i], rows.Denominator[i] = random.Float64(), random.Float64()
		}
	}
	return rows
}

// TestBuilder builds a block whose columns are larger than pages, in pieces, and reads it again.
func TestBuilder(t *testing.T) {
	const n = 20_000
	before := mappings.Load()
	rows := randomRows(n)
	b := newBuilder(series{}, n)
	for at := 0; at < n; at += 3000 {
		if err := b.add(rows, at, min(at+3000, n)); err != nil {
			t.Fatal(err)
		}
	}
	block, err := b.finish()
	if err != nil {
		t.Fatal(err)
	}
	s := store.NewSelect()
	var p picker
	p.reset(&s, nil)
	p.blocks = append(p.blocks, block)
	p.pick(block)
	p.arrange()
	if diff := cmp.Diff(rows, p.gather(nil), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if len(block.sets) != 3 || len(block.newest) != 166 {
		t.Errorf("%d lists of regions and %d newest figures, want two lists and that of all 166 regions", len(block.sets), len(block.newest))
	}
	if mappings.Load() == before {
		t.Error("no column lies outside the heap")
	}
	if block.bytes < n*(8+8+8+4+5) || block.bytes > n*(8+8+8+4+1+6)+1<<16 {
		t.Errorf("%d bytes for %d figures", block.bytes, n)
	}
	block.free()
	if mappings.Load() != before {
		t.Error("free kept columns")
	}
}

// TestBuilder_counted refuses more and fewer figures than were counted.
func TestBuilder_counted(t *testing.T) {
	rows := randomRows(10)
	b := newBuilder(series{}, 9)
	if err := b.add(rows, 0, 10); err == nil {
		t.Error("a tenth of nine figures was taken")
	}
	if err := b.add(rows, 0, 8); err != nil {
		t.Error(err)
	}
	if _, err := b.finish(); err == nil {
		t.Error("eight figures are nine")
	}
}

// TestConstantColumns takes no memory for columns that are the same in the whole block.
func TestConstantColumns(t *testing.T) {
	const n = 3000
	rows := newRows(nil, n, plain{}, store.FigureColumns)
	for i := range n {
		rows.Region[i] = int32(i)
		rows.Numerator[i], rows.Denominator[i] = math.NaN(), math.NaN()
		rows.Source[i], rows.Derived[i] = 7, true
	}
	b := newBuilder(series{}, n)
	if err := b.add(rows, 0, n); err != nil {
		t.Fatal(err)
	}
	block, err := b.finish()
	if err != nil {
		t.Fatal(err)
	}
	defer block.free()
	if block.bytes > 4*n+4096+blockBytes+100 {
		t.Errorf("%d bytes for nothing but %d regions", block.bytes, n)
	}
}
