package star

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/countyql/countyql/indicator"
)

// Options say how large a package is.
type Options struct {
	// Rows is the number of figures.
	Rows int
	// Grain is the length of the periods, Monthly or Daily. Default: Monthly.
	Grain indicator.Grain
	// First is the first day of the first period. Default: 2015-01-01.
	First indicator.Day
	// Seed chooses among the packages of one size.
	Seed uint64
}

// The size of the star: one period has a figure of every indicator for every county.
const (
	provinces   = 31
	prefectures = 340
	counties    = 2850
)

// Columns are the columns of observations.csv.
var Columns = []string{
	"region", "indicator", "slice", "period", "status", "value", "unit", "precision", "numerator", "denominator", "missing",
	"source", "published_on",
}

// ObservationsFile is the name of the table of figures.
const ObservationsFile = "observations.csv"

// Write writes a data package into a directory, which it creates.
func Write(dir string, o Options) error {
	if o.Grain == indicator.Irregular {
		o.Grain = indicator.Monthly
	}
	if o.First == 0 {
		o.First = indicator.DayOf(2015, 1, 1)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	indicators := makeIndicators()
	tables := []table{regionTable(), unitTable, dimensionTable, valueTable, indicatorTable(indicators), breakdownTable(indicators), sourceTable}
	for _, t := range tables {
		if err := writeTable(dir, t); err != nil {
			return err
		}
	}
	if err := writeFigures(filepath.Join(dir, ObservationsFile), o, indicators); err != nil {
		return err
	}
	return describe(dir, append(tables, table{name: "observations", columns: Columns}))
}

// table is a small table of the catalogue.
type table struct {
	name    string
	columns []string
	rows    [][]string
}

func writeTable(dir string, t table) error {
	f, err := os.Create(filepath.Join(dir, t.name+".csv"))
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	return errors.Join(w.Write(t.columns), w.WriteAll(t.rows), f.Close())
}

// describe writes datapackage.json.
func describe(dir string, tables []table) error {
	type field struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	type schema struct {
		Fields []field `json:"fields"`
	}
	type resource struct {
		Name   string `json:"name"`
		Path   string `json:"path"`
		Schema schema `json:"schema"`
	}
	var resources []resource
	for _, t := range tables {
		r := resource{Name: t.name, Path: t.name + ".csv"}
		for _, c := range t.columns {
			r.Schema.Fields = append(r.Schema.Fields, field{Name: c, Type: "string"})
		}
		resources = append(resources, r)
	}
	data, err := json.MarshalIndent(map[string]any{"name": "star", "resources": resources}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "datapackage.json"), append(data, '\n'), 0o644)
}

// provinceOf and prefectureOf spread the units below evenly.
func provinceOf(prefecture int) int { return prefecture * provinces / prefectures }
func prefectureOf(county int) int   { return county * prefectures / counties }

func provinceCode(n int) string { return fmt.Sprintf("%02d", 11+n) }

func prefectureCode(n int) string {
	province := provinceOf(n)
	first := n
	for first > 0 && provinceOf(first-1) == province {
		first--
	}
	return provinceCode(province) + fmt.Sprintf("%02d", n-first+1)
}

// countyCodes are six digits, as in GB/T 2260.
func countyCodes() []string {
	codes := make([]string, counties)
	within := 0
	for n := range codes {
		within++
		if n == 0 || prefectureOf(n-1) != prefectureOf(n) {
			within = 1
		}
		codes[n] = prefectureCode(prefectureOf(n)) + fmt.Sprintf("%02d", within)
	}
	return codes
}

func regionTable() table {
	t := table{name: "regions", columns: []string{"code", "scheme", "parent", "level", "name"}}
	add := func(code, parent string, level indicator.Level) {
		t.rows = append(t.rows, []string{code, "star", parent, level.String(), "Region " + code})
	}
	add("0", "", indicator.Country)
	for n := range provinces {
		add(provinceCode(n), "0", indicator.Province)
	}
	for n := range prefectures {
		add(prefectureCode(n), provinceCode(provinceOf(n)), indicator.Prefecture)
	}
	for n, code := range countyCodes() {
		add(code, prefectureCode(prefectureOf(n)), indicator.County)
	}
	return t
}

