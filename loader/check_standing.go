package loader

import (
	"reflect"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// checksEdition numbers what checks find and say of the same figures. A snapshot has it with its load: results of another edition do not stand.
const checksEdition = 3

// standing are results of the parent by what they are of. What a check finds of an indicator depends on the declarations of both, the
// regions, the dimensions and the figures of the indicator, and of the other one where there is one.
type standing struct {
	catalog *catalog.Catalog
	changed []bool // by indicator: what may have changed; nil: everything
	checks  []indicator.Check
	results map[checkIndicator][]indicator.CheckResult
}

// checkIndicator are the codes of a check and an indicator.
type checkIndicator struct{ check, indicator string }

// newStanding finds what a load leaves of the results of its parent, if that is known: touched are the indicators whose figures it may have changed.
func newStanding(parent *store.Contents, touched []int32, c *catalog.Catalog) standing {
	if parent == nil || touched == nil || len(parent.Loads) == 0 || parent.Loads[len(parent.Loads)-1].ChecksEdition != checksEdition {
		return standing{}
	}
	before, now := parent.Catalog.Tables(), c.Tables()
	known := len(before.Slices)
	if !reflect.DeepEqual(before.Regions, now.Regions) || !reflect.DeepEqual(before.Dimensions, now.Dimensions) || known > len(now.Slices) ||
		!slices.EqualFunc(before.Slices, now.Slices[:known], slices.Equal) {
		return standing{}
	}
	s := standing{catalog: c, checks: before.Checks, changed: make([]bool, len(now.Indicators)), results: make(map[checkIndicator][]indicator.CheckResult)}
	for i := range now.Indicators {
		s.changed[i] = i >= len(before.Indicators) || !reflect.DeepEqual(before.Indicators[i], now.Indicators[i])
	}
	for _, id := range touched {
		s.changed[id] = true
	}
	for _, result := range parent.Checks {
		of := checkIndicator{result.Check, result.Indicator}
		s.results[of] = append(s.results[of], result)
	}
	return s
}

// holds reports whether the parent's results of a check and an indicator stand.
func (s *standing) holds(check *indicator.Check, ind *catalog.Indicator) bool {
	if s.changed == nil || s.changed[ind.ID] || !slices.Contains(s.checks, *check) {
		return false
	}
	if check.Other == "" {
		return true
	}
	other, err := s.catalog.Indicator(check.Other)
	return err == nil && !s.changed[other.ID]
}
