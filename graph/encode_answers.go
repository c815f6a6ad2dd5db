package graph

import (
	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// The answers to questions as wholes: what most ask of them. What is about the operation, its cost and its snapshot, the generated code
// writes.

var encodableWarning = &encodable[query.Warning]{name: "Warning", fields: fieldWriters[query.Warning]{
	"code":    ofText(func(w query.Warning) string { return string(w.Code) }),
	"message": ofText(func(w query.Warning) string { return w.Message }),
}}

var encodablePageInfo = &encodable[*query.PageInfo]{name: "PageInfo", fields: fieldWriters[*query.PageInfo]{
	"hasNextPage":     ofBool(func(p *query.PageInfo) bool { return p.HasNextPage }),
	"hasPreviousPage": ofBool(func(p *query.PageInfo) bool { return p.HasPreviousPage }),
	"startCursor":     ofTextPointer(func(p *query.PageInfo) *string { return p.StartCursor() }),
	"endCursor":       ofTextPointer(func(p *query.PageInfo) *string { return p.EndCursor() }),
}}

var encodableAggregation = &encodable[*query.Aggregation]{name: "Aggregation", fields: fieldWriters[*query.Aggregation]{
	"groups":     ofObjects(encodableGroup, func(a *query.Aggregation) []*query.Group { return a.Page.Nodes }),
	"totals":     ofObjects(encodableGroup, func(a *query.Aggregation) []*query.Group { return a.Totals }),
	"totalCount": ofInt(func(a *query.Aggregation) int { return a.Page.TotalCount }),
	"pageInfo":   ofObject(encodablePageInfo, false, func(a *query.Aggregation) (*query.PageInfo, bool) { return &a.Page.PageInfo, true }),
	"warnings":   ofObjects(encodableWarning, func(a *query.Aggregation) []query.Warning { return a.Warnings }),
}}

var encodableSeriesResult = &encodable[*query.SeriesResult]{name: "SeriesResult", fields: fieldWriters[*query.SeriesResult]{
	"series":     ofObjects(encodableSeries, func(r *query.SeriesResult) []*query.Series { return r.Page.Nodes }),
	"totalCount": ofInt(func(r *query.SeriesResult) int { return r.Page.TotalCount }),
	"pageInfo":   ofObject(encodablePageInfo, false, func(r *query.SeriesResult) (*query.PageInfo, bool) { return &r.Page.PageInfo, true }),
	"warnings":   ofObjects(encodableWarning, func(r *query.SeriesResult) []query.Warning { return r.Warnings }),
}}

var encodableComparison = &encodable[*query.Comparison]{name: "Comparison", fields: fieldWriters[*query.Comparison]{
	"indicators": ofObjects(encodableIndicatorComparison, func(c *query.Comparison) []*query.IndicatorComparison { return c.Indicators }),
}}

var encodableIndicatorComparison = &encodable[*query.IndicatorComparison]{name: "IndicatorComparison", fields: fieldWriters[*query.IndicatorComparison]{
	"indicator":         ofObject(encodableIndicator, false, func(c *query.IndicatorComparison) (*catalog.Indicator, bool) { return c.Indicator, true }),
	"unit":              ofText(func(c *query.IndicatorComparison) string { return c.Unit }),
	"baseline":          ofNumber(func(c *query.IndicatorComparison) *float64 { return known(c.Baseline) }),
	"baselinePrecision": ofName(nil, func(c *query.IndicatorComparison) indicator.Precision { return c.Baseline.Precision }),
	"statistics":        ofObject(encodableStatistics, false, func(c *query.IndicatorComparison) (*query.Statistics, bool) { return c.Statistics, c.Statistics != nil }),
	"entries":           ofObjects(encodableEntry, func(c *query.IndicatorComparison) []*query.Entry { return c.Page.Nodes }),
	"totalCount":        ofInt(func(c *query.IndicatorComparison) int { return c.Page.TotalCount }),
	"pageInfo": ofObject(encodablePageInfo, false, func(c *query.IndicatorComparison) (*query.PageInfo, bool) {
		return &c.Page.PageInfo, true
	}),
	"missing":  ofObjects(encodableMissingRegion, func(c *query.IndicatorComparison) []query.MissingRegion { return c.Missing }),
	"columns":  ofObject(encodableColumns, false, func(c *query.IndicatorComparison) (*query.Columns, bool) { return c.Columns(), true }),
	"warnings": ofObjects(encodableWarning, func(c *query.IndicatorComparison) []query.Warning { return c.Warnings }),
}}

var encodableStatistics = &encodable[*query.Statistics]{name: "Statistics", fields: fieldWriters[*query.Statistics]{
	"n":                      ofInt(func(s *query.Statistics) int { return s.N }),
	"mean":                   ofNumber(func(s *query.Statistics) *float64 { return s.Mean }),
	"groupValue":             ofNumber(func(s *query.Statistics) *float64 { return s.GroupValue }),
	"median":                 ofNumber(func(s *query.Statistics) *float64 { return s.Median }),
	"stddev":                 ofNumber(func(s *query.Statistics) *float64 { return s.StdDev }),
	"mad":                    ofNumber(func(s *query.Statistics) *float64 { return s.MAD }),
	"min":                    ofNumber(func(s *query.Statistics) *float64 { return s.Min }),
	"max":                    ofNumber(func(s *query.Statistics) *float64 { return s.Max }),
	"quartiles":              ofList(func(s *query.Statistics) []float64 { return s.Quartiles }, appendFloat),
	"gini":                   ofNumber(func(s *query.Statistics) *float64 { return s.Gini }),
	"coefficientOfVariation": ofNumber(func(s *query.Statistics) *float64 { return s.CoefficientOfVariation }),
}}

var encodableMover = &encodable[*query.Mover]{name: "Mover", fields: fieldWriters[*query.Mover]{
	"region":          ofObject(encodableRegion, false, func(m *query.Mover) (*catalog.Region, bool) { return m.Region, true }),
	"before":          ofFloat(func(m *query.Mover) float64 { return m.Before.Value }),
	"beforePrecision": ofName(nil, func(m *query.Mover) indicator.Precision { return m.Before.Precision }),
	"after":           ofFloat(func(m *query.Mover) float64 { return m.After.Value }),
	"afterPrecision":  ofName(nil, func(m *query.Mover) indicator.Precision { return m.After.Precision }),
	"change":          ofFloat(func(m *query.Mover) float64 { return m.Change.Value }),
	"percentChange":   ofNumber(func(m *query.Mover) *float64 { return m.PercentChange }),
	"precision":       ofName(nil, func(m *query.Mover) indicator.Precision { return m.Change.Precision }),
	"beforeObservation": ofObject(encodableObservation, false, func(m *query.Mover) (*query.Observation, bool) {
		return m.BeforeObservation(), true
	}),
	"afterObservation": ofObject(encodableObservation, false, func(m *query.Mover) (*query.Observation, bool) {
		return m.AfterObservation(), true
	}),
	"observations": ofObjects(encodableObservation, (*query.Mover).Observations),
}}

var encodableCorrelationPoint = &encodable[*query.CorrelationPoint]{name: "CorrelationPoint", fields: fieldWriters[*query.CorrelationPoint]{
	"region":     ofObject(encodableRegion, false, func(p *query.CorrelationPoint) (*catalog.Region, bool) { return p.Region, true }),
	"x":          ofFloat(func(p *query.CorrelationPoint) float64 { return p.X.Value }),
	"xPrecision": ofName(nil, func(p *query.CorrelationPoint) indicator.Precision { return p.X.Precision }),
	"y":          ofFloat(func(p *query.CorrelationPoint) float64 { return p.Y.Value }),
	"yPrecision": ofName(nil, func(p *query.CorrelationPoint) indicator.Precision { return p.Y.Precision }),
	"residual":   ofNumber(func(p *query.CorrelationPoint) *float64 { return p.Residual }),
	"xObservation": ofObject(encodableObservation, false, func(p *query.CorrelationPoint) (*query.Observation, bool) {
		return p.XObservation, p.XObservation != nil
	}),
	"yObservation": ofObject(encodableObservation, false, func(p *query.CorrelationPoint) (*query.Observation, bool) {
		return p.YObservation, p.YObservation != nil
	}),
}}

var encodableCorrelation = &encodable[*query.Correlation]{name: "Correlation", fields: fieldWriters[*query.Correlation]{
	"x":           ofObject(encodableIndicator, false, func(c *query.Correlation) (*catalog.Indicator, bool) { return c.X, true }),
	"y":           ofObject(encodableIndicator, false, func(c *query.Correlation) (*catalog.Indicator, bool) { return c.Y, true }),
	"xUnit":       ofText(func(c *query.Correlation) string { return c.XUnit }),
	"yUnit":       ofText(func(c *query.Correlation) string { return c.YUnit }),
	"n":           ofInt(func(c *query.Correlation) int { return c.N }),
	"coefficient": ofNumber(func(c *query.Correlation) *float64 { return c.Coefficient }),
	"pValue":      ofNumber(func(c *query.Correlation) *float64 { return c.PValue }),
	"slope":       ofNumber(func(c *query.Correlation) *float64 { return c.Slope }),
	"intercept":   ofNumber(func(c *query.Correlation) *float64 { return c.Intercept }),
	"precision":   ofName(nil, func(c *query.Correlation) indicator.Precision { return c.Precision }),
	"points":      ofObjects(encodableCorrelationPoint, func(c *query.Correlation) []*query.CorrelationPoint { return c.Page.Nodes }),
	"totalCount":  ofInt(func(c *query.Correlation) int { return c.Page.TotalCount }),
	"pageInfo":    ofObject(encodablePageInfo, false, func(c *query.Correlation) (*query.PageInfo, bool) { return &c.Page.PageInfo, true }),
	"warnings":    ofObjects(encodableWarning, func(c *query.Correlation) []query.Warning { return c.Warnings }),
}}
