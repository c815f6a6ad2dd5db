package mapping

import (
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/countyql/countyql/indicator"
)

// figure says what is known of a value beside the value. What a value does not say holds as said for all values.
type figure struct {
	region  *region
	period  *period
	texts   map[string]*text // by the column of observations
	day     *period          // of publication
	slice   []coordinate     // sorted by dimension
	factor  *big.Rat         // nil is 1
	missing map[string]string
	numbers *numbers
	flags   *flags
}

// coordinate is one dimension of the slice; the empty text leaves it out.
type coordinate struct {
	dimension string
	text      *text
}

// region says which region a figure is of: by its code, or by its name.
type region struct {
	code   *text // nil if it is found by name
	scheme string
	name   *text
	within *text // name or code of a region around it; nil if names are unique
	levels []indicator.Level
}

// value is one column of values, or several that are alike.
type value struct {
	figure
	at       node
	columns  []columnName
	matching *regexp.Regexp // nil if the columns are listed
	except   []columnName
}

// columnName is a column of values, by its name.
type columnName struct {
	at        node
	name      string
	indicator *text // nil if the value says it for all
}

// textColumns are the columns of observations that are filled by one text each.
var textColumns = []string{
	"indicator", "unit", "status", "precision", "numerator", "denominator", "printed", "offset", "source",
	"period_inferred", "definition", "note",
}

// skipMissing leaves a figure out whose value is the marker.
const skipMissing = "skip"

// fields are the keys of a figure.
func (f *figure) fields() []field {
	f.texts = make(map[string]*text)
	fields := []field{
		{"region", func(n node) { f.region = readRegion(n) }},
		{"period", func(n node) { f.period = readPeriod(n) }},
		{"slice", f.readSlice},
		{"factor", f.readFactor},
		{"missing", f.readMissing},
		{"numbers", func(n node) { f.numbers = readNumbers(n) }},
		{"flags", func(n node) { f.flags = readFlags(n) }},
		{"published_on", func(n node) { f.day = readPeriod(n) }},
	}
	for _, name := range textColumns {
		fields = append(fields, field{name, func(n node) { f.texts[name] = readText(n) }})
	}
	return fields
}

func (f *figure) readSlice(n node) {
	for _, m := range n.members() {
		f.slice = append(f.slice, coordinate{m.name, readText(m.value)})
	}
	slices.SortFunc(f.slice, func(a, b coordinate) int { return strings.Compare(a.dimension, b.dimension) })
}

func (f *figure) readFactor(n node) {
	written, ok := n.required()
	if !ok {
		return
	}
	factor, ok := decimal(written)
	if !ok || factor.Sign() == 0 {
		n.fail("write a number such as 10000 or 0.001", "%q is no factor", shorten(written))
		return
	}
	f.factor = factor
}

func (f *figure) readMissing(n node) {
	f.missing = make(map[string]string)
	for _, m := range n.members() {
		reason, _ := m.value.text()
		if reason != skipMissing {
			checkReason(m.value, reason)
		}
		f.missing[tidy(m.name)] = reason
	}
}

// checkReason reports what is no reason that data may give for a missing value.
func checkReason(n node, reason string) {
	if parsed, err := indicator.ParseMissing(reason); err != nil || !parsed.Loadable() || parsed == indicator.NotMissing {
		n.fail("use one of NOT_APPLICABLE, NOT_COLLECTED, NOT_PUBLISHED, SUPPRESSED, UNKNOWN", "%q is no reason for a missing value", shorten(reason))
	}
}

// over returns the figure with what it does not say taken from another.
func (f figure) over(all *figure) figure {
	if f.region == nil {
		f.region = all.region
	}
	if f.period == nil {
		f.period = all.period
	}
	if f.day == nil {
		f.day = all.day
	}
	if f.factor == nil {
		f.factor = all.factor
	}
	if f.missing == nil {
		f.missing = all.missing
	}
	if f.numbers == nil {
		f.numbers = all.numbers
	}
	if f.flags == nil {
		f.flags = all.flags
	}
	texts := make(map[string]*text, len(f.texts)+len(all.texts))
	for name, t := range all.texts {
		texts[name] = t
	}
	for name, t := range f.texts {
		texts[name] = t
	}
	f.texts = texts
	for _, c := range all.slice {
		if !slices.ContainsFunc(f.slice, func(own coordinate) bool { return own.dimension == c.dimension }) {
			f.slice = append(slices.Clone(f.slice), c)
		}
	}
	slices.SortFunc(f.slice, func(a, b coordinate) int { return strings.Compare(a.dimension, b.dimension) })
	return f
}

func readRegion(n node) *region {
	r := &region{}
	if !n.isMapping() {
		r.code = readText(n)
		return r
	}
	whole := &text{place: n.place()}
	n.fields(append(whole.fields(), []field{
		{"code", func(n node) { r.code = readText(n) }},
		{"scheme", func(n node) { r.scheme, _ = n.required() }},
		{"name", func(n node) { r.name = readText(n) }},
		{"within", func(n node) { r.within = readText(n) }},
		{"level", func(n node) {
			for _, item := range n.items() {
				written, _ := item.required()
				level, err := indicator.ParseLevel(written)
				if err != nil {
					item.fail("use one of COUNTRY, PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, COMMUNITY", "%q is no level", shorten(written))
				}
				r.levels = append(r.levels, level)
			}
		}},
	}...))
	if whole.named() {
		if r.code != nil {
			n.fail("", "the code is said twice")
		}
		whole.check(n)
		r.code = whole
	}
	switch {
	case r.code == nil && r.name == nil:
		n.fail("write code: {column: NAME} or name: {column: NAME}", "the region has neither code nor name")
	case r.code != nil && (r.name != nil || r.within != nil || r.levels != nil):
		n.fail("leave out name, within and level, or the code", "a region is found by its code or by its name")
	}
	return r
}
