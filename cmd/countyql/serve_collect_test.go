package main

import (
	"slices"
	"testing"
)

func TestCollecting(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	for _, test := range []struct{ live, kept, want int64 }{
		{0, 0, 600},
		{12 * mb, 0, 200}, // 24 MB may always lie about
		{20 * mb, 15 * mb, 120},
		{100 * mb, 0, 100},
		{100 * mb, 60 * mb, 40},
		{100 * mb, 90 * mb, 24},
		{1000 * mb, 64 * mb, 93},
		{100 * mb, 500 * mb, 24}, // what was just dropped is still counted
	} {
		if got := percentOf(test.live, test.kept); got != test.want {
			t.Errorf("%d MB in use, %d kept: %d, want %d", test.live/mb, test.kept/mb, got, test.want)
		}
	}
	var set []int
	c := &collecting{set: func(percent int) { set = append(set, percent) }}
	c.percent.Store(usualPercent)
	for _, kept := range []uint64{0, 3 * mb, 40 * mb, 42 * mb, 60 * mb, 0} {
		c.observe(t.Context(), "made", kept)
		c.adjust(100 * mb)
	}
	if want := []int{60, 40, 100}; !slices.Equal(set, want) {
		t.Errorf("the percentage was set to %v, want %v", set, want)
	}
}
