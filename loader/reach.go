package loader

import (
	"fmt"
	"time"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// reach is how far the figures of a batch reach in time.
type reach struct {
	published indicator.Day               // the newest day of publication; NoDay while there are none
	earliest  dated                       // begins first; at Forever while there are none
	latest    [indicator.Target + 1]dated // by status: ends last; on NoDay while there are none
}

// dated is what tells a figure, for a note about its period.
type dated struct {
	period            indicator.Period
	region, indicator int32
}

func newReach() reach {
	r := reach{published: indicator.NoDay, earliest: dated{period: indicator.Period{Start: indicator.Forever}}}
	for status := range r.latest {
		r.latest[status].period.End = indicator.NoDay
	}
	return r
}

// add takes account of one figure.
func (r *reach) add(report *store.Report) {
	r.published = max(r.published, report.PublishedOn)
	if report.Period.Start < r.earliest.period.Start {
		r.earliest = dated{report.Period, report.Region, report.Indicator}
	}
	if latest := &r.latest[report.Status]; report.Period.End > latest.period.End {
		*latest = dated{report.Period, report.Region, report.Indicator}
	}
}

// believable is the first year that figures are taken to be of without a word: earlier ones exist, but rarely, and a year
// that lost a digit looks like one.
const believable = 1000

// ahead is for how many years to come figures are taken without a word: this year's may come before its end, and what is
// known of the next one, such as a price that is set; a forecast may be of a far day.
var ahead = [indicator.Target + 1]int{indicator.Actual: 1, indicator.Forecast: 200, indicator.Target: 200}

// remarkReach notes what is accepted but hard to believe of the figures' days and periods.
func (r *run) remarkReach() {
	note := func(format string, args ...any) {
		r.result.Notes = append(r.result.Notes, fmt.Sprintf(format, args...))
	}
	if r.reach.published > indicator.DayAt(r.started)+1 { // clocks may be a day apart
		note("the newest figures are said to be published on %s, which is to come: nothing published before that day will revise them", r.reach.published)
	}
	named := func(d *dated) string {
		return fmt.Sprintf("%s (%s of %s)", d.period, r.catalog.Indicators()[d.indicator].Code, r.catalog.CodeOf(&r.catalog.Regions()[d.region]))
	}
	if d := &r.reach.earliest; d.period.Start < indicator.DayOf(believable, time.January, 1) {
		note("the earliest figure is of %s, before the year %d: correct its period, unless it is meant", named(d), believable)
	}
	for status, years := range ahead {
		if d := &r.reach.latest[status]; d.period.End > indicator.DayAt(r.started.AddDate(years, 0, 0)) {
			note("the latest %s figure is of %s, which ends more than %s from now: correct its period, unless it is meant",
				indicator.Status(status), named(d), indicator.Counted(years, "year"))
		}
	}
}
