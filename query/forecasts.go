package query

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// ActualVintage is the report that a forecast is held against.
type ActualVintage int8

// The vintages.
const (
	LatestActual         ActualVintage = iota // the newest report of the figure
	FirstPublishedActual                      // its first report with a value
)

// ForecastRequest asks how forecasts compare with what came true. Every report of a forecast counts: one that was revised was
// made twice, at two horizons.
type ForecastRequest struct {
	Indicators []string
	Regions    *RegionSelector    // nil: every county in force
	Periods    []indicator.Period // nil: all
	Slice      []indicator.Coordinate
	Status     indicator.Status // Forecast or Target
	Actual     ActualVintage
	AsOf       indicator.Day
	Per        *Per
	// HorizonBand is the width, in days, of the bands that errors are summed up by.
	HorizonBand int
	Page        PageRequest
}

// ForecastResult is the answer to a ForecastRequest.
type ForecastResult struct {
	Indicators []*IndicatorForecasts
	Cost       Cost
}

// IndicatorForecasts are the forecasts of one indicator.
type IndicatorForecasts struct {
	Indicator *catalog.Indicator
	Unit      string
	Accuracy  *ForecastAccuracy
	ByHorizon []*HorizonAccuracy // by horizon, shortest first
	Page      *Page[*ForecastEntry]
	Pending   []*ForecastEntry
	Missing   []MissingRegion
	Warnings  []Warning
}

// ForecastEntry is one forecast and what came true.
type ForecastEntry struct {
	Region           *catalog.Region
	Period           indicator.Period
	Forecast, Actual indicator.Quantity
	Missing          indicator.Missing  // why there is no actual value
	Error            indicator.Quantity // forecast - actual
	// AbsolutePercentageError is 100 x |forecast - actual| / |actual|; nil for an actual of zero or none.
	AbsolutePercentageError *float64
	// Horizon is the number of days from the publication of the forecast to the end of its period, negative of one published
	// later; nil where the day of publication is unknown.
	Horizon *int
	// ForecastObservation and ActualObservation are the figures, of a quotient those it divides.
	ForecastObservation, ActualObservation *Observation
}

// ForecastAccuracy sums errors up, each forecast counting alike. See accuracyOf.
type ForecastAccuracy struct {
	N                           int
	Bias                        indicator.Quantity // missing for none, like the other statistics
	MeanAbsoluteError           *float64
	RootMeanSquareError         *float64
	MeanAbsolutePercentageError *float64
	Percentages                 int // forecasts with an absolute percentage error
}

// HorizonAccuracy is the accuracy of the forecasts published From to To days, both included, before the end of their period.
type HorizonAccuracy struct {
	From, To int
	ForecastAccuracy
}

// Forecasts holds forecasts against what came true.
func (s *Session) Forecasts(ctx context.Context, request *ForecastRequest) (*ForecastResult, error) {
	if err := request.check(s.limits.Page); err != nil {
		return nil, err
	}
	regions, err := s.selectRegions(ctx, request.Regions, request.AsOf, "regions")
	if err != nil {
		return nil, err
	}
	f, err := s.resolve(&figureRequest{
		indicators: request.Indicators, when: &When{Within: request.span()}, slice: request.Slice, statuses: []indicator.Status{request.Status},
		asOf: request.AsOf, per: request.Per, evidence: true, vintages: true,
	}, regions)
	if err != nil {
		return nil, err
	}
	answer := &ForecastResult{}
	if answer.Cost, err = s.fetch(ctx, f); err != nil {
		return nil, err
	}
	w := newWatch(ctx)
	for i := range f.subjects {
		judged, err := s.judge(w, request, f, &f.subjects[i])
		if err != nil {
			return nil, err
		}
		answer.Indicators = append(answer.Indicators, judged)
	}
	return answer, nil
}

// maxHorizonBand is a century, within which all bands can be numbered.
const maxHorizonBand = 36525

func (request *ForecastRequest) check(limit int) error {
	if err := checkFirst(request.Page.First, limit); err != nil {
		return err
	}
	if request.Status == indicator.Actual {
		err := indicator.Errorf(indicator.InvalidInput, "measured figures are what forecasts are held against")
		err.Hint = "ask for FORECAST or TARGET"
		return err.At("status")
	}
	if request.HorizonBand < 1 || request.HorizonBand > maxHorizonBand {
		return indicator.Errorf(indicator.InvalidInput, "a band of horizons has 1 to %d days", maxHorizonBand).At("horizonBand")
	}
	return nil
}

