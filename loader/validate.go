package loader

import (
	"errors"
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// maxExact is the largest magnitude of counts. The next whole number is also what a double makes of the one behind it.
const maxExact = 1<<53 - 1

// observations validates the rows of a package's figures and resolves them to reports.
type observations struct {
	table   *table
	catalog *catalog.Catalog // of the merged tables, before this package's slices and definitions are in
	tables  *catalogueTables // gains the slices and definitions met
	units   *converter

	regions     map[string]*catalog.Region // by code and scheme:code; nil where several schemes share a code
	indicators  map[string]*catalog.Indicator
	sources     map[string]*catalog.Source
	slices      map[string]slice // by the text of a cell
	sliceIDs    map[string]int32 // by the slice's canonical text
	used        map[[2]int32]bool
	definitions map[string]int32

	seen         map[store.ReportKey]firstReport
	seed         maphash.Seed
	duplicates   int64             // rows identical to an earlier one
	contradicted []store.ReportKey // the keys of rows that contradict each other
}

// slice is what a cell of the slice column was read as, or why it cannot be.
type slice struct {
	slice indicator.Slice
	err   error
}

// openObservations opens the table of figures; it returns nil if the package has none or its header is a problem.
func openObservations(d *descriptor, c *catalog.Catalog, tables *catalogueTables, problems *problems) (*observations, error) {
	res, ok := d.find(tableObservations)
	if !ok {
		return nil, errNoTable
	}
	if res.mapped() {
		if c == nil {
			return nil, errNoTable // there is nothing to look names up in
		}
		res.resolver = newGazetteer(c)
	}
	t, err := openTable(res, problems)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, errNoTable
	}
	o := &observations{
		table: t, catalog: c, tables: tables,
		slices:      make(map[string]slice),
		sliceIDs:    make(map[string]int32),
		used:        make(map[[2]int32]bool),
		definitions: make(map[string]int32),
		seen:        make(map[store.ReportKey]firstReport),
		seed:        maphash.MakeSeed(),
	}
	if c == nil {
		return o, nil // nothing to resolve against: the rows are checked for their form only
	}
	o.index()
	tables.Slices = append([]indicator.Slice{}, c.Slices()...)
	for id, s := range tables.Slices {
		o.sliceIDs[s.String()] = int32(id)
	}
	tables.Definitions = append([]string{}, c.Tables().Definitions...)
	for id, text := range tables.Definitions {
		o.definitions[text] = int32(id)
	}
	return o, nil
}

// index makes the lookups that every row needs. The catalogue's own look for suggestions where a code is unknown, which
// must not be done for every row of a file that is wrong throughout.
func (o *observations) index() {
	o.units = newConverter(o.catalog)
	o.regions = make(map[string]*catalog.Region, 2*len(o.catalog.Regions()))
	for i := range o.catalog.Regions() {
		r := &o.catalog.Regions()[i]
		for _, code := range []string{r.Code, r.Scheme + ":" + r.Code} {
			if _, shared := o.regions[code]; shared {
				o.regions[code] = nil
			} else {
				o.regions[code] = r
			}
		}
	}
	o.indicators = make(map[string]*catalog.Indicator)
	for i := range o.catalog.Indicators() {
		o.indicators[o.catalog.Indicators()[i].Code] = &o.catalog.Indicators()[i]
	}
	o.sources = make(map[string]*catalog.Source)
	for i := range o.catalog.Sources() {
		o.sources[o.catalog.Sources()[i].Code] = &o.catalog.Sources()[i]
	}
}

// lookup resolves the code in a cell; what find says of an unknown one is reported.
func lookup[V any](r row, name string, known map[string]*V, find func(code string) (*V, error)) *V {
	code := r.cell(name)
	if v := known[code]; v != nil {
		return v
	}
	if r.table.problems.listed() {
		// Nobody looks for what was meant in every row of a file that is wrong throughout.
		r.reject(name, "UNKNOWN_"+strings.ToUpper(name), "there is no "+name+" "+quote(code), "add it to the package, or correct the code")
		return nil
	}
	_, err := find(code)
	r.rejectError(name, err)
	return nil
}

// errNoTable says that there is no table to read; what is wrong with it, if anything, is among the problems.
var errNoTable = errors.New("no table")

// next returns the next report, and false at the end. Rows that cannot be one are reported and skipped, and so are rows
// identical to an earlier one.
func (o *observations) next() (store.Report, bool, error) {
	for {
		r, ok, err := o.table.next()
		if err != nil || !ok {
			return store.Report{}, false, err
		}
		report := o.resolve(r)
		if o.table.rejected || o.repeats(r, &report) {
			continue
		}
		return report, true, nil
	}
}

// resolve reads a row. It is of use only if the row was not rejected.
func (o *observations) resolve(r row) store.Report {
	report := store.Report{
		Status:         cellValue(r, "status", indicator.ParseStatus),
		Period:         cellValue(r, "period", indicator.ParsePeriod),
		Offset:         -1,
		PeriodInferred: cellValue(r, "period_inferred", parseBoolean),
		Printed:        r.cell("printed"),
		Note:           r.cell("note"),
	}
	if region := lookup(r, "region", o.regions, o.catalog.Region); region != nil {
		report.Region = region.ID
	}
	if text := r.cell("offset"); text != "" {
		offset, err := strconv.ParseInt(text, 10, 32)
		if err != nil || offset < 0 {
			r.reject("offset", CodeValue, quote(text)+" is not an offset", "count characters from 0")
		}
		report.Offset = int32(offset)
	}
	o.source(r, &report)
	ind := lookup(r, "indicator", o.indicators, o.catalog.Indicator)
	if ind == nil {
		return report
	}
	report.Indicator = ind.ID
	if ind.Derived() {
		r.reject("indicator", CodeDerived, quote(ind.Code)+" is derived by the formula "+ind.Formula+" and has no figures of its own",
			"report its parts")
		return report
	}
	slice := o.slice(r, ind)
	o.value(r, ind, &report)
	o.counts(r, ind, &report)
	if !r.table.rejected {
		// What a rejected row alone mentions must not reach the catalogue.
		report.Slice, report.Definition = o.use(ind, slice), o.definition(r.cell("definition"))
	}
	return report
}

