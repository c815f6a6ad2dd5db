package query

import (
	"testing"

	"github.com/countyql/countyql/indicator"
)

func (r CompareRequest) ask(t testing.TB, s *Session) (*Comparison, error) {
	t.Helper()
	if r.AsOf == 0 {
		r.AsOf = indicator.NoDay
	}
	if r.Page.First == 0 {
		r.Page.First = 3000
	}
	return s.Compare(t.Context(), &r)
}

func (r CompareRequest) mustAsk(t testing.TB, s *Session) *Comparison {
	t.Helper()
	c, err := r.ask(t, s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
