package scratch_test

import (
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/countyql/countyql/scratch"
)

type pair struct {
	at    int32
	value float64
}

type linked struct {
	to *pair
	n  int
}

var (
	pairs  = scratch.Of[pair]()
	floats = scratch.Of[float64]()
	links  = scratch.Of[linked]()
)

// TestMake lends pieces of all sizes again and again: they are zero, as long as was asked for, and no two share an item.
func TestMake(t *testing.T) {
	t.Parallel()
	for range 3 {
		var s scratch.Scratch
		var all [][]pair
		for n := 1; n < 400_000; n = n*3 + 1 {
			list := pairs.Make(&s, n)
			if len(list) != n || cap(list) != n {
				t.Fatalf("%d items with room for %d, %d were asked for", len(list), cap(list), n)
			}
			if slices.ContainsFunc(list, func(p pair) bool { return p != pair{} }) {
				t.Fatalf("some of %d items are not zero", n)
			}
			for i := range list {
				list[i] = pair{int32(len(all)), 1} //nolint:gosec // there are a few
			}
			all = append(all, list)
		}
		for i, list := range all {
			if slices.ContainsFunc(list, func(p pair) bool { return p.at != int32(i) }) { //nolint:gosec // likewise
				t.Fatalf("piece %d has items of another", i)
			}
		}
		s.Free()
	}
}

// TestRoom appends to what is lent, and asks for nothing of it.
func TestRoom(t *testing.T) {
	t.Parallel()
	var s scratch.Scratch
	defer s.Free()
	for _, n := range []int{0, 1, 1000, 5000} {
		if list := floats.Room(&s, n); len(list) != 0 || cap(list) < n {
			t.Errorf("%d items with room for %d, want 0 and %d", len(list), cap(list), n)
		}
	}
}

// TestNobody lends without an owner, and after its end: what is garbage then is zero too.
func TestNobody(t *testing.T) {
	t.Parallel()
	var ended scratch.Scratch
	ended.Free()
	for _, s := range []*scratch.Scratch{nil, &ended} {
		first, second := floats.Make(s, 1000), floats.Make(s, 1000)
		first[0] = 1
		if second[0] != 0 || len(first) != 1000 {
			t.Errorf("%d items, and the other's first is %v", len(first), second[0])
		}
	}
	ended.Free() // there is nothing to give back
}

// TestFree has what was given back overwritten, or zero where it would keep something alive.
func TestFree(t *testing.T) {
	t.Parallel()
	scratch.Poison()
	var s scratch.Scratch
	numbers, list := scratch.Of[float64]().Make(&s, 1000), scratch.Of[linked]().Make(&s, 1000) // kinds of its own, so that nobody else has them next
	numbers[7], list[7] = 7, linked{&pair{}, 7}
	s.Free()
	if !math.IsNaN(numbers[7]) || list[7] != (linked{}) {
		t.Errorf("%v and %v are left", numbers[7], list[7])
	}
}

// TestTogether lends to many at a time.
func TestTogether(t *testing.T) {
	t.Parallel()
	var s scratch.Scratch
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 200 {
				list := links.Make(&s, 300)
				for k := range list {
					if list[k].n != 0 {
						t.Error("an item is not zero")
						return
					}
					list[k].n = i
				}
			}
		})
	}
	all.Wait()
	s.Free()
}
