package export

import (
	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// The functions of this file are the columns that describe a region, an indicator, a period or a source. They are named alike
// in every table, and null where the item has none.

func regionColumns[T any](get func(T) *catalog.Region) []column[T] {
	of := func(name string, field func(*catalog.Region) string) column[T] {
		return text(name, func(item T) string {
			if r := get(item); r != nil {
				return field(r)
			}
			return ""
		})
	}
	return []column[T]{
		of("region_code", func(r *catalog.Region) string { return r.Code }),
		of("region_name", func(r *catalog.Region) string { return r.Name }),
		of("region_name_en", func(r *catalog.Region) string { return r.NameEn }),
		of("region_level", func(r *catalog.Region) string { return r.Level.String() }),
	}
}

func indicatorColumns[T any](get func(T) *catalog.Indicator) []column[T] {
	return []column[T]{
		text("indicator_code", func(item T) string { return get(item).Code }),
		text("indicator_name", func(item T) string { return get(item).NameZh }),
		text("indicator_name_en", func(item T) string { return get(item).NameEn }),
	}
}

// mostLabels is how many labels of periods are remembered.
const mostLabels = 1000

func periodColumns[T any](get func(T) *indicator.Period) []column[T] {
	bound := func(name string, field func(*indicator.Period) indicator.Day) column[T] {
		return date(name, func(item T) indicator.Day {
			if p := get(item); p != nil {
				return field(p)
			}
			return indicator.NoDay
		})
	}
	labels := make(map[indicator.Period]string) // many rows are about the same periods
	return []column[T]{
		text("period", func(item T) string {
			p := get(item)
			if p == nil {
				return ""
			}
			label, known := labels[*p]
			if !known {
				if len(labels) == mostLabels {
					clear(labels)
				}
				label = p.String()
				labels[*p] = label
			}
			return label
		}),
		bound("period_start", func(p *indicator.Period) indicator.Day { return p.Start }),
		bound("period_end", func(p *indicator.Period) indicator.Day { return p.End }),
	}
}

func sourceColumns[T any](get func(T) *catalog.Source) []column[T] {
	of := func(name string, field func(*catalog.Source) string) column[T] {
		return text(name, func(item T) string {
			if s := get(item); s != nil {
				return field(s)
			}
			return ""
		})
	}
	return []column[T]{
		of("source_code", func(s *catalog.Source) string { return s.Code }),
		of("source_title", func(s *catalog.Source) string { return s.Title }),
	}
}

// nameOf is the name of a precision or a status; empty for none.
func nameOf[E interface{ String() string }](value *E) string {
	if value == nil {
		return ""
	}
	return (*value).String()
}

// refusal is the code of the error for which a statistic has no value; empty if it has none.
func refusal(err error) string {
	if code, ok := indicator.CodeOf(err); ok {
		return string(code)
	}
	return ""
}
