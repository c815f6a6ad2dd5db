package graph

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/graph/model"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// atInput says that an error's argument path begins at the argument input.
func atInput(err error) error { return atArgument(err, "input") }

// atArgument says that an error's argument path begins at an argument.
func atArgument(err error, argument string) error {
	var typed *indicator.Error
	if errors.As(err, &typed) {
		return typed.At(argument)
	}
	return err
}

func inLanguage(language *model.Language, zh, en string) string {
	if or(language, model.LanguageZh) == model.LanguageEn && en != "" {
		return en
	}
	return zh
}

func timePeriod(p indicator.Period, inferred bool) *model.TimePeriod {
	frequency := p.Grain()
	return &model.TimePeriod{Label: p, Start: p.Start, End: p.End, Frequency: &frequency, Inferred: inferred}
}

func known(q indicator.Quantity) *float64 {
	if !q.Known() {
		return nil
	}
	return &q.Value
}

// precisionOf is nil for a quantity that is missing.
func precisionOf(q indicator.Quantity) *indicator.Precision {
	if !q.Known() {
		return nil
	}
	return &q.Precision
}

func pageOfGroup(ctx context.Context, g *query.Group, request query.PageRequest) (*query.ObservationPage, error) {
	page, err := g.Observations(ctx, request)
	if err != nil {
		return nil, err
	}
	return query.CompletePage(page), nil
}

func dimensionsOf(ctx context.Context, ind *catalog.Indicator) ([]*indicator.Dimension, error) {
	dimensions := make([]*indicator.Dimension, len(ind.Breakdowns))
	for i, b := range ind.Breakdowns {
		d, err := sessionOf(ctx).Catalog().Dimension(b.Dimension)
		if err != nil {
			return nil, err
		}
		dimensions[i] = d
	}
	return dimensions, nil
}

// ruleWords say what each rule does with values.
var ruleWords = map[indicator.Rule]string{
	indicator.RuleNone:         "do not combine",
	indicator.RuleSum:          "add up",
	indicator.RuleRatio:        "combine as the sum of numerators over the sum of denominators",
	indicator.RuleWeightedMean: "combine as a weighted mean",
	indicator.RuleMean:         "combine as a mean",
	indicator.RuleMin:          "combine as the smallest",
	indicator.RuleMax:          "combine as the largest",
	indicator.RuleLast:         "give way to the newest",
}

func rollupInWords(r indicator.Rollup) string {
	return strings.Join([]string{
		"Over regions values " + ruleWords[r.Regions], "over time they " + ruleWords[r.Time],
		"over the values of a dimension they " + ruleWords[r.Dimensions] + ".",
	}, "; ")
}

func latest(ctx context.Context, region *catalog.Region, code string, slice []*model.DimensionValueInput, status *indicator.Status, asOf *indicator.Day) (*query.Observation, error) {
	s, err := indicator.NewSlice(coordinates(slice)...)
	if err != nil {
		return nil, atArgument(err, "slice")
	}
	return requestOf(ctx).batchers().latest.get(ctx, query.LatestRequest{
		Region: region, Indicator: code, Slice: s.String(), Status: or(status, indicator.Actual), AsOf: or(asOf, indicator.NoDay),
		Details: detailsIn(graphql.GetOperationContext(ctx), graphql.CollectFieldsCtx(ctx, nil)),
	})
}

// firstPublished is the day the figure was first published: that of its oldest report.
func firstPublished(ctx context.Context, o *query.Observation) (*indicator.Day, error) {
	revisions, err := requestOf(ctx).batchers().revisions.get(ctx, o)
	if err != nil || len(revisions) == 0 {
		return nil, err
	}
	return &revisions[len(revisions)-1].PublishedOn, nil
}

func regionOfCheck(ctx context.Context, c *indicator.CheckResult) (*catalog.Region, error) {
	if c.Region == "" {
		return nil, nil //nolint:nilnil // the whole data set
	}
	return sessionOf(ctx).Catalog().Region(c.Region)
}

func indicatorOfCheck(ctx context.Context, c *indicator.CheckResult) (*catalog.Indicator, error) {
	if c.Indicator == "" {
		return nil, nil //nolint:nilnil // several
	}
	return sessionOf(ctx).Catalog().Indicator(c.Indicator)
}

func observationsOfCheck(ctx context.Context, c *indicator.CheckResult) ([]*query.Observation, error) {
	found, err := requestOf(ctx).batchers().figures.getAll(ctx, c.Observations)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(o *query.Observation) bool { return o == nil }), nil
}

// countOfAll is a count over everything in the snapshot; nil for those who are shown a part of it.
func countOfAll(ctx context.Context, n int64) *int {
	if sessionOf(ctx).Scoped() {
		return nil
	}
	count := int(n)
	return &count
}

// ancestorsOf are the regions that a region lies in, the smallest first.
func ancestorsOf(r *catalog.Region) []*catalog.Region {
	ancestors := []*catalog.Region{}
	for a := r.Parent; a != nil; a = a.Parent {
		ancestors = append(ancestors, a)
	}
	return ancestors
}
