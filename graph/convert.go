package graph

import (
	"context"

	"github.com/countyql/countyql/graph/model"
	"github.com/countyql/countyql/graph/scalar"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// The functions of this file turn inputs into requests. An explicit null means the default.

func or[T any](value *T, fallback T) T {
	if value == nil {
		return fallback
	}
	return *value
}

// optional returns nil for the empty text, which stands for none.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func pageRequest(first *int, after *string, fallback int) query.PageRequest {
	return query.PageRequest{First: or(first, fallback), After: or(after, "")}
}

func descending(d *model.Direction) bool { return or(d, model.DirectionAsc) == model.DirectionDesc }

// oneOf refuses a @oneOf input that does not have exactly one field; the validator sees literals only, not variables.
func oneOf(name string, set ...bool) error {
	n := 0
	for _, s := range set {
		if s {
			n++
		}
	}
	if n == 1 {
		return nil
	}
	err := indicator.Errorf(indicator.InvalidInput, "%s must have exactly one field, and has %d", name, n)
	err.Hint = "give one and leave the others out"
	return err
}

func regionSelector(in *model.RegionSelector) *query.RegionSelector {
	if in == nil {
		return nil
	}
	return &query.RegionSelector{
		Codes: in.Codes, Within: in.Within, Level: or(in.Level, indicator.County), Where: regionWhere(in.Where),
		PeersOf: peersRequest(in.PeersOf),
	}
}

func regionWhere(in *model.RegionWhere) *query.RegionWhere {
	if in == nil {
		return nil
	}
	return &query.RegionWhere{
		Levels: in.Levels, Scheme: or(in.Scheme, ""), NameContains: or(in.NameContains, ""), InForce: in.InForce,
	}
}

func regionOrders(in []*model.RegionOrder) []query.RegionOrder {
	keys := map[model.RegionOrderKey]query.RegionKey{
		model.RegionOrderKeyCode: query.RegionByCode, model.RegionOrderKeyName: query.RegionByName,
		model.RegionOrderKeyLevel: query.RegionByLevel,
	}
	orders := make([]query.RegionOrder, len(in))
	for i, o := range in {
		orders[i] = query.RegionOrder{By: keys[o.By], Descending: descending(o.Direction)}
	}
	return orders
}

func indicatorWhere(in *model.IndicatorWhere) *query.IndicatorWhere {
	if in == nil {
		return nil
	}
	return &query.IndicatorWhere{
		Topics: in.Topics, Kinds: in.Kinds, Dimension: or(in.Dimension, ""), Derived: in.Derived,
		NameContains: or(in.NameContains, ""),
	}
}

func coordinates(in []*model.DimensionValueInput) []indicator.Coordinate {
	list := make([]indicator.Coordinate, len(in))
	for i, c := range in {
		list[i] = indicator.Coordinate{Dimension: c.Dimension, Value: c.Value}
	}
	return list
}

func when(in *model.When) (*query.When, error) {
	if in == nil {
		return nil, nil //nolint:nilnil // no condition
	}
	if err := oneOf("when", in.Latest != nil, in.Period != nil, in.Within != nil); err != nil {
		return nil, err
	}
	w := &query.When{Period: in.Period, Within: in.Within}
	if in.Latest != nil {
		w.Latest = &query.LatestWhen{OnOrBefore: or(in.Latest.OnOrBefore, indicator.NoDay), MaxAge: int(or(in.Latest.MaxAge, scalar.Days(-1)))}
	}
	return w, nil
}

func per(in *model.Per) *query.Per {
	if in == nil {
		return nil
	}
	return &query.Per{Indicator: in.Indicator, Scale: or(in.Scale, 1)}
}

