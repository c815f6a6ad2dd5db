package loader

import (
	"strings"

	"github.com/countyql/countyql/indicator"
)

// maxTerms bounds the terms that a sum is written out with, and the figures named as its evidence.
const maxTerms = 40

// sum is what figures add up to.
type sum struct {
	value     float64
	precision indicator.Precision
	terms     []cited // the first of them
	more      int64   // that are not among the terms
	complete  bool    // no part is lacking
}

// plus adds a figure, without naming it.
func (s *sum) plus(value float64, precision indicator.Precision) {
	s.value += value
	s.precision = s.precision.Plus(precision)
}

// name names a figure that has been added, unless there are too many.
func (s *sum) name(term cited) {
	if len(s.terms) < maxTerms {
		s.terms = append(s.terms, term)
	} else {
		s.more++
	}
}

// addition writes 334 + 687 + 26 = 1,047.
func (s *sum) addition() string {
	terms := make([]string, 0, len(s.terms)+1)
	for i := range s.terms {
		terms = append(terms, s.terms[i].words())
	}
	if s.more > 0 {
		terms = append(terms, indicator.Counted(s.more, "more figure"))
	}
	return strings.Join(terms, " + ") + " = " + inWords(s.value, s.precision)
}

// named are a total and its parts.
func (s *sum) named(total *cited) []cited { return append([]cited{*total}, s.terms...) }
