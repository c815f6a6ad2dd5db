package query

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Observation is one figure with its evidence, resolved against the catalogue. Source and Load are nil where they were not asked for.
type Observation struct {
	Region    *catalog.Region
	Indicator *catalog.Indicator
	Slice     indicator.Slice
	Period    indicator.Period
	Inferred  bool // the source does not date the figure
	Status    indicator.Status

	Value                  *float64 // nil where Missing says why
	Missing                indicator.Missing
	Precision              indicator.Precision
	Numerator, Denominator *float64 // nil where unknown
	Derived                bool

	Printed     string // empty where unknown, like the other texts
	Offset      int32  // -1 where unknown
	Definition  string
	Note        string
	Source      *catalog.Source
	PublishedOn indicator.Day
	// KnownFrom and KnownTo bound the days, KnownTo excluded, on which this report was the newest of its key.
	KnownFrom, KnownTo indicator.Day
	Load               *indicator.Load

	slice int32
	tie   int32 // among the reports of one figure on one day
	load  int32 // position among the snapshot's loads
}

// observation resolves a row. Details that were not read are left empty; the row is taken for a current one if nothing says when it
// was known.
func (s *Session) observation(rows *store.Rows, i int) *Observation {
	o := &Observation{
		Region:      &s.catalog.Regions()[rows.Region[i]],
		Indicator:   &s.catalog.Indicators()[rows.Indicator[i]],
		Slice:       s.catalog.Slices()[rows.Slice[i]],
		Period:      indicator.Period{Start: rows.Start[i], End: rows.End[i]},
		Inferred:    cellOf(rows.Inferred, i, false),
		Status:      rows.Status[i],
		Value:       number(rows.Value[i]),
		Missing:     rows.Missing[i],
		Precision:   cellOf(rows.Precision, i, indicator.Exact),
		Numerator:   number(cellOf(rows.Numerator, i, math.NaN())),
		Denominator: number(cellOf(rows.Denominator, i, math.NaN())),
		Derived:     cellOf(rows.Derived, i, false),
		Printed:     cellOf(rows.Printed, i, ""),
		Offset:      cellOf(rows.Offset, i, -1),
		Definition:  s.catalog.Definition(cellOf(rows.Definition, i, 0)),
		Note:        cellOf(rows.Note, i, ""),
		PublishedOn: cellOf(rows.Published, i, indicator.NoDay),
		KnownFrom:   cellOf(rows.KnownFrom, i, indicator.NoDay),
		KnownTo:     cellOf(rows.KnownTo, i, indicator.Forever),
		slice:       rows.Slice[i],
		tie:         cellOf(rows.Tie, i, 0),
		load:        cellOf(rows.Load, i, -1),
	}
	if rows.Source != nil {
		o.Source = &s.catalog.Sources()[rows.Source[i]]
	}
	if rows.Load != nil {
		o.Load = &s.contents.Loads[rows.Load[i]]
	}
	return o
}

// Key identifies the figure across snapshots; its reports share it.
func (o *Observation) Key() indicator.ObservationKey {
	return indicator.ObservationKey{
		Region: o.Region.QualifiedCode(), Indicator: o.Indicator.Code, Slice: o.Slice.String(),
		Period: o.Period.String(), Status: o.Status,
	}
}

// Current reports whether this is the newest report of its figure.
func (o *Observation) Current() bool { return o.KnownTo == indicator.Forever }

// Identity names the report by codes: those of its key and, for a report that is no longer the newest, the day it became known,
// its load, and its place among the reports of that day.
func (o *Observation) Identity() []string {
	key := o.Key()
	fields := []string{key.Region, key.Indicator, key.Slice, key.Period, key.Status.String()}
	if !o.Current() {
		fields = append(fields, o.KnownFrom.String(), o.Load.ID)
		if o.tie > 0 {
			fields = append(fields, strconv.Itoa(int(o.tie)))
		}
	}
	return fields
}

func (o *Observation) identity() string { return strings.Join(o.Identity(), "\x1f") }

// position is the observation's place in an order.
func (o *Observation) position() store.Position {
	p := store.Position{
		Indicator: o.Indicator.ID, Slice: o.slice, Status: o.Status, Period: o.Period, Region: o.Region.ID,
		KnownFrom: o.KnownFrom, Tie: o.tie, Published: o.PublishedOn, Value: math.NaN(),
	}
	if o.Value != nil {
		p.Value = *o.Value
	}
	return p
}