// writeFigures writes period after period, and in each county after county, as offices report.
func writeFigures(path string, o Options, indicators []series) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	g := figures{
		random: rand.New(rand.NewPCG(o.Seed, 1)), left: o.Rows, regions: countyCodes(), indicators: indicators,
		line: []byte(strings.Join(Columns, ",") + "\n"),
	}
	for period := o.Grain.Containing(o.First); g.left > 0; period = o.Grain.Containing(period.End + 1) {
		for county := range g.regions {
			g.county(county, period)
			if len(g.line) < 1<<16 {
				continue
			}
			if _, err := f.Write(g.line); err != nil {
				return errors.Join(err, f.Close())
			}
			g.line = g.line[:0]
		}
	}
	_, err = f.Write(g.line)
	return errors.Join(err, f.Close())
}

// figures writes rows; line holds those not yet written out.
type figures struct {
	random     *rand.Rand
	left       int
	regions    []string
	indicators []series
	line       []byte
}

// The share of figures that are revised later and that are missing.
const (
	revised = 0.05
	missing = 0.02
)

// publication is how many days after a period its figures appear, revision how many days after that they are revised.
const (
	publication = 20
	revision    = 45
)

func (g *figures) county(county int, period indicator.Period) {
	for i := range g.indicators {
		s := &g.indicators[i]
		g.row(s, g.regions[county], period, "bulletin", period.End+publication)
		if g.random.Float64() < revised {
			g.row(s, g.regions[county], period, "yearbook", period.End+publication+revision)
		}
	}
}

func (g *figures) row(s *series, region string, period indicator.Period, source string, published indicator.Day) {
	if g.left == 0 {
		return
	}
	g.left--
	status := "ACTUAL"
	if s.forecast {
		status = "FORECAST"
		period = period.Grain().Containing(period.End + 1)
	}
	cell := func(text string) { g.line = append(append(g.line, text...), ',') }
	cell(region)
	cell(s.code)
	cell(s.slice)
	cell(period.String())
	cell(status)
	if g.random.Float64() < missing {
		g.line = append(g.line, ",,,,,NOT_COLLECTED,"...)
	} else {
		g.value(s)
	}
	cell(source)
	g.line = append(append(g.line, published.String()...), '\n')
}

// value writes value, unit, precision, numerator, denominator and missing.
func (g *figures) value(s *series) {
	number := func(x float64, decimals int) { g.line = append(strconv.AppendFloat(g.line, x, 'f', decimals, 64), ',') }
	switch s.kind {
	case indicator.Count:
		g.line = append(strconv.AppendInt(g.line, g.random.Int64N(s.scale), 10), ',')
		g.line = append(g.line, ',')
		if g.random.Float64() < 0.01 {
			g.line = append(g.line, "AT_LEAST"...)
		}
		g.line = append(g.line, ",,,,"...)
	case indicator.Amount:
		number(float64(g.random.Int64N(s.scale))+float64(g.random.IntN(100))/100, 2)
		g.line = append(g.line, "CNY_10k,,,,,"...)
	case indicator.Ratio:
		denominator := 1 + g.random.Int64N(s.scale)
		numerator := g.random.Int64N(denominator + 1)
		number(100*float64(numerator)/float64(denominator), 1)
		g.line = append(g.line, ",,"...)
		g.line = append(strconv.AppendInt(g.line, numerator, 10), ',')
		g.line = append(strconv.AppendInt(g.line, denominator, 10), ",,"...)
	default:
		number(float64(g.random.IntN(300)-100)/10, 1)
		g.line = append(g.line, ",,,,,"...)
	}
}