func observationWhere(in *model.ObservationWhere) *query.ObservationWhere {
	if in == nil {
		return query.Everything()
	}
	return &query.ObservationWhere{
		Regions: regionSelector(in.Regions), Indicators: in.Indicators, Slice: coordinates(in.Slice), AnySlice: or(in.AnySlice, true),
		From: or(in.From, indicator.NoDay), To: or(in.To, indicator.NoDay), Statuses: in.Status, Precisions: in.Precision,
		Sources: in.Sources,
	}
}

func observationOrder(in *model.ObservationOrder) query.ObservationOrder {
	if in == nil {
		return query.ObservationOrder{}
	}
	keys := map[model.ObservationOrderKey]query.ObservationKey{
		model.ObservationOrderKeyIndicator: query.ObservationNatural, model.ObservationOrderKeyRegion: query.ObservationByRegion,
		model.ObservationOrderKeyPeriod: query.ObservationByPeriod, model.ObservationOrderKeyValue: query.ObservationByValue,
		model.ObservationOrderKeyPublished: query.ObservationByPublished,
	}
	return query.ObservationOrder{By: keys[in.By], Descending: descending(in.Direction)}
}

func checkWhere(in *model.CheckWhere) *query.CheckWhere {
	if in == nil {
		return nil
	}
	return &query.CheckWhere{
		Codes: in.Codes, Severities: in.Severity, Status: in.Status, Regions: regionSelector(in.Regions), Indicators: in.Indicators,
	}
}

// aheadOf are the statistics of groups that the aggregation being resolved selects, of those that take a list of their values.
func aheadOf(ctx context.Context) query.Ahead {
	var ahead query.Ahead
	for name, one := range map[string]query.Ahead{"mean": query.MeanAhead, "median": query.MedianAhead, "stddev": query.StdDevAhead} {
		if selects(ctx, "groups", name) {
			ahead |= one
		}
	}
	return ahead
}

func aggregateRequest(in *model.AggregateInput, evidence bool) (*query.AggregateRequest, error) {
	w, err := when(in.When)
	if err != nil {
		return nil, err
	}
	request := &query.AggregateRequest{
		Indicators: in.Indicators, Regions: regionSelector(in.Regions), When: w, Slice: coordinates(in.Slice),
		Status: or(in.Status, indicator.Actual), AsOf: or(in.AsOf, indicator.NoDay), Per: per(in.Per),
		MinCoverage: or(in.MinCoverage, 0), Page: pageRequest(in.First, in.After, 1000), DryRun: or(in.DryRun, false),
		Evidence: evidence,
	}
	for _, by := range in.GroupBy {
		source := by.Source != nil
		if err := oneOf("groupBy", by.Region != nil, by.Period != nil, by.Dimension != nil, source); err != nil {
			return nil, err
		}
		request.GroupBy = append(request.GroupBy, query.GroupBy{
			Region: by.Region, Period: or(by.Period, indicator.Irregular), Dimension: or(by.Dimension, ""), Source: or(by.Source, false),
		})
	}
	for _, c := range in.Having {
		request.Having = append(request.Having, query.Condition{Measure: measures[string(c.Measure)], GT: c.Gt, GTE: c.Gte, LT: c.Lt, LTE: c.Lte})
	}
	for _, o := range in.OrderBy {
		request.OrderBy = append(request.OrderBy, query.GroupOrder{By: measures[string(o.By)], Descending: descending(o.Direction)})
	}
	return request, nil
}

// measures are the names that Measure and AggregateOrderKey share.
var measures = map[string]query.Measure{
	"KEY": query.MeasureKey, "VALUE": query.MeasureValue, "SUM": query.MeasureSum, "MEAN": query.MeasureMean,
	"MEDIAN": query.MeasureMedian, "MIN": query.MeasureMin, "MAX": query.MeasureMax, "STDDEV": query.MeasureStdDev,
	"COUNT": query.MeasureCount, "REGION_COUNT": query.MeasureRegionCount,
}

