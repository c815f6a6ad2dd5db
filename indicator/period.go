package indicator

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Day is a calendar day as days since 1970-01-01, before it negative.
type Day int32

// NoDay stands for an unknown or absent day.
const NoDay Day = math.MinInt32

// Forever is the end of an interval that has none.
const Forever Day = math.MaxInt32

const secondsPerDay = 24 * 60 * 60

// DayOf returns the day of a civil date. Months and days outside their range carry over, as in time.Date.
func DayOf(year int, month time.Month, day int) Day {
	return Day(floorDiv(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix(), secondsPerDay))
}

// DayAt returns the UTC day of an instant.
func DayAt(t time.Time) Day { return Day(floorDiv(t.Unix(), secondsPerDay)) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Time returns midnight UTC of the day.
func (d Day) Time() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// String writes the day as 2020-02-18; NoDay is the empty text.
func (d Day) String() string {
	var text [10]byte
	return string(d.Append(text[:0]))
}

// Append appends the day as String writes it.
func (d Day) Append(to []byte) []byte {
	if d == NoDay {
		return to
	}
	year, month, day := d.Time().Date()
	if year < 0 || year > 9999 {
		return d.Time().AppendFormat(to, time.DateOnly)
	}
	to = appendTwo(appendTwo(to, year/100), year%100) // answers and files have a great many
	return appendTwo(append(appendTwo(append(to, '-'), int(month)), '-'), day)
}

// appendTwo writes a number below 100 with two digits.
func appendTwo(to []byte, n int) []byte { return append(to, byte('0'+n/10), byte('0'+n%10)) }

// ParseDay reads 2020-02-18; the empty text is NoDay.
func ParseDay(text string) (Day, error) {
	if text == "" {
		return NoDay, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 { // there is no year 0
		return NoDay, &Error{
			Code:    InvalidInput,
			Message: quote(text) + " is not a date",
			Hint:    "write a date as 2020-02-18",
		}
	}
	return DayAt(t), nil
}

// Grain is the length of a calendar period.
type Grain int8

// The grains. Irregular is a period that is none of the others, such as 2020-01-25/2020-03-02.
const (
	Irregular Grain = iota
	Daily
	Weekly // ISO 8601 weeks, Monday to Sunday
	Monthly
	Quarterly
	Yearly
)

var grainNames = []string{"IRREGULAR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}

// String returns the contract's name of the grain.
func (g Grain) String() string { return enumName(grainNames, g) }

// ParseGrain reads a grain by its contract name.
func ParseGrain(text string) (Grain, error) {
	g, err := parseEnum[Grain]("grain", grainNames[1:], text)
	if err != nil {
		return Irregular, err
	}
	return g + 1, nil
}

// Period is a span of days, both ends included.
type Period struct {
	Start Day
	End   Day
}

// DayPeriod is the period of one day.
func DayPeriod(d Day) Period { return Period{Start: d, End: d} }

// Containing returns the period of a grain that a day lies in.
func (g Grain) Containing(d Day) Period {
	t := d.Time()
	year, month, _ := t.Date()
	switch g {
	case Weekly:
		monday := d - Day((int(t.Weekday())+6)%7)
		return Period{monday, monday + 6}
	case Monthly:
		return Period{DayOf(year, month, 1), DayOf(year, month+1, 1) - 1}
	case Quarterly:
		first := (month-1)/3*3 + 1
		return Period{DayOf(year, first, 1), DayOf(year, first+3, 1) - 1}
	case Yearly:
		return Period{DayOf(year, time.January, 1), DayOf(year+1, time.January, 1) - 1}
	default:
		return DayPeriod(d)
	}
}

// Grain returns the calendar length of the period.
func (p Period) Grain() Grain {
	switch days := p.Days(); {
	case days == 1:
		return Daily
	case days == 7 && Weekly.Containing(p.Start) == p:
		return Weekly
	case days >= 28 && days <= 31 && Monthly.Containing(p.Start) == p:
		return Monthly
	case days >= 90 && days <= 92 && Quarterly.Containing(p.Start) == p:
		return Quarterly
	case days >= 365 && Yearly.Containing(p.Start) == p:
		return Yearly
	}
	return Irregular
}

// Days is the number of days in the period.
func (p Period) Days() int { return int(p.End) - int(p.Start) + 1 }

// Contains reports whether q lies wholly inside p.
func (p Period) Contains(q Period) bool { return p.Start <= q.Start && q.End <= p.End }

// Overlaps reports whether the periods share a day.
func (p Period) Overlaps(q Period) bool { return p.Start <= q.End && q.Start <= p.End }

// String writes the period in ISO 8601 / SDMX notation: 2020, 2020-Q1, 2020-02, 2020-W08, 2020-02-18 or, for any
// other span, 2020-01-25/2020-03-02.
func (p Period) String() string {
	var text [21]byte
	return string(p.Append(text[:0]))
}

// Append appends the period as String writes it.
func (p Period) Append(to []byte) []byte {
	t := p.Start.Time()
	switch p.Grain() {
	case Daily:
		return p.Start.Append(to)
	case Weekly:
		year, week := t.ISOWeek()
		return fmt.Appendf(to, "%04d-W%02d", year, week)
	case Monthly:
		to = p.Start.Append(to)
		return to[:len(to)-len("-01")]
	case Quarterly:
		return fmt.Appendf(to, "%04d-Q%d", t.Year(), (int(t.Month())-1)/3+1)
	case Yearly:
		return t.AppendFormat(to, "2006")
	default:
		return p.End.Append(append(p.Start.Append(to), '/'))
	}
}

// ParsePeriod reads a period as String writes it.
func ParsePeriod(text string) (Period, error) {
	if first, last, ok := strings.Cut(text, "/"); ok {
		start, err := parseSimplePeriod(first)
		if err != nil {
			return Period{}, invalidPeriod(text)
		}
		end, err := parseSimplePeriod(last)
		if err != nil {
			return Period{}, invalidPeriod(text)
		}
		if end.End < start.Start {
			return Period{}, &Error{
				Code:    InvalidInput,
				Message: "period " + quote(text) + " ends before it starts",
				Hint:    "write the earlier day first",
			}
		}
		return Period{start.Start, end.End}, nil
	}
	p, err := parseSimplePeriod(text)
	if err != nil {
		return Period{}, invalidPeriod(text)
	}
	return p, nil
}

func invalidPeriod(text string) error {
	return &Error{
		Code:    InvalidInput,
		Message: quote(text) + " is not a period",
		Hint:    "write 2020, 2020-Q1, 2020-02, 2020-W08, 2020-02-18 or 2020-01-25/2020-03-02",
	}
}

var errPeriod = Errorf(InvalidInput, "not a period")

func parseSimplePeriod(text string) (Period, error) {
	if len(text) < 4 {
		return Period{}, errPeriod
	}
	year, ok := parseDigits(text[:4])
	if !ok || year == 0 {
		return Period{}, errPeriod
	}
	rest := text[4:]
	switch {
	case rest == "":
		return Yearly.Containing(DayOf(year, time.January, 1)), nil
	case len(rest) == 3 && rest[:2] == "-Q" && rest[2] >= '1' && rest[2] <= '4':
		return Quarterly.Containing(DayOf(year, time.Month(rest[2]-'1')*3+1, 1)), nil
	case len(rest) == 4 && rest[:2] == "-W":
		week, ok := parseDigits(rest[2:])
		if !ok || week < 1 {
			return Period{}, errPeriod
		}
		// 4 January is always in the first ISO week.
		p := Weekly.Containing(DayOf(year, time.January, 4) + Day(7*(week-1)))
		if y, w := p.Start.Time().ISOWeek(); y != year || w != week {
			return Period{}, errPeriod
		}
		return p, nil
	case len(rest) == 3:
		month, ok := parseDigits(rest[1:])
		if rest[0] != '-' || !ok || month < 1 || month > 12 {
			return Period{}, errPeriod
		}
		return Monthly.Containing(DayOf(year, time.Month(month), 1)), nil
	case len(rest) == 6:
		d, err := ParseDay(text)
		if err != nil {
			return Period{}, errPeriod
		}
		return DayPeriod(d), nil
	}
	return Period{}, errPeriod
}

func parseDigits(text string) (int, bool) {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}
