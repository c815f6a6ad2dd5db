package indicator

import (
	"math"
	"testing"
)

// TestPrecision_Rules is every rule of propagation, worked by hand. A sum grows with both sides. A difference and a ratio
// grow with the first and shrink as the second grows, which turns the second one's bound round: an exact figure minus one
// that is at least so much is at most the difference.
func TestPrecision_Rules(t *testing.T) {
	const e, l, m, a = Exact, AtLeast, AtMost, Approximate
	tests := []struct {
		p, q                  Precision
		sum, difference, over Precision
	}{
		{e, e, e, e, e},
		{e, l, l, m, m},
		{e, m, m, l, l},
		{e, a, a, a, a},
		{l, e, l, l, l},
		{l, l, l, a, a},
		{l, m, a, l, l},
		{l, a, a, a, a},
		{m, e, m, m, m},
		{m, l, a, m, m},
		{m, m, m, a, a},
		{m, a, a, a, a},
		{a, e, a, a, a},
		{a, l, a, a, a},
		{a, m, a, a, a},
		{a, a, a, a, a},
	}
	for _, tt := range tests {
		if got := tt.p.Plus(tt.q); got != tt.sum {
			t.Errorf("%s + %s is %s, want %s", tt.p, tt.q, got, tt.sum)
		}
		if got := tt.p.Minus(tt.q); got != tt.difference {
			t.Errorf("%s - %s is %s, want %s", tt.p, tt.q, got, tt.difference)
		}
		if got := tt.p.Over(tt.q); got != tt.over {
			t.Errorf("%s / %s is %s, want %s", tt.p, tt.q, got, tt.over)
		}
	}
}

func TestPrecision_Unordered(t *testing.T) {
	for p, want := range map[Precision]Precision{Exact: Exact, AtLeast: Approximate, AtMost: Approximate, Approximate: Approximate} {
		if got := p.Unordered(); got != want {
			t.Errorf("%s unordered is %s, want %s", p, got, want)
		}
	}
}

func TestQuantity_Bounds(t *testing.T) {
	inf := math.Inf(1)
	tests := []struct {
		name      string
		q         Quantity
		low, high float64
	}{
		{"exact", Quantity{1047, Exact, true}, 1047, 1047},
		{"at least", Quantity{20000, AtLeast, true}, 20000, inf},
		{"at most", Quantity{20000, AtMost, true}, -inf, 20000},
		{"one digit", Quantity{2000, Approximate, true}, 1000, 3000},
		{"two digits", Quantity{97, Approximate, true}, 96, 98},
		{"two digits with zeros", Quantity{120000, Approximate, true}, 110000, 130000},
		{"decimals", Quantity{96.5, Approximate, true}, 96.4, 96.6},
		{"below one", Quantity{0.02, Approximate, true}, 0.01, 0.03},
		{"negative", Quantity{-30, Approximate, true}, -40, -20},
		{"zero", Quantity{0, Approximate, true}, -1, 1},
		{"computed", Quantity{2000, Approximate, false}, -inf, inf},
		{"computed at least", Quantity{2000, AtLeast, false}, 2000, inf},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			low, high := tt.q.Bounds()
			if !near(low, tt.low) || !near(high, tt.high) {
				t.Errorf("between %v and %v, want %v and %v", low, high, tt.low, tt.high)
			}
		})
	}
}

func near(a, b float64) bool { return a == b || math.Abs(a-b) <= 1e-9*math.Abs(b) }

func TestQuantity_Compare(t *testing.T) {
	tests := []struct {
		name string
		p, q Quantity
		want int
	}{
		{"exact smaller", Quantity{1, Exact, true}, Quantity{2, Exact, true}, -1},
		{"exact equal", Quantity{2, Exact, true}, Quantity{2, Exact, true}, 0},
		{"at least a smaller figure may be larger", Quantity{1, AtLeast, true}, Quantity{2, Exact, true}, 0},
		{"at least a larger figure is larger", Quantity{3, AtLeast, true}, Quantity{2, Exact, true}, 1},
		{"at most a smaller figure is smaller", Quantity{1, AtMost, true}, Quantity{2, Exact, true}, -1},
		{"at most a larger figure may be smaller", Quantity{3, AtMost, true}, Quantity{2, Exact, true}, 0},
		{"at least against at most, apart", Quantity{3, AtLeast, true}, Quantity{2, AtMost, true}, 1},
		{"at least against at most, overlapping", Quantity{2, AtLeast, true}, Quantity{3, AtMost, true}, 0},
		{"two lower bounds", Quantity{1, AtLeast, true}, Quantity{100, AtLeast, true}, 0},
		{"approximate, overlapping", Quantity{2000, Approximate, true}, Quantity{2999, Exact, true}, 0},
		{"approximate, apart", Quantity{2000, Approximate, true}, Quantity{3001, Exact, true}, -1},
		{"97 or so against 95", Quantity{97, Approximate, true}, Quantity{95, Exact, true}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.p.Compare(tt.q); got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
			if got := tt.q.Compare(tt.p); got != -tt.want {
				t.Errorf("the other way round %d, want %d", got, -tt.want)
			}
		})
	}
}

func TestQuantity_Minus(t *testing.T) {
	got := Quantity{Value: 2333, Precision: Exact}.Minus(Quantity{Value: 2000, Precision: AtLeast})
	if want := (Quantity{Value: 333, Precision: AtMost}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if NoQuantity().Known() || NoQuantity().Minus(got).Known() {
		t.Error("a missing quantity is known")
	}
}
