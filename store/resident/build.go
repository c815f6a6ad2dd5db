package resident

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"unsafe"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// builder makes a block of the rows of one series, which come in natural order in any number of pieces.
type builder struct {
	block   *block
	total   int                // rows that the block will have
	regions []int32            // of the run that is being read
	known   map[uint64][]int32 // sets by the hash of their regions
	flat    []int32            // regions of all sets
	starts  []int              // of the sets in flat
}

var seed = maphash.MakeSeed()

func newBuilder(of series, total int) *builder {
	return &builder{block: &block{series: of}, total: total, known: make(map[uint64][]int32)}
}

// add appends the rows from..to of a piece. Columns that the piece lacks are not to be looked at, but for counts: those are unknown then.
func (b *builder) add(piece *store.Rows, from, to int) error {
	block := b.block
	rows := block.rows
	if rows+to-from > b.total {
		return fmt.Errorf("a series has more than the %d figures that were counted", b.total)
	}
	for i := from; i < to; i++ {
		period := indicator.Period{Start: piece.Start[i], End: piece.End[i]}
		if n := len(block.runs); n == 0 || block.runs[n-1].period != period {
			b.endRun()
			if n > 0 && !before(block.runs[n-1].period, period) {
				return errOrder
			}
			block.runs = append(block.runs, run{period: period, first: int32(rows + i - from)})
		}
		if n := len(b.regions); n > 0 && b.regions[n-1] >= piece.Region[i] {
			return errOrder
		}
		b.regions = append(b.regions, piece.Region[i])
	}
	m := &block.memory
	block.value.add(m, bits(piece.Value[from:to]), rows, b.total)
	block.missing.add(m, bytesOf(piece.Missing[from:to]), rows, b.total)
	if piece.Precision != nil {
		block.precision.add(m, bytesOf(piece.Precision[from:to]), rows, b.total)
	}
	if piece.Numerator != nil {
		block.numerator.add(m, bits(piece.Numerator[from:to]), rows, b.total)
		block.denominator.add(m, bits(piece.Denominator[from:to]), rows, b.total)
		block.countsPrecision.add(m, bytesOf(piece.CountsPrecision[from:to]), rows, b.total)
	} else {
		block.numerator.one, block.denominator.one = unknownNumber, unknownNumber
	}
	if piece.Derived != nil {
		block.derived.add(m, piece.Derived[from:to], rows, b.total)
	}
	if piece.Source != nil {
		block.source.add(m, piece.Source[from:to], rows, b.total)
	}
	if piece.Definition != nil {
		block.definition.add(m, piece.Definition[from:to], rows, b.total)
	}
	block.rows += to - from
	return nil
}

// unknownNumber is a number that is not known.
var unknownNumber = math.Float64bits(math.NaN())

var errOrder = errors.New("figures were not read in natural order")

func before(a, b indicator.Period) bool { return a.End < b.End || a.End == b.End && a.Start < b.Start }

// bytesOf shows a column of bytes by another name as one of int8.
func bytesOf[T ~int8](column []T) []int8 {
	return unsafe.Slice((*int8)(unsafe.Pointer(unsafe.SliceData(column))), len(column))
}

// endRun gives the last run its set.
func (b *builder) endRun() {
	if n := len(b.block.runs); n > 0 {
		b.block.runs[n-1].set = b.intern(b.regions)
	}
	b.regions = b.regions[:0]
}

func (b *builder) set(id int32) []int32 {
	if int(id)+1 < len(b.starts) {
		return b.flat[b.starts[id]:b.starts[id+1]]
	}
	return b.flat[b.starts[id]:]
}

// intern returns the number of a set of regions, a new one if there is no equal one.
func (b *builder) intern(regions []int32) int32 {
	if n := len(b.block.runs); n > 1 { // mostly that of the run before
		if last := b.block.runs[n-2].set; slices.Equal(b.set(last), regions) {
			return last
		}
	}
	hash := hashOf(regions)
	for _, id := range b.known[hash] {
		if slices.Equal(b.set(id), regions) {
			return id
		}
	}
	id := int32(len(b.starts))
	b.starts = append(b.starts, len(b.flat))
	b.flat = append(b.flat, regions...)
	b.known[hash] = append(b.known[hash], id)
	return id
}

func hashOf(regions []int32) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	var buffer [1024]byte
	for len(regions) > 0 {
		n := min(len(regions), len(buffer)/4)
		for i, region := range regions[:n] {
			binary.NativeEndian.PutUint32(buffer[4*i:], uint32(region))
		}
		h.Write(buffer[:4*n])
		regions = regions[n:]
	}
	return h.Sum64()
}

// overhead is what a block takes beside its columns, about.
const (
	blockBytes = int64(unsafe.Sizeof(block{}))
	runBytes   = int64(unsafe.Sizeof(run{}))
	setBytes   = int64(unsafe.Sizeof(set{}))
)

// finish returns the block. It returns an error if rows are missing.
func (b *builder) finish() (*block, error) {
	block := b.block
	if block.rows != b.total {
		return nil, fmt.Errorf("a series has %d of the %d figures that were counted", block.rows, b.total)
	}
	b.endRun()
	block.runs = slices.Clip(block.runs)
	flat := allocate[int32](&block.memory, len(b.flat))
	copy(flat, b.flat)
	b.flat = flat
	block.sets = make([]set, len(b.starts))
	for id := range block.sets {
		block.sets[id] = b.set(int32(id))
	}
	block.findNewest()
	block.bytes += blockBytes + runBytes*int64(len(block.runs)) + setBytes*int64(len(block.sets)) +
		4*int64(len(block.source.words)+len(block.definition.words))
	return block, nil
}

// findNewest finds all regions and where each has its newest figure, unless that is the last run.
func (b *block) findNewest() {
	if len(b.runs) == 0 {
		return
	}
	last := b.runs[len(b.runs)-1].set
	union := make(map[int32]int32) // row by region
	if len(b.sets) > 1 {
		for r := len(b.runs) - 1; r >= 0; r-- {
			if r < len(b.runs)-1 && b.runs[r].set == b.runs[r+1].set {
				continue
			}
			for i, region := range b.sets[b.runs[r].set] {
				if _, ok := union[region]; !ok {
					union[region] = b.runs[r].first + int32(i)
				}
			}
		}
	}
	b.all = last
	if len(union) <= len(b.sets[last]) {
		return
	}
	b.all = int32(slices.IndexFunc(b.sets, func(regions set) bool { return len(regions) == len(union) })) // which has them all
	if b.all < 0 {
		regions := allocate[int32](&b.memory, len(union))[:0]
		for region := range union {
			regions = append(regions, region)
		}
		slices.Sort(regions)
		b.all = int32(len(b.sets))
		b.sets = append(b.sets, regions)
	}
	b.newest = allocate[int32](&b.memory, len(union))
	for i, region := range b.sets[b.all] {
		b.newest[i] = union[region]
	}
}
