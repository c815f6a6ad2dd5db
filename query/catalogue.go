package query

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// RegionKey is what regions are sorted by.
type RegionKey int8

// The keys.
const (
	RegionByCode RegionKey = iota
	RegionByName
	RegionByLevel
)

// RegionOrder sorts regions.
type RegionOrder struct {
	By         RegionKey
	Descending bool
}

// Regions pages through regions, in code order unless ordered otherwise.
func (s *Session) Regions(where *RegionWhere, orders []RegionOrder, request PageRequest) (*Page[*catalog.Region], error) {
	var list []*catalog.Region
	all := s.catalog.Regions()
	for i := range all {
		if where.matches(&all[i]) {
			list = append(list, &all[i])
		}
	}
	return s.pageOfRegions(list, orders, request)
}

// Children pages through the regions directly inside one, or those of a level at any depth, in code order.
func (s *Session) Children(of *catalog.Region, level *indicator.Level, request PageRequest) (*Page[*catalog.Region], error) {
	list := slices.Clone(of.Children)
	if level != nil {
		list = nil
		all := s.catalog.Regions()
		for id := of.ID + 1; id < of.End; id++ {
			if all[id].Level == *level {
				list = append(list, &all[id])
			}
		}
	}
	return s.pageOfRegions(list, nil, request)
}

func (s *Session) pageOfRegions(list []*catalog.Region, orders []RegionOrder, request PageRequest) (*Page[*catalog.Region], error) {
	slices.SortFunc(list, func(a, b *catalog.Region) int {
		for _, order := range orders {
			var c int
			switch order.By {
			case RegionByCode:
				c = cmp.Compare(a.Code, b.Code)
			case RegionByName:
				c = cmp.Compare(a.Name, b.Name)
			case RegionByLevel:
				c = cmp.Compare(a.Level, b.Level)
			}
			if order.Descending {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Scheme, b.Scheme))
	})
	return paginate(list, (*catalog.Region).QualifiedCode, request, s.limits.Page)
}

// IndicatorWhere narrows indicators; empty conditions do not.
type IndicatorWhere struct {
	Topics       []string
	Kinds        []indicator.Kind
	Dimension    string
	Derived      *bool
	NameContains string
}

func (w *IndicatorWhere) matches(ind *catalog.Indicator) bool {
	if w == nil {
		return true
	}
	if w.Topics != nil && !slices.Contains(w.Topics, ind.Topic) || w.Kinds != nil && !slices.Contains(w.Kinds, ind.Kind) {
		return false
	}
	if w.Derived != nil && *w.Derived != ind.Derived() {
		return false
	}
	if _, ok := ind.Breakdown(w.Dimension); w.Dimension != "" && !ok {
		return false
	}
	return w.NameContains == "" || containsFold(w.NameContains, append([]string{ind.Code, ind.NameZh, ind.NameEn}, ind.Aliases...)...)
}

// Indicators pages through indicators in catalogue order.
func (s *Session) Indicators(where *IndicatorWhere, request PageRequest) (*Page[*catalog.Indicator], error) {
	if where != nil && where.Dimension != "" {
		if _, err := s.catalog.Dimension(where.Dimension); err != nil {
			return nil, at(err, "where", "dimension")
		}
	}
	var list []*catalog.Indicator
	all := s.catalog.Indicators()
	for i := range all {
		if where.matches(&all[i]) {
			list = append(list, &all[i])
		}
	}
	return paginate(list, func(ind *catalog.Indicator) string { return ind.Code }, request, s.limits.Page)
}

// Sources pages through sources in catalogue order.
func (s *Session) Sources(request PageRequest) (*Page[*catalog.Source], error) {
	all := s.catalog.Sources()
	list := make([]*catalog.Source, len(all))
	for i := range all {
		list[i] = &all[i]
	}
	return paginate(list, func(source *catalog.Source) string { return source.Code }, request, s.limits.Page)
}

// maxHits is the most hits of a search.
const maxHits = 100

// Search finds regions, indicators and sources by name or code, best first.
func (s *Session) Search(text string, first int) ([]catalog.Hit, error) {
	if err := checkFirst(first, maxHits); err != nil {
		return nil, err
	}
	if strings.TrimSpace(text) == "" {
		err := indicator.Errorf(indicator.InvalidInput, "there is no text to look for")
		return nil, err.At("text")
	}
	return s.catalog.Search(text, first), nil
}

// Loads pages through the loads that built the snapshot, newest first.
func (s *Session) Loads(request PageRequest) (*Page[*indicator.Load], error) {
	list := make([]*indicator.Load, len(s.contents.Loads))
	for i := range s.contents.Loads {
		list[len(list)-1-i] = &s.contents.Loads[i]
	}
	return paginate(list, func(l *indicator.Load) string { return l.ID }, request, s.limits.Page)
}

// CheckWhere narrows check results; empty conditions do not.
type CheckWhere struct {
	Codes      []string
	Severities []indicator.Severity
	Status     *indicator.CheckStatus
	Regions    *RegionSelector
	Indicators []string
}

// Checks pages through check results: failed ones first, then by severity, code, region and indicator.
func (s *Session) Checks(ctx context.Context, where *CheckWhere, request PageRequest) (*Page[*indicator.CheckResult], error) {
	if where == nil {
		where = &CheckWhere{}
	}
	for i, code := range where.Indicators {
		if _, err := s.catalog.Indicator(code); err != nil {
			return nil, at(err, "where", "indicators", strconv.Itoa(i))
		}
	}
	var regions map[string]bool
	if where.Regions != nil {
		set, err := s.selectRegions(ctx, where.Regions, indicator.NoDay, "where", "regions")
		if err != nil {
			return nil, err
		}
		regions = make(map[string]bool, len(set.list))
		for _, r := range set.list {
			regions[r.QualifiedCode()] = true
		}
	}
	var list []*indicator.CheckResult
	for i := range s.contents.Checks {
		c := &s.contents.Checks[i]
		if where.Codes != nil && !slices.Contains(where.Codes, c.Check) ||
			where.Severities != nil && !slices.Contains(where.Severities, c.Severity) ||
			where.Status != nil && *where.Status != c.Status ||
			where.Indicators != nil && !slices.Contains(where.Indicators, c.Indicator) ||
			regions != nil && !regions[s.canonical(indicator.ObservationKey{Region: c.Region}).Region] {
			continue
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b *indicator.CheckResult) int {
		return cmp.Or(
			cmp.Compare(b.Status, a.Status), cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Check, b.Check),
			cmp.Compare(a.Region, b.Region), cmp.Compare(a.Indicator, b.Indicator),
		)
	})
	return paginate(list, checkIdentity, request, s.limits.Page)
}

// checkIdentity names a result: a check has one per region, indicator and set of figures.
func checkIdentity(c *indicator.CheckResult) string {
	fields := []string{c.Check, c.Region, c.Indicator}
	for _, key := range c.Observations {
		fields = append(fields, key.Indicator, key.Slice, key.Period, key.Status.String())
	}
	return strings.Join(fields, "\x1f")
}

// DimensionValue is one coordinate of a slice, resolved against the catalogue.
type DimensionValue struct {
	Dimension *indicator.Dimension
	Value     string
}

// DimensionValues resolves a slice's coordinates, in its order.
func (s *Session) DimensionValues(slice indicator.Slice) ([]*DimensionValue, error) {
	values := make([]*DimensionValue, len(slice))
	for i, c := range slice {
		dimension, err := s.catalog.Dimension(c.Dimension)
		if err != nil {
			return nil, err
		}
		values[i] = &DimensionValue{Dimension: dimension, Value: c.Value}
	}
	return values, nil
}
