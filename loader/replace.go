package loader

import (
	"context"
	"fmt"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Replace is a scope of which the input holds all figures there are: those that are current in the store and not in the
// input are withdrawn.
type Replace struct {
	Indicators []string // codes; at least one
	Regions    []string // codes; each stands for everything inside it too. None: every region.
}

// ParseReplace reads a scope: indicator=gdp,population or indicator=gdp,region=37.
func ParseReplace(text string) (Replace, error) {
	var r Replace
	fail := func(message string) error {
		return &ScopeError{Scope: text, Err: indicator.Errorf(indicator.InvalidInput, "%s", message)}
	}
	key := ""
	for part := range strings.SplitSeq(text, ",") {
		code := part
		if name, value, ok := strings.Cut(part, "="); ok {
			key, code = strings.TrimSpace(name), value
		}
		code = strings.TrimSpace(code)
		switch {
		case code == "":
			return Replace{}, fail("a code is missing")
		case key == "":
			return Replace{}, fail("it does not say what " + quote(code) + " is the code of")
		case key == "indicator":
			r.Indicators = append(r.Indicators, code)
		case key == "region":
			r.Regions = append(r.Regions, code)
		default:
			return Replace{}, fail("there is no scope " + quote(key))
		}
	}
	if len(r.Indicators) == 0 {
		return Replace{}, fail("no indicator is named")
	}
	return r, nil
}

// String writes the scope as ParseReplace reads it.
func (r Replace) String() string {
	text := "indicator=" + strings.Join(r.Indicators, ",")
	if len(r.Regions) > 0 {
		text += ",region=" + strings.Join(r.Regions, ",")
	}
	return text
}

// ScopeError says what is wrong with a scope to be replaced.
type ScopeError struct {
	Scope string // as it was given
	Err   error
}

// Error names the scope and says how one is written.
func (e *ScopeError) Error() string {
	return fmt.Sprintf("replace %s: %v; a scope is written indicator=CODE,CODE or indicator=CODE,region=CODE", quote(e.Scope), e.Err)
}

// Unwrap returns the cause.
func (e *ScopeError) Unwrap() error { return e.Err }

// ShrinkError is the error of a load that would withdraw most of what it replaces: the input is more likely broken than
// the world changed.
type ShrinkError struct {
	Indicator     string
	Before, After int64 // regions with figures of the indicator in the scope: in the store, and in the input
	Withdrawn     int64 // figures that would be withdrawn
}

// Error says what would be lost.
func (e *ShrinkError) Error() string {
	return fmt.Sprintf("%s has figures of %s in the input and of %s in the store: %s would be withdrawn, nothing is published",
		e.Indicator, indicator.Counted(e.After, "region"), formatNumber(float64(e.Before)), indicator.Counted(e.Withdrawn, "figure"))
}

// checkReplace refuses what the scopes cannot be combined with: the figure of a row that could not be read is not known
// to be gone.
func (o *Options) checkReplace() error {
	if len(o.Replace) > 0 && o.MaxRejects != (MaxRejects{}) {
		return &ScopeError{Scope: o.Replace[0].String(), Err: indicator.Errorf(indicator.InvalidInput,
			"a load that withdraws what the input lacks needs all its rows, and some may be rejected")}
	}
	return nil
}

// scopes resolves the scopes to be replaced.
func (o *Options) scopes(c *catalog.Catalog) ([]store.Scope, error) {
	var scopes []store.Scope
	for _, r := range o.Replace {
		s := store.Scope{}
		for _, code := range r.Indicators {
			ind, err := c.Indicator(code)
			if err == nil && ind.Derived() {
				err = indicator.Errorf(indicator.InvalidInput, "%s is derived by the formula %s and has no figures of its own", code, ind.Formula)
			}
			if err != nil {
				return nil, &ScopeError{r.String(), err}
			}
			s.Indicators = append(s.Indicators, ind.ID)
		}
		for _, code := range r.Regions {
			region, err := c.Region(code)
			if err != nil {
				return nil, &ScopeError{r.String(), err}
			}
			s.Regions = append(s.Regions, store.Span{From: region.ID, To: region.End})
		}
		scopes = append(scopes, s)
	}
	return scopes, nil
}

// withdraw tells the writer what the batch replaces. What the batch lacks is withdrawn from the newest day of publication
// in it, and from today if it is empty.
func (r *run) withdraw(ctx context.Context) error {
	day := r.reach.published
	if day == indicator.NoDay {
		day = indicator.DayAt(r.started)
	}
	for _, s := range r.scopes {
		s.On = day
		if err := r.writer.Withdraw(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// guard refuses a batch that has fewer than half of the regions that an indicator had in the scopes replaced.
func (r *run) guard(changes store.Changes) error {
	if r.options.AllowShrink {
		return nil
	}
	for _, c := range changes.Replaced {
		if 2*c.RegionsAfter < c.RegionsBefore {
			return &ShrinkError{r.catalog.Indicators()[c.Indicator].Code, c.RegionsBefore, c.RegionsAfter, c.Withdrawn}
		}
	}
	return nil
}

// withdrawn lists the indicators that lose figures because the batch lacks them.
func (r *run) withdrawn(changes store.Changes) []*catalog.Indicator {
	var list []*catalog.Indicator
	for _, c := range changes.Replaced {
		if c.Withdrawn > 0 {
			list = append(list, &r.catalog.Indicators()[c.Indicator])
		}
	}
	return list
}
