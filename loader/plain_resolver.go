package loader

import (
	"errors"
	"maps"
	"math/big"
	"slices"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// plainResolver turns the rows of blocks into reports. It is used by one goroutine.
type plainResolver struct {
	o      *observations // what the careful path knows; its own where that changes
	schema plainSchema
	at     plainColumns
	texts  []string // of a row that is read carefully
	out    *plainFigures

	regions     *known[int32]
	indicators  *known[*plainIndicator]
	slices      *known[*plainSlice]
	periods     *known[indicator.Period]
	statuses    *known[indicator.Status]
	units       *known[string]
	precisions  *known[indicator.Precision]
	missing     *known[indicator.Missing]
	sources     *known[*catalog.Source]
	days        *known[indicator.Day]
	inferred    *known[bool]
	definitions *known[*plainDefinition]

	number          int
	seed            uint64
	sliceCount      int32 // slices numbered so far
	definitionCount int32 // definitions numbered so far
}

// plainIndicator is an indicator with what was found out about its figures.
type plainIndicator struct {
	*catalog.Indicator
	slices map[*plainSlice]int32 // the resolver's numbers of the slices met
	last   *plainSlice           // the slice met last, and its number
	number int32
	// factors turn a value in a unit into one in the indicator's unit; 0 where that takes more than a multiplication.
	factors map[string]int64
	unit    string // the unit met last, and its factor
	factor  int64
}

// plainSlice is a slice as a cell writes it.
type plainSlice struct {
	slice indicator.Slice
	hash  uint64
}

// plainDefinition is a definition with its number, which it gets in the first row that is kept.
type plainDefinition struct {
	text   string
	number int32
}

var errUnknown = errors.New("unknown")

// newPlainResolver makes a resolver with a number; resolvers of one file have the seed in common.
func newPlainResolver(o *observations, number int, seed uint64) *plainResolver {
	p := &plainResolver{
		o: ownObservations(o), schema: newPlainSchema(o.table), at: newPlainColumns(o.table.columns),
		texts: make([]string, len(o.table.checks)), number: number, seed: seed,
	}
	s := &p.schema
	p.regions = newKnown(s, p.at.region, func(code string) (int32, error) {
		if region := o.regions[code]; region != nil {
			return region.ID, nil
		}
		return 0, errUnknown
	})
	p.sources = newKnown(s, p.at.source, func(code string) (*catalog.Source, error) {
		if source := o.sources[code]; source != nil {
			return source, nil
		}
		return nil, errUnknown
	})
	p.indicators = newKnown(s, p.at.indicator, p.indicator)
	p.slices = newKnown(s, p.at.slice, p.slice)
	p.periods = newKnown(s, p.at.period, indicator.ParsePeriod)
	p.statuses = newKnown(s, p.at.status, orZero(indicator.ParseStatus))
	p.units = newKnown(s, p.at.unit, func(code string) (string, error) { return code, nil })
	p.precisions = newKnown(s, p.at.precision, orZero(indicator.ParsePrecision))
	p.missing = newKnown(s, p.at.missing, orZero(indicator.ParseMissing))
	p.days = newKnown(s, p.at.publishedOn, indicator.ParseDay)
	p.inferred = newKnown(s, p.at.periodInferred, orZero(parseBoolean))
	p.definitions = newKnown(s, p.at.definition, func(text string) (*plainDefinition, error) {
		return &plainDefinition{text: text, number: -1}, nil
	})
	return p
}

// orZero reads the empty text as the zero value.
func orZero[V any](parse func(string) (V, error)) func(string) (V, error) {
	return func(text string) (V, error) {
		if text == "" {
			var zero V
			return zero, nil
		}
		return parse(text)
	}
}

// ownObservations copies what the careful path changes as it reads rows, so that several goroutines may read rows. Problems
// are only counted: a row that has one ends the plain path.
func ownObservations(o *observations) *observations {
	own, tables, t := *o, *o.tables, *o.table
	t.problems = &problems{list: make([]Problem, MaxProblems)}
	tables.Slices, tables.Definitions = slices.Clone(tables.Slices), slices.Clone(tables.Definitions)
	own.table, own.tables, own.units = &t, &tables, newConverter(o.catalog)
	own.slices, own.sliceIDs, own.used = make(map[string]slice), maps.Clone(o.sliceIDs), make(map[[2]int32]bool)
	own.definitions = maps.Clone(o.definitions)
	return &own
}

func (p *plainResolver) indicator(code string) (*plainIndicator, error) {
	i := p.o.indicators[code]
	if i == nil || i.Derived() {
		return nil, errUnknown
	}
	return &plainIndicator{
		Indicator: i, slices: make(map[*plainSlice]int32), factors: map[string]int64{"": 1}, factor: 1,
	}, nil
}

func (p *plainResolver) slice(text string) (*plainSlice, error) {
	s, err := indicator.ParseSlice(text)
	if err != nil {
		return nil, err
	}
	for _, coordinate := range s {
		if _, ok := p.o.tables.index[tableDimensionValues][coordinate.Dimension+"="+coordinate.Value]; !ok {
			return nil, errUnknown
		}
	}
	hash := p.seed
	for _, c := range []byte(s.String()) {
		hash = mix(hash, uint64(c)+1)
	}
	return &plainSlice{slice: s, hash: hash}, nil
}

// place returns the resolver's number of an indicator's slice, and false if the indicator may not be sliced so.
func (p *plainResolver) place(i *plainIndicator, s *plainSlice) (int32, bool) {
	if i.last == s {
		return i.number, true
	}
	number, ok := i.slices[s]
	if !ok {
		for _, coordinate := range s.slice {
			if _, allowed := i.Breakdown(coordinate.Dimension); !allowed {
				return 0, false
			}
		}
		number = p.sliceCount
		p.sliceCount++
		p.out.slices = append(p.out.slices, plainUse{i.Indicator, s.slice})
		i.slices[s] = number
	}
	i.last, i.number = s, number
	return number, true
}

// define returns the resolver's number of a definition.
func (p *plainResolver) define(d *plainDefinition) int32 {
	if d.number < 0 {
		d.number = p.definitionCount
		p.definitionCount++
		p.out.definitions = append(p.out.definitions, d.text)
	}
	return d.number
}

// factorOf returns what a value in a unit is multiplied by to be in the indicator's unit; 0 where the careful path is to
// convert it.
func (p *plainResolver) factorOf(i *plainIndicator, unit string) int64 {
	if unit == i.unit {
		return i.factor
	}
	factor, ok := i.factors[unit]
	if !ok {
		factor = p.wholeFactor(unit, i.Unit)
		i.factors[unit] = factor
	}
	i.unit, i.factor = unit, factor
	return factor
}

func (p *plainResolver) wholeFactor(from, to string) int64 {
	a, b := p.o.units.units[from], p.o.units.units[to]
	switch {
	case a == nil || b == nil:
		return 0
	case from == to:
		return 1
	case a.Quantity != b.Quantity:
		return 0
	}
	factor := new(big.Rat).Quo(decimal(a.Factor), decimal(b.Factor))
	if !factor.IsInt() || !factor.Num().IsInt64() {
		return 0
	}
	return factor.Num().Int64()
}
