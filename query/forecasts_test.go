package query

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

func forecastsOf(code string) *ForecastRequest {
	return &ForecastRequest{
		Indicators: []string{code}, Status: indicator.Forecast, AsOf: indicator.NoDay, HorizonBand: 30, Page: PageRequest{First: 1000},
	}
}

func TestForecasts(t *testing.T) {
	t.Parallel()
	s := newShelf(t, []store.Report{
		put(shelfPart, shelfA, "2020-03", 110, expected, on("2020-02-01")), // 59 days before 31 March
		put(shelfPart, shelfA, "2020-03", 95, expected, on("2020-03-11")),  // 20 days
		put(shelfPart, shelfB, "2020-03", 50, expected, on("2020-04-05"), roughly(indicator.AtLeast)),
		put(shelfPart, shelfB, "2020-04", 1, expected, on("2020-04-05")), // pending
		put(shelfPart, shelfC, "2020-03", 7, expected, on("2020-04-05")), // its actual figure is withheld
	}, []store.Report{
		put(shelfPart, shelfA, "2020-03", 100, on("2020-04-10")),
		put(shelfPart, shelfA, "2020-03", 90, on("2020-05-10")), // revised
		put(shelfPart, shelfB, "2020-03", 0, on("2020-04-10")),
		put(shelfPart, shelfC, "2020-03", 0, on("2020-04-10"), withdrawn),
		put(shelfWhole, shelfA, "2020-01", 10), put(shelfWhole, shelfB, "2020-01", 5),
	}).session()
	judge := func(t *testing.T, change func(r *ForecastRequest)) *IndicatorForecasts {
		t.Helper()
		request := forecastsOf("part")
		change(request)
		r, err := s.Forecasts(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		return r.Indicators[0]
	}
	t.Run("against the latest", func(t *testing.T) {
		r := judge(t, func(*ForecastRequest) {})
		// a: 110 - 90 = 20 and 95 - 90 = 5; b: at least 50 - 0 = 50, of no percentage.
		// Bias 75 / 3, RMSE sqrt((400 + 25 + 2500) / 3), MAPE (22.22 + 5.56) / 2.
		a := r.Accuracy
		if a.N != 3 || a.Bias.Value != 25 || a.Bias.Precision != indicator.AtLeast || *a.MeanAbsoluteError != 25 ||
			!nearly(*a.RootMeanSquareError, math.Sqrt(975)) || !nearly(*a.MeanAbsolutePercentageError, 100*25.0/90/2) || a.Percentages != 2 {
			t.Errorf("accuracy %+v", a)
		}
		// Horizons 59, 20 and -5: bands 30 to 59, 0 to 29 and -30 to -1.
		if len(r.ByHorizon) != 3 || r.ByHorizon[0].From != -30 || r.ByHorizon[0].To != -1 || r.ByHorizon[2].Bias.Value != 20 {
			t.Errorf("%d bands, the first %+v", len(r.ByHorizon), r.ByHorizon[0])
		}
		if len(r.Pending) != 2 || r.Pending[0].Missing != indicator.NoObservation || r.Pending[1].Missing != indicator.Suppressed {
			t.Errorf("pending %+v", r.Pending)
		}
	})
	t.Run("against the first published", func(t *testing.T) {
		r := judge(t, func(r *ForecastRequest) { r.Actual = FirstPublishedActual })
		if e := r.Page.Nodes[0]; e.Actual.Value != 100 || e.Error.Value != 10 || *e.Horizon != 59 {
			t.Errorf("%+v", e)
		}
	})
	t.Run("as of days", func(t *testing.T) {
		if r := judge(t, func(r *ForecastRequest) { r.AsOf = shelfDay("2020-04-30") }); r.Page.Nodes[0].Actual.Value != 100 {
			t.Errorf("in April: %+v", r.Page.Nodes[0])
		}
		if r := judge(t, func(r *ForecastRequest) { r.AsOf = shelfDay("2020-03-01") }); len(r.Page.Nodes) != 0 || len(r.Pending) != 1 || len(r.Missing) != 2 {
			t.Errorf("in March: %+v", r)
		}
	})
	t.Run("of one period, per another indicator", func(t *testing.T) {
		april, _ := between(t, "2020-04", "2020-04")
		r := judge(t, func(r *ForecastRequest) {
			r.Periods, r.Per = []indicator.Period{*april}, &Per{Indicator: "whole", Scale: 100}
		})
		if len(r.Pending) != 1 || r.Pending[0].Forecast.Value != 20 { // 1 / 5 * 100
			t.Errorf("%+v", r.Pending)
		}
	})
	t.Run("without a divisor", func(t *testing.T) {
		r := judge(t, func(r *ForecastRequest) { r.Indicators = []string{"quotient"} })
		if len(r.Missing) != 1 || r.Missing[0].Region.Code != "c" || r.Missing[0].Reason != indicator.NoDenominator {
			t.Errorf("missing %+v", r.Missing)
		}
	})
	t.Run("refusals", func(t *testing.T) {
		for name, change := range map[string]func(r *ForecastRequest){
			"measured":   func(r *ForecastRequest) { r.Status = indicator.Actual },
			"no band":    func(r *ForecastRequest) { r.HorizonBand = 0 },
			"large page": func(r *ForecastRequest) { r.Page.First = 1e6 },
			"unknown":    func(r *ForecastRequest) { r.Indicators = []string{"parts"} },
		} {
			request := forecastsOf("part")
			change(request)
			var typed *indicator.Error
			if _, err := s.Forecasts(t.Context(), request); !errors.As(err, &typed) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// The oracle draws forecasts and actual figures of three counties and sums the errors up as it draws.
func TestForecasts_Oracle(t *testing.T) {
	t.Parallel()
	days := []string{"2020-01-10", "2020-02-15", "2020-03-31", "2020-04-02"}
	horizons := []int{81, 45, 0, -2} // to 31 March
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.Bool().Draw(t, "first")
		var reports []store.Report
		var sum, absolute, percentages float64
		n, pending, relative := 0, 0, 0
		bands := make(map[int]int)
		for region := shelfA; region <= shelfC; region++ {
			actuals := rapid.SliceOfN(rapid.IntRange(0, 9), 0, 2).Draw(t, "actuals")
			actual := math.NaN()
			for i, value := range actuals {
				reports = append(reports, put(shelfLevel, region, "2020-Q1", float64(value), on([]string{"2020-05-01", "2020-06-01"}[i])))
				if actual = float64(value); first {
					actual = float64(actuals[0])
				}
			}
			for i, day := range days {
				if !rapid.Bool().Draw(t, "is forecast") {
					continue
				}
				forecast := float64(rapid.IntRange(0, 9).Draw(t, "forecast"))
				reports = append(reports, put(shelfLevel, region, "2020-Q1", forecast, expected, on(day)))
				if math.IsNaN(actual) {
					pending++
					continue
				}
				n++
				bands[int(math.Floor(float64(horizons[i])/30))*30]++
				sum += forecast - actual
				absolute += math.Abs(forecast - actual)
				if actual != 0 {
					percentages += 100 * math.Abs(forecast-actual) / actual
					relative++
				}
			}
		}
		request := forecastsOf("level")
		if first {
			request.Actual = FirstPublishedActual
		}
		answer, err := newShelf(t, reports).session().Forecasts(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		r := answer.Indicators[0]
		a := r.Accuracy
		if a.N != n || len(r.Page.Nodes) != n || len(r.Pending) != pending || a.Percentages != relative {
			t.Fatalf("%d judged, %d pending, %d percentages, want %d, %d, %d", a.N, len(r.Pending), a.Percentages, n, pending, relative)
		}
		if n > 0 && (!nearly(a.Bias.Value, sum/float64(n)) || !nearly(*a.MeanAbsoluteError, absolute/float64(n))) ||
			relative > 0 && !nearly(*a.MeanAbsolutePercentageError, percentages/float64(relative)) {
			t.Fatalf("accuracy %+v", a)
		}
		for _, band := range r.ByHorizon {
			if bands[band.From] != band.N {
				t.Fatalf("%d forecasts of %d to %d days, want %d", band.N, band.From, band.To, bands[band.From])
			}
		}
	})
}
