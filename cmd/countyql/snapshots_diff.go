package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	decimal "golang.org/x/text/number"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/report"
	"github.com/countyql/countyql/store"
)

// snapshotsDiffCmd compares two snapshots.
type snapshotsDiffCmd struct {
	From  string `arg:"" default:"previous" help:"The one to start from (default ${default})."`
	To    string `arg:"" default:"current" help:"The one to compare with it (default ${default})."`
	Limit int    `default:"50" placeholder:"N" help:"How many figures to list; 0 for all (default ${default})."`
}

// diffJSON is the JSON form of how two snapshots differ.
type diffJSON struct {
	From      string           `json:"from"`
	To        string           `json:"to"`
	Added     int64            `json:"added"`
	Revised   int64            `json:"revised"`
	Withdrawn int64            `json:"withdrawn"`
	Figures   []differenceJSON `json:"figures"` // as many as asked for
}

type differenceJSON struct {
	report.Figure
	Kind string     `json:"kind"` // ADDED REVISED WITHDRAWN
	Unit string     `json:"unit"`
	Old  *stateJSON `json:"old,omitempty"`
	New  *stateJSON `json:"new,omitempty"`
}

// stateJSON is what a snapshot knows of a figure.
type stateJSON struct {
	Value       *float64 `json:"value"`
	Missing     string   `json:"missing,omitempty"`
	Precision   string   `json:"precision"`
	Numerator   *float64 `json:"numerator,omitempty"`
	Denominator *float64 `json:"denominator,omitempty"`
	Derived     bool     `json:"derived,omitempty"`
}

func newState(f *store.Figure) *stateJSON {
	if f == nil {
		return nil
	}
	known := func(v float64) *float64 {
		if math.IsNaN(v) {
			return nil
		}
		return &v
	}
	return &stateJSON{known(f.Value), f.Missing.String(), f.Precision.String(), known(f.Numerator), known(f.Denominator), f.Derived}
}

// Run compares the current figures of the two.
func (c *snapshotsDiffCmd) Run(a *app) error {
	if c.Limit < 0 {
		return &usageError{fmt.Sprintf("--limit %d is no number of figures", c.Limit), "write 0 for all of them"}
	}
	return a.withKept(func(ctx context.Context, k *kept) error {
		answer := &diffJSON{Figures: []differenceJSON{}}
		var err error
		if answer.From, err = k.find(ctx, c.From); err != nil {
			return err
		}
		if answer.To, err = k.find(ctx, c.To); err != nil {
			return err
		}
		var listed []store.Difference
		err = k.diff(ctx, answer, func(d store.Difference) {
			if c.Limit == 0 || len(listed) < c.Limit {
				listed = append(listed, d)
			}
		})
		if err != nil {
			return err
		}
		if a.JSON {
			for _, d := range listed {
				answer.Figures = append(answer.Figures, differenceJSON{report.NewFigure(d.Key), kindOf(d), d.Unit, newState(d.From), newState(d.To)})
			}
			return writeJSON(a.stdout, answer)
		}
		return writeDiff(a.stdout, answer, listed)
	})
}

// diff compares two snapshots and counts.
func (k *kept) diff(ctx context.Context, counted *diffJSON, give func(store.Difference)) error {
	from, err := k.engine.Open(ctx, counted.From)
	if err != nil {
		return err
	}
	defer from.Release()
	to, err := k.engine.Open(ctx, counted.To)
	if err != nil {
		return err
	}
	defer to.Release()
	return store.Diff(ctx, from, to, func(d store.Difference) error {
		switch {
		case d.From == nil:
			counted.Added++
		case d.To == nil:
			counted.Withdrawn++
		default:
			counted.Revised++
		}
		give(d)
		return nil
	})
}

func kindOf(d store.Difference) string {
	switch {
	case d.From == nil:
		return "ADDED"
	case d.To == nil:
		return "WITHDRAWN"
	}
	return "REVISED"
}

// writeDiff writes the counts and one line for each figure listed.
func writeDiff(w io.Writer, d *diffJSON, listed []store.Difference) error {
	fmt.Fprintf(w, "from %s to %s\n", d.From, d.To)
	fmt.Fprintln(w, counts.Sprintf("%d added, %d revised, %d withdrawn", d.Added, d.Revised, d.Withdrawn))
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	signs := map[string]string{"ADDED": "+", "REVISED": "~", "WITHDRAWN": "-"}
	for _, f := range listed {
		period := f.Key.Period
		if f.Key.Status != indicator.Actual {
			period += " " + f.Key.Status.String()
		}
		if f.Key.Slice != "" {
			period = f.Key.Slice + " " + period
		}
		fmt.Fprintf(table, "%s %s\t%s\t%s\t%s\n", signs[kindOf(f)], f.Key.Region, f.Key.Indicator, period, states(f))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if more := d.Added + d.Revised + d.Withdrawn - int64(len(listed)); more > 0 {
		fmt.Fprintln(w, counts.Sprintf("… and %d more; --limit 0 lists all", more))
	}
	return nil
}

// states writes what a figure was and is: 334 -> 335 grid (+0.3 %).
func states(d store.Difference) string {
	switch {
	case d.From == nil:
		return state(d.To, d.Unit)
	case d.To == nil:
		return state(d.From, d.Unit)
	}
	text := state(d.From, "") + " -> " + state(d.To, d.Unit)
	move := d.To.Value - d.From.Value
	switch {
	case math.IsNaN(move):
		return text
	case move == 0:
		return text + " (" + otherThanValue(d) + ")"
	case d.Unit == "%" || d.Unit == "‰":
		return text + counts.Sprintf(" (%+.4g points)", move)
	case d.From.Value == 0:
		return text
	}
	return text + counts.Sprintf(" (%+.3g %%)", 100*move/math.Abs(d.From.Value))
}

// otherThanValue says what differs where the value does not.
func otherThanValue(d store.Difference) string {
	switch {
	case d.From.Precision != d.To.Precision:
		return "precision"
	case d.From.Derived != d.To.Derived && d.To.Derived:
		return "now derived"
	case d.From.Derived != d.To.Derived:
		return "now reported"
	}
	return "counts"
}

// precisionSigns stand before a value.
var precisionSigns = map[indicator.Precision]string{indicator.Approximate: "~", indicator.AtLeast: "≥", indicator.AtMost: "≤"}

func state(f *store.Figure, unit string) string {
	text := f.Missing.String()
	if f.Missing == indicator.NotMissing {
		text = precisionSigns[f.Precision] + counts.Sprint(decimal.Decimal(f.Value, decimal.MaxFractionDigits(6)))
		if unit != "" {
			text += " " + unit
		}
	}
	if f.Derived {
		text += " derived"
	}
	return text
}
