package graph

import (
	"context"
	"maps"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/graph/model"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// encode writes the value of the field being resolved, if it is an answer of many figures or one of those parts that answers have
// thousands of. They are never the value of a field of an interface's type, which the generated code has to tell apart.
func encode(ctx context.Context, m *meter, value any) (graphql.Marshaler, bool) {
	switch value := value.(type) {
	case *query.Aggregation:
		return encodeObject(ctx, m, encodableAggregation, value)
	case *query.SeriesResult:
		return encodeObject(ctx, m, encodableSeriesResult, value)
	case *query.Comparison:
		return encodeObject(ctx, m, encodableComparison, value)
	case *query.Correlation:
		return encodeObject(ctx, m, encodableCorrelation, value)
	case []*query.Entry:
		return encodeList(ctx, m, encodableEntry, value)
	case *query.Columns:
		return encodeObject(ctx, m, encodableColumns, value)
	case []*query.Group:
		return encodeList(ctx, m, encodableGroup, value)
	case []*query.Observation:
		return encodeList(ctx, m, encodableObservation, value)
	case []*query.Series:
		return encodeList(ctx, m, encodableSeries, value)
	case []*query.Point:
		return encodeList(ctx, m, encodablePoint, value)
	case *query.SeriesColumns:
		return encodeObject(ctx, m, encodableSeriesColumns, value)
	case []query.MissingRegion:
		return encodeList(ctx, m, encodableMissingRegion, value)
	case []*query.CorrelationPoint:
		return encodeList(ctx, m, encodableCorrelationPoint, value)
	case []*model.ObservationEdge:
		return encodeList(ctx, m, encodableObservationEdge, value)
	case []*model.RegionEdge:
		return encodeList(ctx, m, encodableRegionEdge, value)
	case []*query.Mover:
		return encodeList(ctx, m, encodableMover, value)
	case []*catalog.Region:
		return encodeList(ctx, m, encodableRegion, value)
	case []*catalog.Indicator:
		return encodeList(ctx, m, encodableIndicator, value)
	}
	return nil, false
}

type fieldWriters[T any] = map[string]func(*compiler, *graphql.CollectedField) fieldWriter[T]

// encodableRegion is a region with those that it lies in, which are written without theirs.
var encodableRegion = &encodable[*catalog.Region]{name: "Region", interfaces: []string{"Node"}, fields: func() fieldWriters[*catalog.Region] {
	fields := maps.Clone(encodableArea.fields)
	fields["parent"] = ofObject(encodableArea, true, func(r *catalog.Region) (*catalog.Region, bool) { return r.Parent, r.Parent != nil })
	fields["ancestors"] = ofObjects(encodableArea, ancestorsOf)
	return fields
}()}

// encodableArea is a region by itself.
var encodableArea = &encodable[*catalog.Region]{name: "Region", interfaces: []string{"Node"}, fields: fieldWriters[*catalog.Region]{
	"id":     ofText(func(r *catalog.Region) string { return encodeID(regionKind, r.QualifiedCode()) }),
	"code":   ofText(func(r *catalog.Region) string { return r.Code }),
	"scheme": ofText(func(r *catalog.Region) string { return r.Scheme }),
	"name":   ofText(func(r *catalog.Region) string { return r.Name }),
	"nameEn": ofOptional(func(r *catalog.Region) string { return r.NameEn }),
	"level":  ofName(nil, func(r *catalog.Region) indicator.Level { return r.Level }),
	"aliases": ofList(func(r *catalog.Region) []string { return r.Aliases }, func(to []byte, text string) ([]byte, bool) {
		return appendText(to, text), true
	}),
	"validFrom": ofDay(func(r *catalog.Region) indicator.Day { return r.ValidFrom }),
	"validTo":   ofDay(func(r *catalog.Region) indicator.Day { return r.ValidTo }),
}}

var encodableIndicator = &encodable[*catalog.Indicator]{name: "Indicator", interfaces: []string{"Node"}, fields: fieldWriters[*catalog.Indicator]{
	"id":          ofText(func(x *catalog.Indicator) string { return encodeID(indicatorKind, x.Code) }),
	"code":        ofText(func(x *catalog.Indicator) string { return x.Code }),
	"description": ofText(func(x *catalog.Indicator) string { return x.Description }),
	"topic":       ofText(func(x *catalog.Indicator) string { return x.Topic }),
	"kind":        ofName(nil, func(x *catalog.Indicator) indicator.Kind { return x.Kind }),
	"unit":        ofText(func(x *catalog.Indicator) string { return x.Unit }),
	"polarity":    ofName(nil, func(x *catalog.Indicator) indicator.Polarity { return x.Polarity }),
	"formula":     ofOptional(func(x *catalog.Indicator) string { return x.Formula }),
}}

var encodableSource = &encodable[*catalog.Source]{name: "Source", interfaces: []string{"Node"}, fields: fieldWriters[*catalog.Source]{
	"id":          ofText(func(x *catalog.Source) string { return encodeID(sourceKind, x.Code) }),
	"code":        ofText(func(x *catalog.Source) string { return x.Code }),
	"title":       ofText(func(x *catalog.Source) string { return x.Title }),
	"publisher":   ofOptional(func(x *catalog.Source) string { return x.Publisher }),
	"publishedOn": ofDay(func(x *catalog.Source) indicator.Day { return x.PublishedOn }),
}}

// span is what a TimePeriod is made of. Whether it is inferred is looked up only where it is asked for.
type span struct {
	indicator.Period
	of dated // nil: the period is not inferred
}

// dated is what has a period that may be inferred.
type dated interface{ Inferred() bool }

// datedObservation is an observation as something dated.
type datedObservation struct{ *query.Observation }

// Inferred says that the source does not date the figure.
func (o datedObservation) Inferred() bool { return o.Observation.Inferred }

var irregular = indicator.Irregular

var encodableTimePeriod = &encodable[span]{name: "TimePeriod", fields: fieldWriters[span]{
	"label":     ofWritten(func(to []byte, p span) []byte { return p.Append(to) }),
	"start":     ofWritten(func(to []byte, p span) []byte { return p.Start.Append(to) }),
	"end":       ofWritten(func(to []byte, p span) []byte { return p.End.Append(to) }),
	"frequency": ofName(&irregular, func(p span) indicator.Grain { return p.Grain() }),
	"inferred":  ofBool(func(p span) bool { return p.of != nil && p.of.Inferred() }),
}}

var notMissing = indicator.NotMissing

var noStanding = query.NoStanding

var encodableMissingRegion = &encodable[query.MissingRegion]{name: "MissingRegion", fields: fieldWriters[query.MissingRegion]{
	"region": ofObject(encodableRegion, false, func(m query.MissingRegion) (*catalog.Region, bool) { return m.Region, true }),
	"reason": plainly(func(e *encoding, m query.MissingRegion) bool {
		e.buf = appendText(e.buf, m.Reason.String())
		return m.Reason != indicator.NotMissing
	}),
}}

var encodableEntry = &encodable[*query.Entry]{name: "ComparisonEntry", fields: fieldWriters[*query.Entry]{
	"region":        ofObject(encodableRegion, false, func(x *query.Entry) (*catalog.Region, bool) { return x.Region, true }),
	"value":         ofFloat(func(x *query.Entry) float64 { return x.Quantity.Value }),
	"precision":     ofName(nil, func(x *query.Entry) indicator.Precision { return x.Quantity.Precision }),
	"rank":          ofInt(func(x *query.Entry) int { return x.Rank }),
	"rankUncertain": ofBool(func(x *query.Entry) bool { return x.RankUncertain }),
	"percentile":    ofFloat(func(x *query.Entry) float64 { return x.Percentile }),
	"zScore":        ofNumber(func(x *query.Entry) *float64 { return x.ZScore }),
	"robustZScore":  ofNumber(func(x *query.Entry) *float64 { return x.RobustZScore }),
	"difference":    ofNumber(func(x *query.Entry) *float64 { return known(x.Difference) }),
	"ratio":         ofNumber(func(x *query.Entry) *float64 { return x.Ratio }),
	"share":         ofRefusable((*query.Entry).Share),
	"standing":      ofName(&noStanding, func(x *query.Entry) query.Standing { return x.Standing }),
	"differencePrecision": ofName(nil, func(x *query.Entry) indicator.Precision {
		return x.Difference.Precision
	}),
	"observation": ofObject(encodableObservation, false, func(x *query.Entry) (*query.Observation, bool) {
		return x.Observation, x.Observation != nil
	}),
	"observations": ofObjects(encodableObservation, func(x *query.Entry) []*query.Observation { return x.Observations }),
}}

func appendNumber(to []byte, x *float64) ([]byte, bool) {
	if x == nil || !finite(*x) {
		return appendNull(to), true
	}
	return indicator.AppendShown(to, *x), true
}

func appendFloat(to []byte, x float64) ([]byte, bool) {
	if !finite(x) {
		return to, false
	}
	return indicator.AppendShown(to, x), true
}

func appendPrecision(to []byte, p indicator.Precision) ([]byte, bool) {
	return appendText(to, p.String()), true
}

var encodableColumns = &encodable[*query.Columns]{name: "ComparisonColumns", fields: fieldWriters[*query.Columns]{
	"regions": ofList(func(x *query.Columns) []string { return x.Regions }, func(to []byte, code string) ([]byte, bool) {
		return appendText(to, code), true
	}),
	"values":     ofList(func(x *query.Columns) []float64 { return x.Values }, appendFloat),
	"precisions": ofList(func(x *query.Columns) []indicator.Precision { return x.Precisions }, appendPrecision),
	"ranks": ofList(func(x *query.Columns) []int { return x.Ranks }, func(to []byte, rank int) ([]byte, bool) {
		return strconv.AppendInt(to, int64(rank), 10), true
	}),
	"percentiles": ofList(func(x *query.Columns) []float64 { return x.Percentiles }, appendFloat),
	"zScores":     ofList(func(x *query.Columns) []*float64 { return x.ZScores }, appendNumber),
	"differences": ofList(func(x *query.Columns) []*float64 { return x.Differences }, appendNumber),
}}

var encodableCoverage = &encodable[*query.Coverage]{name: "Coverage", fields: fieldWriters[*query.Coverage]{
	"expected":     ofInt(func(c *query.Coverage) int { return c.Expected }),
	"used":         ofInt(func(c *query.Coverage) int { return c.Used }),
	"share":        ofFloat(func(c *query.Coverage) float64 { return c.Share }),
	"weightShare":  ofNumber(func(c *query.Coverage) *float64 { return c.WeightShare }),
	"regions":      ofObjects(encodableRegion, func(c *query.Coverage) []*catalog.Region { return c.Regions }),
	"missing":      ofObjects(encodableMissingRegion, func(c *query.Coverage) []query.MissingRegion { return c.Missing }),
	"predecessors": ofObjects(encodableRegion, func(c *query.Coverage) []*catalog.Region { return c.Predecessors }),
}}

var encodableGroup = &encodable[*query.Group]{name: "AggregateGroup", fields: fieldWriters[*query.Group]{
	"indicator": ofObject(encodableIndicator, false, func(g *query.Group) (*catalog.Indicator, bool) { return g.Indicator(), true }),
	"region":    ofObject(encodableRegion, true, func(g *query.Group) (*catalog.Region, bool) { return g.Region, g.Region != nil }),
	"source":    ofObject(encodableSource, true, func(g *query.Group) (*catalog.Source, bool) { return g.Source, g.Source != nil }),
	"period": ofObject(encodableTimePeriod, true, func(g *query.Group) (span, bool) {
		if g.Period == nil {
			return span{}, false
		}
		return span{Period: *g.Period}, true
	}),
	"unit":      ofText((*query.Group).Unit),
	"value":     ofRefusable((*query.Group).Value),
	"sum":       ofRefusable((*query.Group).Sum),
	"mean":      ofNumber((*query.Group).Mean),
	"median":    ofNumber((*query.Group).Median),
	"min":       ofNumber((*query.Group).Min),
	"max":       ofNumber((*query.Group).Max),
	"stddev":    ofNumber((*query.Group).StdDev),
	"count":     ofInt((*query.Group).Count),
	"coverage":  ofObject(encodableCoverage, false, func(g *query.Group) (*query.Coverage, bool) { return g.Coverage(), true }),
	"precision": ofName(nil, (*query.Group).Precision),
	"missing":   ofName(&notMissing, (*query.Group).Missing),
}}

var encodableObservation = &encodable[*query.Observation]{name: "Observation", interfaces: []string{"Node"}, fields: fieldWriters[*query.Observation]{
	"id":        ofText(observationID),
	"region":    ofObject(encodableRegion, false, func(o *query.Observation) (*catalog.Region, bool) { return o.Region, true }),
	"indicator": ofObject(encodableIndicator, false, func(o *query.Observation) (*catalog.Indicator, bool) { return o.Indicator, true }),
	"source":    ofObject(encodableSource, false, func(o *query.Observation) (*catalog.Source, bool) { return o.Source, true }),
	"period": ofObject(encodableTimePeriod, false, func(o *query.Observation) (span, bool) {
		return span{o.Period, datedObservation{o}}, true
	}),
	"status":      ofName(nil, func(o *query.Observation) indicator.Status { return o.Status }),
	"value":       ofNumber(func(o *query.Observation) *float64 { return o.Value }),
	"missing":     ofName(&notMissing, func(o *query.Observation) indicator.Missing { return o.Missing }),
	"unit":        ofText(func(o *query.Observation) string { return o.Indicator.Unit }),
	"precision":   ofName(nil, func(o *query.Observation) indicator.Precision { return o.Precision }),
	"numerator":   ofNumber(func(o *query.Observation) *float64 { return o.Numerator }),
	"denominator": ofNumber(func(o *query.Observation) *float64 { return o.Denominator }),
	"derived":     ofBool(func(o *query.Observation) bool { return o.Derived }),
	"printed":     ofOptional(func(o *query.Observation) string { return o.Printed }),
	"definition":  ofOptional(func(o *query.Observation) string { return o.Definition }),
	"note":        ofOptional(func(o *query.Observation) string { return o.Note }),
	"publishedOn": ofDay(func(o *query.Observation) indicator.Day { return o.PublishedOn }),
}}

var encodableObservationEdge = &encodable[*model.ObservationEdge]{name: "ObservationEdge", fields: fieldWriters[*model.ObservationEdge]{
	"cursor": ofText(func(x *model.ObservationEdge) string { return x.Cursor }),
	"node":   ofObject(encodableObservation, false, func(x *model.ObservationEdge) (*query.Observation, bool) { return x.Node, true }),
}}

var encodableRegionEdge = &encodable[*model.RegionEdge]{name: "RegionEdge", fields: fieldWriters[*model.RegionEdge]{
	"cursor": ofText(func(x *model.RegionEdge) string { return x.Cursor }),
	"node":   ofObject(encodableRegion, false, func(x *model.RegionEdge) (*catalog.Region, bool) { return x.Node, true }),
}}

var encodablePoint = &encodable[*query.Point]{name: "Point", fields: fieldWriters[*query.Point]{
	"period":           ofObject(encodableTimePeriod, false, func(p *query.Point) (span, bool) { return span{p.Period, p}, true }),
	"value":            ofQuantity((*query.Point).Quantity),
	"missing":          ofName(&notMissing, (*query.Point).Missing),
	"filled":           ofBool(func(p *query.Point) bool { return p.Filled }),
	"partial":          ofBool((*query.Point).Partial),
	"precision":        ofName(nil, (*query.Point).Precision),
	"change":           ofNumber((*query.Point).Change),
	"percentChange":    ofNumber((*query.Point).PercentChange),
	"yearOnYear":       ofNumber((*query.Point).YearOnYear),
	"yearOnYearChange": ofNumber((*query.Point).YearOnYearChange),
	"cumulative":       ofRefusable((*query.Point).Cumulative),
}}

var encodableSeriesColumns = &encodable[*query.SeriesColumns]{name: "SeriesColumns", fields: fieldWriters[*query.SeriesColumns]{
	"periods": ofList(func(x *query.SeriesColumns) []indicator.Period { return x.Periods }, func(to []byte, p indicator.Period) ([]byte, bool) {
		return append(p.Append(append(to, '"')), '"'), true
	}),
	"values": ofList(func(x *query.SeriesColumns) []*float64 { return x.Values }, appendNumber),
	"missing": ofList(func(x *query.SeriesColumns) []indicator.Missing { return x.Missing }, func(to []byte, m indicator.Missing) ([]byte, bool) {
		if m == indicator.NotMissing {
			return appendNull(to), true
		}
		return appendText(to, m.String()), true
	}),
	"filled": ofList(func(x *query.SeriesColumns) []bool { return x.Filled }, func(to []byte, filled bool) ([]byte, bool) {
		return strconv.AppendBool(to, filled), true
	}),
	"precisions":     ofList(func(x *query.SeriesColumns) []indicator.Precision { return x.Precisions }, appendPrecision),
	"changes":        ofList(func(x *query.SeriesColumns) []*float64 { return x.Changes }, appendNumber),
	"percentChanges": ofList(func(x *query.SeriesColumns) []*float64 { return x.PercentChanges }, appendNumber),
	"yearOnYear":     ofList(func(x *query.SeriesColumns) []*float64 { return x.YearOnYear }, appendNumber),
}}

var encodableSeries = &encodable[*query.Series]{name: "Series", fields: fieldWriters[*query.Series]{
	"region":     ofObject(encodableRegion, false, func(s *query.Series) (*catalog.Region, bool) { return s.Region, true }),
	"indicator":  ofObject(encodableIndicator, false, func(s *query.Series) (*catalog.Indicator, bool) { return s.Indicator, true }),
	"status":     ofName(nil, func(s *query.Series) indicator.Status { return s.Status }),
	"frequency":  ofName(&irregular, func(s *query.Series) indicator.Grain { return s.Frequency }),
	"unit":       ofText((*query.Series).Unit),
	"changeUnit": ofText((*query.Series).ChangeUnit),
	"points":     ofObjects(encodablePoint, (*query.Series).Points),
	"columns":    ofObject(encodableSeriesColumns, false, func(s *query.Series) (*query.SeriesColumns, bool) { return s.Columns(), true }),
}}
