package mapping

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/countyql/countyql/indicator"
)

// date is what a text says of a period; what it does not say is 0.
type date struct {
	year, quarter, month, week, day int
}

// period returns the shortest period that the date names, and false if there is none.
func (d date) period() (indicator.Period, bool) {
	if d.year < 1 || d.year > 9999 {
		return indicator.Period{}, false
	}
	within := func(n, high int) bool { return n >= 1 && n <= high }
	switch {
	case d.week != 0:
		// 4 January is always in the first ISO week.
		p := indicator.Weekly.Containing(indicator.DayOf(d.year, time.January, 4) + indicator.Day(7*(d.week-1)))
		year, week := p.Start.Time().ISOWeek()
		return p, d.quarter == 0 && d.month == 0 && d.day == 0 && within(d.week, 53) && year == d.year && week == d.week
	case d.quarter != 0:
		return indicator.Quarterly.Containing(indicator.DayOf(d.year, time.Month(3*d.quarter), 1)),
			d.month == 0 && d.day == 0 && within(d.quarter, 4)
	case d.month == 0:
		return indicator.Yearly.Containing(indicator.DayOf(d.year, time.January, 1)), d.day == 0
	case d.day == 0:
		return indicator.Monthly.Containing(indicator.DayOf(d.year, time.Month(d.month), 1)), within(d.month, 12)
	}
	day := indicator.DayOf(d.year, time.Month(d.month), d.day)
	// A day that the month does not have carries over into the next.
	return indicator.DayPeriod(day), within(d.month, 12) && day.Time().Day() == d.day
}

// part sets what a name in a layout stands for.
func (d *date) part(name, written string) {
	if written == "" {
		return
	}
	number, err := strconv.Atoi(written)
	if err != nil {
		number = named(written)
	}
	if number == 0 {
		number = -1 // written, and none
	}
	switch name {
	case "year":
		if d.year = number; len(written) == len("20") {
			d.year += 2000
		}
	case "quarter":
		d.quarter = number
	case "month":
		d.month = number
	case "week":
		d.week = number
	case "day":
		d.day = number
	}
}

// named is the number of an English month or a Chinese digit; 0 if the text is neither.
func named(written string) int {
	if i := strings.Index("一二三四", written); i >= 0 {
		return i/len("一") + 1
	}
	for month := time.January; month <= time.December; month++ {
		if full := month.String(); strings.EqualFold(written, full) || strings.EqualFold(written, full[:3]) {
			return int(month)
		}
	}
	return 0
}

// tokens are the letters of a layout, the longer before the shorter, and what they stand for.
var tokens = []struct{ written, pattern string }{
	{"YYYY", `(?P<year>\d{4})`},
	{"YY", `(?P<year>\d{2})`}, // of this century
	{"MMMM", `(?P<month>[A-Za-z]{3,9})`},
	{"MMM", `(?P<month>[A-Za-z]{3})`},
	{"MM", `(?P<month>\d{2})`},
	{"M", `(?P<month>\d{1,2})`},
	{"DD", `(?P<day>\d{2})`},
	{"D", `(?P<day>\d{1,2})`},
	{"WW", `(?P<week>\d{2})`},
	{"W", `(?P<week>\d{1,2})`},
	{"Q", `(?P<quarter>[1-4一二三四])`},
}

// readLayout turns a layout such as DD.MM.YYYY into a pattern. Text in single quotes stands for itself.
func readLayout(n node) *regexp.Regexp {
	written, ok := n.required()
	if !ok {
		return nil
	}
	var pattern strings.Builder
	seen := make(map[string]bool)
	rest := written
layout:
	for rest != "" {
		if quoted, after, closed := strings.Cut(strings.TrimPrefix(rest, "'"), "'"); rest[0] == '\'' && closed {
			pattern.WriteString(regexp.QuoteMeta(quoted))
			rest = after
			continue
		}
		for _, t := range tokens {
			if after, found := strings.CutPrefix(rest, t.written); found {
				pattern.WriteString(t.pattern)
				name, _, _ := strings.Cut(t.pattern[len(`(?P<`):], ">")
				if seen[name] {
					n.fail("put letters that stand for themselves in single quotes", "the layout says the %s twice", name)
					return nil
				}
				seen[name] = true
				rest = after
				continue layout
			}
		}
		r := []rune(rest)[0]
		if r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			n.fail("use YYYY, YY, Q, MM, M, MMM, WW, W, DD, D; put letters that stand for themselves in single quotes: YYYY'Q'Q", "the layout has no letter %q", string(r))
			return nil
		}
		pattern.WriteString(regexp.QuoteMeta(string(r)))
		rest = rest[len(string(r)):]
	}
	if !seen["year"] {
		n.fail("add YYYY, or take the year from elsewhere: {year: ..., month: ...}", "the layout has no year")
		return nil
	}
	return regexp.MustCompile(`^` + pattern.String() + `$`)
}

// unmistakable are the layouts that are read without being named: each begins with a year and can mean one period only.
var unmistakable = []*regexp.Regexp{
	regexp.MustCompile(`^(?P<year>\d{4})(?:年度?|\.0)?$`),
	regexp.MustCompile(`^(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?$`),
	regexp.MustCompile(`^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})$`),
	regexp.MustCompile(`^(?P<year>\d{4})(?P<month>\d{2})$`),
	regexp.MustCompile(`^(?P<year>\d{4})[-/.](?P<month>\d{1,2})$`),
	regexp.MustCompile(`^(?P<year>\d{4})-?M(?P<month>\d{1,2})$`),
	regexp.MustCompile(`^(?P<year>\d{4}) ?年 ?(?P<month>\d{1,2}) ?月(?:份| ?(?P<day>\d{1,2}) ?[日号])?$`),
	regexp.MustCompile(`^(?P<year>\d{4})[- ]?[Qq](?P<quarter>[1-4])$`),
	regexp.MustCompile(`^(?P<year>\d{4}) ?年 ?第?(?P<quarter>[1-4一二三四])季度?$`),
	regexp.MustCompile(`^(?P<year>\d{4})-?W(?P<week>\d{1,2})$`),
	regexp.MustCompile(`^(?P<year>\d{4}) ?年 ?第(?P<week>\d{1,2})周$`),
}

// match reads a text by a layout.
func match(layout *regexp.Regexp, written string) (date, bool) {
	found := layout.FindStringSubmatch(written)
	if found == nil {
		return date{}, false
	}
	var d date
	for i, name := range layout.SubexpNames() {
		d.part(name, found[i])
	}
	return d, true
}

// readDate reads a period in a notation that cannot be mistaken.
func readDate(written string) (indicator.Period, bool) {
	if p, err := indicator.ParsePeriod(written); err == nil {
		return p, p.Start >= indicator.DayOf(1, time.January, 1)
	}
	for _, layout := range unmistakable {
		if d, ok := match(layout, written); ok {
			return d.period()
		}
	}
	return indicator.Period{}, false
}