func compareRequest(in *model.CompareInput, evidence bool) (*query.CompareRequest, error) {
	w, err := when(in.When)
	if err != nil {
		return nil, err
	}
	request := &query.CompareRequest{
		Indicators: in.Indicators, Display: regionSelector(in.Display), Against: regionSelector(in.Against), When: w,
		Slice: coordinates(in.Slice), Status: or(in.Status, indicator.Actual), AsOf: or(in.AsOf, indicator.NoDay), Per: per(in.Per),
		Page: pageRequest(in.First, in.After, 3000), Evidence: evidence,
	}
	if b := in.Baseline; b != nil {
		if err := oneOf("baseline", b.Region != nil, b.Statistic != nil, b.Value != nil); err != nil {
			return nil, err
		}
		request.Baseline = &query.Baseline{Region: or(b.Region, ""), Value: b.Value}
		if b.Statistic != nil {
			statistic := map[model.BaselineStatistic]query.BaselineStatistic{
				model.BaselineStatisticGroupValue: query.BaselineGroupValue, model.BaselineStatisticMean: query.BaselineMean,
				model.BaselineStatisticMedian: query.BaselineMedian, model.BaselineStatisticBest: query.BaselineBest,
			}[*b.Statistic]
			request.Baseline.Statistic = &statistic
		}
	}
	keys := map[model.CompareOrderKey]query.EntryKey{
		model.CompareOrderKeyRegion: query.EntryByRegion, model.CompareOrderKeyRank: query.EntryByRank,
		model.CompareOrderKeyValue: query.EntryByValue, model.CompareOrderKeyDifference: query.EntryByDifference,
	}
	for _, o := range in.OrderBy {
		request.OrderBy = append(request.OrderBy, query.EntryOrder{By: keys[o.By], Descending: descending(o.Direction)})
	}
	return request, nil
}

func moversRequest(in *model.MoversInput, evidence bool) (*query.MoversRequest, error) {
	w, err := when(in.When)
	if err != nil {
		return nil, err
	}
	request := &query.MoversRequest{
		Indicator: in.Indicator, Regions: regionSelector(in.Regions), Within: or(in.Within, ""), From: in.From, To: in.To,
		AsOfFrom: or(in.AsOfFrom, indicator.NoDay), AsOfTo: or(in.AsOfTo, indicator.NoDay), When: w, Slice: coordinates(in.Slice),
		Status: or(in.Status, indicator.Actual), AsOf: or(in.AsOf, indicator.NoDay), Per: per(in.Per),
		OrderBy: query.MoverOrder{By: query.MoverByAbsoluteChange, Descending: true}, Page: pageRequest(in.First, in.After, 3000),
		Evidence: evidence,
	}
	if o := in.OrderBy; o != nil {
		keys := map[model.MoverOrderKey]query.MoverKey{
			model.MoverOrderKeyAbsoluteChange: query.MoverByAbsoluteChange, model.MoverOrderKeyChange: query.MoverByChange,
			model.MoverOrderKeyPercentChange: query.MoverByPercentChange, model.MoverOrderKeyRegion: query.MoverByRegion,
		}
		request.OrderBy = query.MoverOrder{By: keys[o.By], Descending: or(o.Direction, model.DirectionDesc) == model.DirectionDesc}
	}
	return request, nil
}

func forecastRequest(in *model.ForecastInput) *query.ForecastRequest {
	request := &query.ForecastRequest{
		Indicators: in.Indicators, Regions: regionSelector(in.Regions), Slice: coordinates(in.Slice),
		Status: or(in.Status, indicator.Forecast), AsOf: or(in.AsOf, indicator.NoDay), Per: per(in.Per),
		HorizonBand: or(in.HorizonBand, 30), Page: pageRequest(in.First, in.After, 3000),
	}
	for _, p := range in.Periods {
		request.Periods = append(request.Periods, *p)
	}
	if or(in.Actual, model.ActualVintageLatest) == model.ActualVintageFirstPublished {
		request.Actual = query.FirstPublishedActual
	}
	return request
}
