package question

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// Term is a region or an indicator of the snapshot: its code, and the number that stands for it in the tables.
type Term struct {
	Code    string
	Ordinal int
}

// Period is a month: its label, and its first and last day counted from 1970-01-01.
type Period struct {
	Label      string
	Start, End int
}

// Domain is what the questions can be about. Each list is in the order of its ordinals or days.
type Domain struct {
	Indicators []Term
	Regions    []Term
	Precisions []Term
	Periods    []Period

	byPrefix map[string][]Term // indicators by the word before their number
	counties []Term
	places   []Term // provinces
}

// Counties have codes of six digits, provinces of two.
const countyDigits, provinceDigits = 6, 2

// Index sorts the terms into what is drawn from.
func (d *Domain) Index() {
	d.byPrefix = map[string][]Term{}
	for _, i := range d.Indicators {
		prefix, _, _ := strings.Cut(i.Code, "_")
		d.byPrefix[prefix] = append(d.byPrefix[prefix], i)
	}
	for _, r := range d.Regions {
		switch len(r.Code) {
		case countyDigits:
			d.counties = append(d.counties, r)
		case provinceDigits:
			d.places = append(d.places, r)
		}
	}
}

// Counties are all counties.
func (d *Domain) Counties() []Term { return d.counties }

// inside is the half-open range of the ordinals of the regions inside a province, itself included: regions are numbered so that
// every subtree is a range.
func (d *Domain) inside(province Term) (from, to int) {
	from, to = province.Ordinal, province.Ordinal+1
	for _, r := range d.Regions {
		if strings.HasPrefix(r.Code, province.Code) {
			to = max(to, r.Ordinal+1)
		}
	}
	return from, to
}

// additive are the indicators whose figures are taken as they are reported: counts and amounts.
func (d *Domain) additive() []Term { return slices.Concat(d.byPrefix["count"], d.byPrefix["amount"]) }

// rollable are the indicators that roll up over regions and time.
func (d *Domain) rollable() []Term {
	return slices.Concat(d.byPrefix["count"], d.byPrefix["workers"], d.byPrefix["amount"], d.byPrefix["rate"])
}

// code finds the code of an ordinal; empty where there is none.
func code(terms []Term, ordinal int) string {
	i, ok := slices.BinarySearchFunc(terms, ordinal, func(t Term, o int) int { return t.Ordinal - o })
	if !ok {
		return ""
	}
	return terms[i].Code
}

func (d *Domain) label(end int) string {
	i, ok := slices.BinarySearchFunc(d.Periods, end, func(p Period, e int) int { return p.End - e })
	if !ok {
		return ""
	}
	return d.Periods[i].Label
}

// Params are what one request asks about; a question uses some of them.
type Params struct {
	// Number is unlike that of any other request. It is asked for as a page size above every answer's, so that answers which
	// are kept never fit.
	Number     int
	Indicators []Term
	Counties   []Term
	Province   Term
	Period     Period
	AsOf       int // a day counted from 1970-01-01
}

// Argument is a parameter as a server that knows ordinals and days takes it: indicator, indicators, county, counties, province,
// period (its last day), or x and y, the first and the second indicator. It is nil for any other name.
func (p Params) Argument(name string) any {
	switch {
	case name == "indicators":
		return ordinals(p.Indicators)
	case name == "counties":
		return ordinals(p.Counties)
	case name == "province":
		return p.Province.Ordinal
	case name == "period":
		return p.Period.End
	case name == "county" && len(p.Counties) > 0:
		return p.Counties[0].Ordinal
	case (name == "indicator" || name == "x") && len(p.Indicators) > 0:
		return p.Indicators[0].Ordinal
	case name == "y" && len(p.Indicators) > 1:
		return p.Indicators[1].Ordinal
	}
	return nil
}

func ordinals(terms []Term) []int {
	list := make([]int, len(terms))
	for i, t := range terms {
		list[i] = t.Ordinal
	}
	return list
}

// Drawer draws parameters. The same seed draws the same ones.
type Drawer struct {
	domain *Domain
	random *rand.Rand
	number int
}

// NewDrawer returns a drawer.
func NewDrawer(d *Domain, seed uint64) *Drawer {
	return &Drawer{domain: d, random: rand.New(rand.NewPCG(seed, 12))}
}

func one[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// some draws n different ones, in the order of their ordinals.
func some(r *rand.Rand, from []Term, n int) []Term {
	drawn := make([]Term, 0, n)
	for len(drawn) < min(n, len(from)) {
		t := one(r, from)
		if at, found := slices.BinarySearchFunc(drawn, t, func(a, b Term) int { return a.Ordinal - b.Ordinal }); !found {
			drawn = slices.Insert(drawn, at, t)
		}
	}
	return drawn
}

// Draw draws the parameters of one request.
func (w *Drawer) Draw(q *Question) Params {
	w.number++
	d, r := w.domain, w.random
	period := one(r, d.Periods)
	last := d.Periods[len(d.Periods)-1]
	return Params{
		Number:     w.number,
		Indicators: some(r, q.about(d), q.indicators),
		Counties:   some(r, d.counties, q.counties),
		Province:   one(r, d.places),
		Period:     period,
		// Figures appear some weeks after their period; the earliest day has those of the first period.
		AsOf: d.Periods[0].End + published + r.IntN(max(1, last.End-d.Periods[0].End)),
	}
}

// published is a number of days after which a period's figures are out.
const published = 30
