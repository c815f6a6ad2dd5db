package indicator

import "time"

// Count is the number of periods of the grain from the one that p begins in to the one that it ends in.
func (g Grain) Count(p Period) int {
	first, last := p.Start.Time(), p.End.Time()
	switch g {
	case Weekly:
		return int(g.Containing(p.End).Start-g.Containing(p.Start).Start)/7 + 1
	case Monthly, Quarterly:
		months := 12*(last.Year()-first.Year()) + int(last.Month()) - int(first.Month())
		if g == Quarterly {
			months += (int(first.Month())-1)%3 - (int(last.Month())-1)%3 // from the first month of either quarter
			return months/3 + 1
		}
		return months + 1
	case Yearly:
		return last.Year() - first.Year() + 1
	default:
		return p.Days()
	}
}

// YearBefore returns the same period one year earlier: the year, quarter, month or ISO week of the same number, and of any
// other span the same dates. There is none of 29 February, and of week 53 mostly none either.
func (p Period) YearBefore() (Period, bool) {
	t := p.Start.Time()
	switch g := p.Grain(); g {
	case Yearly, Quarterly, Monthly:
		return g.Containing(DayOf(t.Year()-1, t.Month(), 1)), true
	case Weekly:
		year, week := t.ISOWeek()
		// 4 January is always in the first ISO week.
		before := g.Containing(DayOf(year-1, time.January, 4) + Day(7*(week-1)))
		y, w := before.Start.Time().ISOWeek()
		return before, y == year-1 && w == week
	default:
		start, ok := p.Start.yearBefore()
		end, alsoOK := p.End.yearBefore()
		return Period{start, end}, ok && alsoOK
	}
}

func (d Day) yearBefore() (Day, bool) {
	year, month, day := d.Time().Date()
	before := DayOf(year-1, month, day)
	return before, before.Time().Month() == month
}

// Shifted returns the period so many days later.
func (p Period) Shifted(days int) Period {
	return Period{p.Start + Day(days), p.End + Day(days)}
}