// ObservationWhere narrows figures; the zero value with AnySlice selects every current figure.
type ObservationWhere struct {
	Regions    *RegionSelector // nil: regions of every level
	Indicators []string
	Slice      []indicator.Coordinate
	AnySlice   bool // the slice may have further dimensions
	From, To   indicator.Day
	Statuses   []indicator.Status
	Precisions []indicator.Precision
	Sources    []string
}

// Everything is the ObservationWhere that selects every current figure.
func Everything() *ObservationWhere {
	return &ObservationWhere{AnySlice: true, From: indicator.NoDay, To: indicator.NoDay}
}

// observationSelect resolves a where-condition.
func (s *Session) observationSelect(ctx context.Context, where *ObservationWhere, asOf indicator.Day) (store.Select, error) {
	selection := store.NewSelect()
	selection.AsOf, selection.Evidence = asOf, true
	selection.Statuses, selection.Precisions = where.Statuses, where.Precisions
	if where.Regions != nil {
		regions, err := s.selectRegions(ctx, where.Regions, asOf, "regions")
		if err != nil {
			return selection, err
		}
		regions.narrow(&selection, s.catalog.Regions())
	}
	for i, code := range where.Indicators {
		ind, err := s.catalog.Indicator(code)
		if err != nil {
			return selection, at(err, "indicators", strconv.Itoa(i))
		}
		selection.Indicators = append(selection.Indicators, ind.ID)
	}
	for i, code := range where.Sources {
		source, err := s.catalog.Source(code)
		if err != nil {
			return selection, at(err, "sources", strconv.Itoa(i))
		}
		selection.Sources = append(selection.Sources, source.ID)
	}
	if where.From != indicator.NoDay || where.To != indicator.NoDay {
		within := indicator.Period{Start: where.From, End: where.To}
		if within.End == indicator.NoDay {
			within.End = indicator.Forever
		}
		selection.Within = &within
	}
	if empty(where.Indicators) || empty(where.Sources) || empty(where.Statuses) || empty(where.Precisions) {
		selection.Regions = []store.Span{{From: 0, To: 0}} // a list that names nothing selects nothing
	}
	if len(where.Slice) == 0 && where.AnySlice {
		return selection, nil
	}
	var err error
	selection.Slices, err = s.matchingSlices(where.Slice, where.AnySlice)
	return selection, at(err, "slice")
}

// empty tells a list that names nothing from no list.
func empty[T any](list []T) bool { return list != nil && len(list) == 0 }

// matchingSlices are the ordinals of the slices that equal the coordinates or, with any, contain them; -1 stands for
// none.
func (s *Session) matchingSlices(coordinates []indicator.Coordinate, extra bool) ([]int32, error) {
	slice, err := indicator.NewSlice(coordinates...)
	if err != nil {
		return nil, err
	}
	if err := s.catalog.CheckSlice(slice); err != nil {
		return nil, err
	}
	var ids []int32
	for id, candidate := range s.catalog.Slices() {
		contains := !slices.ContainsFunc(slice, func(c indicator.Coordinate) bool { return !slices.Contains(candidate, c) })
		if contains && (extra || len(candidate) == len(slice)) {
			ids = append(ids, int32(id))
		}
	}
	if len(ids) == 0 {
		ids = []int32{-1} // no figure has the slice; no filter would mean every slice
	}
	return ids, nil
}

// Observations pages through figures with some of their details. Cursors name figures by their codes and survive a refresh.
func (s *Session) Observations(
	ctx context.Context, where *ObservationWhere, asOf indicator.Day, order ObservationOrder, request PageRequest, details Details,
) (*ObservationPage, error) {
	selection, err := s.observationSelect(ctx, where, asOf)
	if err != nil {
		return nil, at(err, "where")
	}
	selection.Order = store.Order{By: orderKeys[order.By], Descending: order.Descending}
	return s.readPage(ctx, selection, request, details)
}

// ask has a selection with evidence read a page of it, and details.
func (s *Session) ask(selection *store.Select, request PageRequest, details Details) (err error) {
	if err := checkFirst(request.First, s.limits.Page); err != nil {
		return err
	}
	details.ask(selection)
	if request.After != "" {
		selection.After, err = s.decodePosition(request.After, selection)
	}
	return err
}

