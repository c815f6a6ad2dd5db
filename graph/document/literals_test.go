package document

import (
	"errors"
	"testing"

	"github.com/countyql/countyql/indicator"
)

// What a document gives for a scalar is read before anything is asked, with its place in the document.
func TestCheck_Literals(t *testing.T) {
	t.Parallel()
	c := newTestChecker(t, Options{})
	const within = `{ aggregate(input: {indicators: ["a"], `
	for document, column := range map[string]int{
		within + `when: {period: "2020-02"}, asOf: "2020-02-29", first: 2147483647}) { totalCount } }`: 0,
		within + `when: {latest: {maxAge: "P1Y"}}, asOf: null}) { totalCount } }`:                      0,
		`query($d: Date = "2020-02-29") { observations(where: {}, asOf: $d) { totalCount } }`:          0,
		`{ forecasts(input: {indicators: ["a"], periods: ["2020", "2021"]}) { snapshot { id } } }`:     0,
		`{ forecasts(input: {indicators: ["a"], periods: "2020"}) { snapshot { id } } }`:               0,
		within + `when: {period: "2020-13"}}) { totalCount } }`:                                        56,
		within + `asOf: 20200229}) { totalCount } }`:                                                   46,
		within + `asOf: {year: 2020}}) { totalCount } }`:                                               46,
		within + `asOf: ["2020-02-29"]}) { totalCount } }`:                                             46,
		within + `asOf: soon}) { totalCount } }`:                                                       46,
		within + `first: 2147483648}) { totalCount } }`:                                                47,
		within + `when: {latest: {maxAge: "30"}}}) { totalCount } }`:                                   65,
		`query($d: Date = "2020-02-30") { observations(where: {}, asOf: $d) { totalCount } }`:          19,
		`{ forecasts(input: {indicators: ["a"], periods: ["2020", "soon"]}) { snapshot { id } } }`:     59,
	} {
		parsed, errs := c.Check(document)
		if column == 0 {
			if len(errs) > 0 && errs[0].Rule == literals.Name {
				t.Errorf("%s: %v", document, errs)
			}
			continue
		}
		var typed *indicator.Error
		if parsed != nil || len(errs) != 1 || !errors.As(errs[0], &typed) || typed.Code != indicator.InvalidInput || errs[0].Locations[0].Column != column {
			t.Errorf("%s: %v", document, errs)
		}
	}
}