func (o *observations) source(r row, report *store.Report) {
	source := lookup(r, "source", o.sources, o.catalog.Source)
	if source == nil {
		return
	}
	report.Source = source.ID
	report.PublishedOn = r.day("published_on")
	if report.PublishedOn == indicator.NoDay {
		report.PublishedOn = source.PublishedOn
	}
	if report.PublishedOn == indicator.NoDay {
		r.reject("published_on", CodeRequired, "neither the row nor its source has a day of publication",
			"give one, or the earliest day by which the figure can be true and published_inferred in sources")
	}
}

func (o *observations) definition(text string) int32 {
	id, ok := o.definitions[text]
	if !ok {
		id = int32(len(o.tables.Definitions))
		text = strings.Clone(text)
		o.definitions[text] = id
		o.tables.Definitions = append(o.tables.Definitions, text)
	}
	return id
}

// slice resolves the slice cell and checks that the indicator may be sliced so.
func (o *observations) slice(r row, ind *catalog.Indicator) indicator.Slice {
	text := r.cell("slice")
	s, ok := o.slices[text]
	if !ok {
		s.slice, s.err = indicator.ParseSlice(text)
		for _, coordinate := range s.slice {
			if _, known := o.tables.index[tableDimensionValues][coordinate.Dimension+"="+coordinate.Value]; known {
				continue
			}
			if o.table.problems.full() {
				r.reject("slice", "", "", "") // only counted
				return nil
			}
			s.err = o.catalog.CheckSlice(s.slice)
		}
		text = strings.Clone(text)
		for i := range s.slice {
			// The catalogue keeps the slice; it must not keep the row's text.
			s.slice[i].Dimension, s.slice[i].Value = strings.Clone(s.slice[i].Dimension), strings.Clone(s.slice[i].Value)
		}
		o.slices[text] = s
	}
	if s.err != nil {
		r.rejectError("slice", s.err)
		return nil
	}
	for _, coordinate := range s.slice {
		if _, ok := ind.Breakdown(coordinate.Dimension); !ok {
			allowed := make([]string, len(ind.Breakdowns))
			for i, b := range ind.Breakdowns {
				allowed[i] = b.Dimension
			}
			hint := "the indicator has no breakdowns: add one to " + tableBreakdowns
			if len(allowed) > 0 {
				hint = "it is broken down by " + strings.Join(allowed, ", ")
			}
			r.reject("slice", CodeSlice, fmt.Sprintf("%s is not broken down by %s", quote(ind.Code), quote(coordinate.Dimension)), hint)
			return nil
		}
	}
	return s.slice
}

// use gives a slice its ordinal, and every slice whose total can be derived from it too.
func (o *observations) use(ind *catalog.Indicator, s indicator.Slice) int32 {
	text := s.String()
	id, ok := o.sliceIDs[text]
	if !ok {
		id = int32(len(o.tables.Slices))
		o.sliceIDs[text] = id
		o.tables.Slices = append(o.tables.Slices, s)
	}
	if o.used[[2]int32{ind.ID, id}] {
		return id
	}
	o.used[[2]int32{ind.ID, id}] = true
	if rule := ind.Rollup.Dimensions; rule == indicator.RuleSum || rule == indicator.RuleRatio {
		for _, b := range ind.Breakdowns {
			if _, fixed := s.Value(b.Dimension); fixed && b.Complete {
				o.use(ind, s.Without(b.Dimension))
			}
		}
	}
	return id
}

// firstReport is the first row of a key.
type firstReport struct {
	hash        uint64 // of everything else it reports
	spot        spot
	contradicts bool // another row says something else
}

// repeats reports whether the row's figure has been read already. Rows that say different things are all rejected, the
// first one too: none of them is better than the others.
func (o *observations) repeats(r row, report *store.Report) bool {
	key := store.ReportKey{
		Region: report.Region, Indicator: report.Indicator, Slice: report.Slice, Status: report.Status, Period: report.Period,
		PublishedOn: report.PublishedOn,
	}
	hash := o.hash(report)
	first, repeated := o.seen[key]
	if !repeated {
		o.seen[key] = firstReport{hash: hash, spot: r.table.spot()}
		return false
	}
	if first.hash == hash && !first.contradicts {
		o.duplicates++
		return true
	}
	message := r.table.nameBoth(first.spot) + " report the same figure differently"
	const hint = "same region, indicator, slice, period, status and day of publication: keep one of them, or tell them apart by a slice"
	if !first.contradicts {
		first.contradicts = true
		o.seen[key] = first
		o.contradicted = append(o.contradicted, key)
		o.table.problems.rows++
		o.table.problems.addRow(Problem{
			File: o.table.resource.files[first.spot.file].name, Line: int(first.spot.line), Field: "value", Code: CodeDuplicate, Message: message, Hint: hint,
		})
	}
	r.reject("value", CodeDuplicate, message, hint)
	return true
}