// span covers the periods asked for.
func (request *ForecastRequest) span() *indicator.Period {
	if len(request.Periods) == 0 {
		return &indicator.Period{Start: indicator.NoDay, End: indicator.Forever}
	}
	span := request.Periods[0]
	for _, p := range request.Periods[1:] {
		span.Start, span.End = min(span.Start, p.Start), max(span.End, p.End)
	}
	return &span
}

// forecastKey names a figure of one subject, whatever its status.
type forecastKey struct {
	region int32
	period indicator.Period
}

// judge holds the forecasts of one subject against its actual figures.
func (s *Session) judge(w *watch, request *ForecastRequest, f *figures, x *subject) (*IndicatorForecasts, error) {
	var forecasts []int32
	actuals := make(map[forecastKey][]int32)
	r := f.rows
	for i := range int32(r.Len()) {
		if err := w.steps(1 + len(request.Periods)/8); err != nil {
			return nil, err
		}
		period := indicator.Period{Start: r.Start[i], End: r.End[i]}
		if r.Indicator[i] != x.base.ID || r.Slice[i] != f.total || request.Periods != nil && !slices.Contains(request.Periods, period) ||
			!f.isReport(i) {
			continue
		}
		if r.Status[i] == request.Status {
			if r.Missing[i] == indicator.NotMissing {
				forecasts = append(forecasts, i)
			}
			continue
		}
		key := forecastKey{r.Region[i], period}
		actuals[key] = append(actuals[key], i)
	}
	err := sortRowsStable(w, forecasts, func(a, b int32) int {
		return cmp.Or(cmp.Compare(r.Region[a], r.Region[b]), cmp.Compare(r.End[a], r.End[b]), cmp.Compare(r.Start[a], r.Start[b]),
			cmp.Compare(r.KnownFrom[a], r.KnownFrom[b]))
	})
	if err != nil {
		return nil, err
	}
	answer := &IndicatorForecasts{Indicator: x.indicator, Unit: x.unit(), Warnings: slices.Clone(f.regions.warnings)}
	var judged []*ForecastEntry
	var shown []cell
	reasons := make(map[int32]indicator.Missing)
	for _, row := range forecasts {
		entry, used, err := s.forecastEntry(w, request, f, x, row, actuals)
		if err != nil {
			return nil, err
		}
		region := r.Region[row]
		switch {
		case !entry.Forecast.Known():
			reasons[region] = cmp.Or(used[0].missing, indicator.UnknownReason)
			continue
		case entry.Actual.Known():
			judged = append(judged, entry)
		default:
			answer.Pending = append(answer.Pending, entry)
		}
		reasons[region] = indicator.NotMissing
		shown = append(shown, used...)
	}
	for _, region := range f.regions.list {
		reason, forecast := reasons[region.ID]
		if !forecast {
			reason = indicator.NoObservation
		}
		if reason != indicator.NotMissing {
			answer.Missing = append(answer.Missing, MissingRegion{region, reason})
		}
	}
	answer.Warnings = append(answer.Warnings, f.mixtures(w, x, shown, false)...)
	if w.err != nil {
		return nil, w.err
	}
	accuracy := accuracyOf(judged)
	answer.Accuracy, answer.ByHorizon = &accuracy, byHorizon(judged, request.HorizonBand)
	answer.Page, err = paginateRows(w, judged, func(e *ForecastEntry) string { return e.ForecastObservation.identity() }, request.Page, s.limits.Page)
	return answer, err
}

// isReport leaves out what was not known by the day asked about, what was the newest for no day, and the later rows of a rate
// whose counts alone changed.
func (f *figures) isReport(row int32) bool {
	r := f.rows
	known := f.request.asOf == indicator.NoDay || r.KnownFrom[row] <= f.request.asOf
	return known && r.KnownFrom[row] < r.KnownTo[row] && (r.Derived[row] || r.Status[row] == indicator.Actual || r.KnownFrom[row] == r.Published[row])
}

