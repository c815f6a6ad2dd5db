package main

import (
	"slices"
	"testing"
)

func TestCollecting(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	var set []int
	c := &collecting{budget: 160 * mb, percent: usualPercent, set: func(percent int) { set = append(set, percent) }}
	for _, test := range []struct{ live, want int64 }{
		{0, 100},
		{20 * mb, 100},
		{80 * mb, 100},
		{100 * mb, 60},  // 160 MB in all
		{128 * mb, 25},  // and here
		{150 * mb, 25},  // a quarter may always lie about
		{1000 * mb, 25}, // likewise
	} {
		if got := c.percentOf(test.live); got != test.want {
			t.Errorf("%d MB in use: %d, want %d", test.live/mb, got, test.want)
		}
	}
	if got := (&collecting{}).percentOf(48 * mb); got != 50 {
		t.Errorf("without a budget: %d, want 50: 24 MB may always lie about", got)
	}
	for _, live := range []int64{0, 80 * mb, 81 * mb, 100 * mb, 101 * mb, 128 * mb, 1000 * mb, 10 * mb} {
		c.adjust(live)
	}
	if want := []int{60, 25, 100}; !slices.Equal(set, want) {
		t.Errorf("the percentage was set to %v, want %v", set, want)
	}
}