// readPage reads one page of a selection with evidence, and details of it.
func (s *Session) readPage(ctx context.Context, selection store.Select, request PageRequest, details Details) (*ObservationPage, error) {
	page := &ObservationPage{session: s, selection: selection}
	if err := s.ask(&selection, request, details); err != nil {
		return nil, err
	}
	selection.Limit = request.First + 1 // one more tells whether a page follows
	rows, err := s.rows(ctx, selection)
	if err != nil {
		return nil, err
	}
	n := min(rows.Len(), request.First)
	nodes := make([]*Observation, n)
	for i := range n {
		nodes[i] = s.observation(rows, i)
	}
	page.Page = *s.pageOf(nodes, &selection, 0, rows.Len() > n)
	return page, nil
}

// pageOf is the page of a selection that observations are.
func (*Session) pageOf(nodes []*Observation, selection *store.Select, total int, more bool) *Page[*Observation] {
	return newPage(nodes, func(o *Observation) string { return encodePosition(o, selection) }, total, selection.After != nil, more)
}

// orderKeys are the store's names of the sort keys.
var orderKeys = map[ObservationKey]store.OrderKey{
	ObservationNatural:     store.Natural,
	ObservationByRegion:    store.ByRegion,
	ObservationByPeriod:    store.ByPeriod,
	ObservationByValue:     store.ByValue,
	ObservationByPublished: store.ByPublished,
}

// ObservationPage is a page of observations whose total count is asked for only when needed.
type ObservationPage struct {
	Page[*Observation]
	session   *Session
	selection store.Select
}

// Count is the number of observations on all pages.
func (p *ObservationPage) Count(ctx context.Context) (int, error) {
	if p.session == nil {
		return p.TotalCount, nil
	}
	tallies, err := p.session.count(ctx, p.selection)
	if err != nil {
		return 0, err
	}
	return int(tallies[0].Rows), nil
}

// CompletePage is an ObservationPage whose total count is known.
func CompletePage(page *Page[*Observation]) *ObservationPage { return &ObservationPage{Page: *page} }

// uncompared stands in a cursor for what its order does not compare.
const uncompared = "-"

// encodePosition names an observation's place in the order of a selection.
func encodePosition(o *Observation, selection *store.Select) string {
	p := o.position()
	knownFrom, tie, published := uncompared, uncompared, uncompared
	if selection.Vintages {
		knownFrom, tie = p.KnownFrom.String(), strconv.Itoa(int(p.Tie))
	}
	if selection.Order.By == store.ByPublished {
		published = p.Published.String()
	}
	return encodeCursor(
		o.Indicator.Code, o.Slice.String(), o.Status.String(), p.Period.String(), o.Region.QualifiedCode(),
		knownFrom, tie, published, strconv.FormatFloat(p.Value, 'g', -1, 64),
	)
}

// decodePosition finds a place in the order of a selection. A cursor of another order may lack what this one compares.
func (s *Session) decodePosition(cursor string, selection *store.Select) (*store.Position, error) {
	fields, err := decodeCursorFields(cursor, 9)
	if err != nil {
		return nil, err
	}
	ind, err := s.catalog.Indicator(fields[0])
	if err != nil {
		return nil, goneCursor()
	}
	slice, err := indicator.ParseSlice(fields[1])
	if err != nil {
		return nil, invalidCursor()
	}
	sliceID, ok := s.catalog.SliceID(slice)
	if !ok {
		return nil, goneCursor()
	}
	region, err := s.catalog.Region(fields[4])
	if err != nil {
		return nil, goneCursor()
	}
	p := &store.Position{Indicator: ind.ID, Slice: sliceID, Region: region.ID, KnownFrom: indicator.NoDay, Published: indicator.NoDay}
	var errs [6]error
	p.Status, errs[0] = indicator.ParseStatus(fields[2])
	p.Period, errs[1] = indicator.ParsePeriod(fields[3])
	if selection.Vintages {
		var tie int64
		p.KnownFrom, errs[2] = indicator.ParseDay(fields[5])
		tie, errs[5] = strconv.ParseInt(fields[6], 10, 32)
		p.Tie = int32(tie)
	}
	if selection.Order.By == store.ByPublished {
		p.Published, errs[3] = indicator.ParseDay(fields[7])
	}
	p.Value, errs[4] = strconv.ParseFloat(fields[8], 64)
	for _, err := range errs {
		if err != nil {
			return nil, invalidCursor()
		}
	}
	return p, nil
}

// ObservationKey is what observations are sorted by.
type ObservationKey int8

// The keys. The natural order is indicator, slice, status, period and region.
const (
	ObservationNatural ObservationKey = iota
	ObservationByRegion
	ObservationByPeriod
	ObservationByValue
	ObservationByPublished
)

// ObservationOrder sorts observations by a key and then in the natural order.
type ObservationOrder struct {
	By         ObservationKey
	Descending bool
}