// actual picks the report that forecasts are held against; -1 if there is none.
func (f *figures) actual(rows []int32, vintage ActualVintage) int32 {
	best := int32(-1)
	for _, i := range rows {
		switch {
		case vintage == FirstPublishedActual && f.rows.Missing[i] != indicator.NotMissing:
		case best < 0, (f.rows.KnownFrom[i] > f.rows.KnownFrom[best]) == (vintage == LatestActual):
			best = i
		}
	}
	if best >= 0 && vintage == LatestActual && f.rows.KnownTo[best] != indicator.Forever &&
		(f.request.asOf == indicator.NoDay || f.rows.KnownTo[best] <= f.request.asOf) {
		return -1 // it could be derived once and no longer can
	}
	return best
}

// forecastEntry judges one forecast and returns the cells used, that of the forecast first.
func (s *Session) forecastEntry(w *watch, request *ForecastRequest, f *figures, x *subject, row int32, actuals map[forecastKey][]int32) (*ForecastEntry, []cell, error) {
	r := f.rows
	forecast, err := f.newCell(w, x, []int32{row})
	if err != nil {
		return nil, nil, err
	}
	e := &ForecastEntry{
		Region: &s.catalog.Regions()[r.Region[row]], Period: indicator.Period{Start: r.Start[row], End: r.End[row]},
		Forecast: forecast.quantity, Actual: indicator.NoQuantity(), Missing: indicator.NoObservation, Error: indicator.NoQuantity(),
		ForecastObservation: s.observation(r, int(row)),
	}
	if r.Published[row] != indicator.NoDay {
		e.Horizon = new(int(r.End[row] - r.Published[row]))
	}
	used := []cell{forecast}
	at := f.actual(actuals[forecastKey{r.Region[row], e.Period}], request.Actual)
	if at < 0 {
		return e, used, nil
	}
	actual, err := f.newCell(w, x, []int32{at})
	if err != nil {
		return nil, nil, err
	}
	e.Actual, e.Missing, e.ActualObservation = actual.quantity, actual.missing, s.observation(r, int(at))
	if !e.Actual.Known() {
		e.Missing = cmp.Or(e.Missing, indicator.UnknownReason)
		return e, used, nil
	}
	e.Error = e.Forecast.Minus(e.Actual)
	if e.Actual.Value != 0 {
		e.AbsolutePercentageError = number(100 * math.Abs(e.Error.Value) / math.Abs(e.Actual.Value))
	}
	return e, append(used, actual), nil
}

// accuracyOf sums errors e = forecast - actual up: bias is mean(e), then mean(|e|), sqrt(mean(e^2)), and mean(100 |e| / |actual|)
// over the forecasts of something other than zero. Hyndman and Koehler, "Another look at measures of forecast accuracy",
// International Journal of Forecasting 22 (2006).
func accuracyOf(entries []*ForecastEntry) ForecastAccuracy {
	a := ForecastAccuracy{N: len(entries), Bias: indicator.NoQuantity()}
	if a.N == 0 {
		return a
	}
	var sum, absolute, squares, percentages float64
	var precision indicator.Precision
	for _, e := range entries {
		sum += e.Error.Value
		absolute += math.Abs(e.Error.Value)
		squares += e.Error.Value * e.Error.Value
		precision = precision.Plus(e.Error.Precision)
		if e.AbsolutePercentageError != nil {
			percentages += *e.AbsolutePercentageError
			a.Percentages++
		}
	}
	n := float64(a.N)
	a.Bias = indicator.Quantity{Value: sum / n, Precision: precision}
	a.MeanAbsoluteError, a.RootMeanSquareError = number(absolute/n), number(math.Sqrt(squares/n))
	if a.Percentages > 0 {
		a.MeanAbsolutePercentageError = number(percentages / float64(a.Percentages))
	}
	return a
}

// byHorizon sums errors up by bands of so many days, counted from a horizon of zero.
func byHorizon(entries []*ForecastEntry, days int) []*HorizonAccuracy {
	bands := make(map[int][]*ForecastEntry)
	for _, e := range entries {
		if e.Horizon != nil {
			band := int(math.Floor(float64(*e.Horizon) / float64(days)))
			bands[band] = append(bands[band], e)
		}
	}
	list := make([]*HorizonAccuracy, 0, len(bands))
	for band, members := range bands {
		list = append(list, &HorizonAccuracy{band * days, (band+1)*days - 1, accuracyOf(members)})
	}
	slices.SortFunc(list, func(a, b *HorizonAccuracy) int { return cmp.Compare(a.From, b.From) })
	return list
}
