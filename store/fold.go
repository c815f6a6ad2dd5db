package store

import "context"

// Folder is what a Reader is besides if it can roll figures up over time itself, so that none of them need be handed out.
type Folder interface {
	// Fold rolls the figures of a selection up over time, region by region, by the time rule of each indicator. The selection
	// must not ask for evidence, vintages, the latest figures, an order or a part of the rows. It returns false where it cannot
	// tell, such as where periods overlap that are to be added up; then the figures have to be selected. Beyond Select.Cap it
	// returns a *RowCapError.
	Fold(ctx context.Context, s Select) (*Folded, bool, error)
}

// Folded is a stretch for each series that has figures, in their order.
//
// A value that rests on one figure is that figure's, with its counts. Of several, Value is their sum, mean, smallest or largest by
// the rule; for RuleRatio it is NaN, and Numerator and Denominator are the sums; for RuleNone it is NaN. Missing is the
// reason of the newest figure where none of a region's has a value, and that figure is then what the value rests on.
// Definitions are told unless the selection omits them. Nothing is said of sources, and nothing need be said of the counts of
// indicators that are not worked out from them; see indicator.Indicator.Counted.
type Folded struct {
	Stretches []Stretch
	// Figures is how many figures the selection has.
	Figures int
}
