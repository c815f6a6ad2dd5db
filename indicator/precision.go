package indicator

// Precision says how a printed figure bounds the true one. Its two bits are "the true value may be higher" and "the
// true value may be lower", so that combining precisions is arithmetic on bits.
type Precision int8

// The precisions.
const (
	Exact       Precision = 0b00
	AtLeast     Precision = 0b01 // the true value is the figure or higher: 2万余, 以上
	AtMost      Precision = 0b10 // the true value is the figure or lower: 不到
	Approximate Precision = 0b11 // the true value may lie on either side: 约, 近, 左右
)

var precisionNames = []string{"EXACT", "AT_LEAST", "AT_MOST", "APPROXIMATE"}

// String returns the contract's name of the precision.
func (p Precision) String() string { return enumName(precisionNames, p) }

// ParsePrecision reads a precision by its contract name.
func ParsePrecision(text string) (Precision, error) {
	return parseEnum[Precision]("precision", precisionNames, text)
}

// Plus is the precision of a sum, and of any result that grows with each of its parts: mean, median, minimum, maximum.
// Bounds that point both ways leave nothing known, which is Approximate.
func (p Precision) Plus(q Precision) Precision { return p | q }

// Negated is the precision of a quantity that shrinks as this one grows: the subtracted side of a difference, the
// denominator of a ratio of non-negative quantities.
func (p Precision) Negated() Precision { return (p&1)<<1 | p>>1 }

// Minus is the precision of the difference p - q.
func (p Precision) Minus(q Precision) Precision { return p | q.Negated() }

// Over is the precision of the ratio p / q of non-negative quantities.
func (p Precision) Over(q Precision) Precision { return p | q.Negated() }

// Unordered is the precision of a result that may move either way when a part moves, such as a standard deviation.
func (p Precision) Unordered() Precision {
	if p == Exact {
		return Exact
	}
	return Approximate
}
