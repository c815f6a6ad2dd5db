package mapping

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// edit marks the lines that a person must look at.
const edit = "  # edit: "

// plainScalar is a text that YAML reads as itself without quotes.
var plainScalar = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_-]*$`)

// scalar writes a text for YAML.
func scalar(written string) string {
	if plainScalar.MatchString(written) && !slices.Contains([]string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}, strings.ToLower(written)) {
		return written
	}
	if strings.ContainsFunc(written, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || r == '\u0085' }) {
		return strconv.Quote(written)
	}
	return "'" + strings.ReplaceAll(written, "'", "''") + "'"
}

func scalars(all []string) string {
	quoted := make([]string, len(all))
	for i, written := range all {
		quoted[i] = scalar(written)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// declaration is an indicator that a suggested mapping declares.
type declaration struct{ code, name, unit string }

// write writes the mapping.
func (s *sample) write(out *bytes.Buffer) {
	line := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	line("# yaml-language-server: $schema=mapping.schema.json")
	line("# A first mapping of %s. Look at every line marked \"edit\".", strings.ReplaceAll(s.name, "\n", " "))
	s.writeFile(line)
	s.writeRegion(line)
	s.writePeriod(line)
	source := slug(stem(s.name), "source")
	line("source: %s", scalar(source))
	s.writeMarkers(line)
	if c := s.guess.unit; c != nil {
		line("unit:%sthe code or name of a unit for each text", edit)
		line("  column: %s", scalar(c.name))
		s.writeCodes(line, c, "  ")
	}
	declared := s.writeValues(line)
	for _, c := range s.columns {
		if !c.used && c.name != "" && c.filled > 0 {
			line("# not used: %s (%s)", strings.Join(strings.Fields(c.name), " "), strings.Join(strings.Fields(strings.Join(c.distinct[:min(3, len(c.distinct))], ", ")), " "))
		}
	}
	s.writeDeclared(line, source, declared)
}

type writeLine func(format string, args ...any)

func (s *sample) writeFile(line writeLine) {
	if s.skip > 0 || s.header != 1 && !s.named {
		line("file:")
		if s.skip > 0 {
			line("  skip: %d", s.skip)
		}
		if s.header != 1 {
			line("  header: %d", s.header)
		}
	}
	if s.ends != "" {
		line("rows:")
		line("  end: {matches: %s}", scalar("^"+regexp.QuoteMeta(s.ends)))
	}
	if s.split != nil {
		line("split:")
		line("  - {column: %s, by: ',', into: %s}", scalar(s.split.column), scalars(s.split.into))
	}
}

func (s *sample) writeRegion(line writeLine) {
	g := &s.guess
	switch {
	case g.state != nil:
		line("region:")
		line("  code: [{column: %s, pad: 2}, {column: %s, pad: 3}]", scalar(g.state.name), scalar(g.code.name))
		line("  scheme: us-fips%sthe scheme that the regions are declared or loaded with", edit)
	case g.fips:
		line("region:")
		line("  code: {column: %s, pad: 5}", scalar(g.code.name))
		line("  scheme: us-fips%sthe scheme that the regions are declared or loaded with", edit)
	case g.name != nil:
		line("region:")
		line("  name: {column: %s}", scalar(g.name.name))
		if g.within != nil {
			line("  within: {column: %s}", scalar(g.within.name))
		}
		line("  level: [PREFECTURE, COUNTY]%sthe levels that the names are of", edit)
	case g.code == nil:
		line("region: {column: REGION}%sthe column of the region's code, or the code itself", edit)
	case g.prefixed:
		line("region: {column: %s, cut: {from: 3}}", scalar(g.code.name))
	case g.unsure:
		line("region: {column: %s}%sis this the code of the region? add its scheme, or say name instead", scalar(g.code.name), edit)
	default:
		line("region: {column: %s}", scalar(g.code.name))
	}
}

func (s *sample) writePeriod(line writeLine) {
	g := &s.guess
	layout := ""
	if g.layout != "" {
		layout = ", layout: " + g.layout
	}
	switch {
	case g.wide != "":
		line("period: {header: %d%s}", max(1, s.header), layout)
	case g.periodRow > 0:
		line("period: {header: %d}", g.periodRow)
	case g.period == nil:
		line("period: {column: PERIOD}%sthe column of the period, or the period itself: 2020", edit)
	case g.month != nil:
		line("period: {year: {column: %s}, month: {column: %s}}", scalar(g.period.name), scalar(g.month.name))
	default:
		line("period: {column: %s%s}", scalar(g.period.name), layout)
	}
}

// writeMarkers writes missing markers, flags and how numbers are written.
func (s *sample) writeMarkers(line writeLine) {
	var markers, flags []string
	empty := false
	shares := make(map[shape]float64)
	for _, c := range s.guess.values {
		empty = empty || c.empty > 0
		for _, m := range c.missing {
			if !slices.Contains(markers, m) {
				markers = append(markers, m)
			}
		}
		for _, f := range c.flags {
			if !slices.Contains(flags, f) {
				flags = append(flags, f)
			}
		}
		for _, l := range []shape{comma, dotted, flagged} {
			shares[l] = max(shares[l], c.share(l))
		}
	}
	if empty || len(markers) > 0 {
		line("missing:%ssay why, or skip: NOT_APPLICABLE, NOT_COLLECTED, NOT_PUBLISHED, SUPPRESSED, UNKNOWN", edit)
		if empty {
			line("  '': skip")
		}
		for _, m := range markers {
			line("  %s: NOT_PUBLISHED", scalar(m))
		}
	}
	if shares[comma] > 0 || shares[dotted] > 0.5 {
		line("numbers: {decimal: ',', thousands: '.'}%sare dots between thousands?", edit)
	}
	if c := s.guess.flag; c != nil {
		line("flags:%swhat each says: status, precision, missing, note, or nothing", edit)
		line("  column: %s", scalar(c.name))
		line("  codes:")
		line("    '': ''")
		for _, f := range c.distinct[:min(50, len(c.distinct))] {
			line("    %s: {note: %s}", scalar(f), scalar(f))
		}
	} else if shares[flagged] > 0 {
		line("flags:%swhat each says: status, precision, missing, note", edit)
		line("  codes:")
		for _, f := range flags {
			line("    %s: {note: %s}", scalar(f), scalar(f))
		}
	}
}

func (s *sample) writeCodes(line writeLine, c *profile, indent string) {
	line("%scodes:", indent)
	for _, text := range c.distinct[:min(100, len(c.distinct))] {
		code := text
		if known, ok := s.resolver.Unit(text); ok {
			code = known
		}
		line("%s  %s: %s", indent, scalar(text), scalar(code))
	}
}

var unitInName = regexp.MustCompile(`[(（]([^()（）]+)[)）]\s*$`)

// unit guesses the unit of a column of values from its name and its cells.
func (s *sample) unit(c *profile) string {
	if found := unitInName.FindStringSubmatch(c.name); found != nil {
		if code, ok := s.resolver.Unit(found[1]); ok {
			return code
		}
	}
	if c.share(percent) > 0 || strings.Contains(c.name, "%") {
		return "%"
	}
	return "1"
}

func (s *sample) writeValues(line writeLine) []declaration {
	g := &s.guess
	var declared []declaration
	declare := func(name, unit string) string {
		if known, ok := s.resolver.Indicator(strings.TrimSpace(unitInName.ReplaceAllString(name, ""))); ok {
			return known
		}
		code := slug(unitInName.ReplaceAllString(name, ""), "")
		if code == "" {
			code = "indicator_" + strconv.Itoa(len(declared)+1)
		}
		for i, d := range declared {
			if d.code == code {
				if d.name == name {
					return code
				}
				code += "_" + strconv.Itoa(i+2)
			}
		}
		declared = append(declared, declaration{code, name, unit})
		return code
	}
	line("values:")
	switch {
	case len(g.values) == 0:
		line("  - column: '#1'%sthe column of the values", edit)
		line("    indicator: %s", declare(stem(s.name), "1"))
	case g.wide != "":
		line("  - matching: %s", scalar(g.wide))
		if g.indicator == nil {
			line("    indicator: %s%swhat the values measure", declare(stem(s.name), s.unit(g.values[0])), edit)
			break
		}
		s.writeIndicators(line, declare)
	case g.indicator != nil && len(g.values) == 1:
		line("  - column: %s", scalar(g.values[0].name))
		s.writeIndicators(line, declare)
	case g.periodRow > 0:
		s.writeUnderPeriods(line, declare)
	default:
		for _, c := range g.values {
			unit := s.unit(c)
			line("  - {column: %s, indicator: %s}%swhat the values measure", scalar(c.name), declare(c.name, unit), edit)
		}
	}
	return declared
}

// writeUnderPeriods writes values whose header has a row of periods and one of indicators.
func (s *sample) writeUnderPeriods(line writeLine, declare func(name, unit string) string) {
	g := &s.guess
	row := max(1, s.header)
	if row == g.periodRow {
		row = 1
	}
	names, texts := make([]string, len(g.values)), []string{}
	for i, c := range g.values {
		names[i] = c.name
		if !slices.Contains(texts, c.texts[row-1]) {
			texts = append(texts, c.texts[row-1])
		}
	}
	line("  - columns: %s", scalars(names))
	line("    indicator:")
	line("      header: %d", row)
	line("      codes:%sthe indicator for each text", edit)
	for _, text := range texts {
		line("        %s: %s", scalar(text), declare(text, s.unit(&profile{name: text})))
	}
}

func (s *sample) writeIndicators(line writeLine, declare func(name, unit string) string) {
	c := s.guess.indicator
	line("    indicator:")
	line("      column: %s", scalar(c.name))
	line("      codes:%sthe indicator for each text", edit)
	for _, text := range c.distinct[:min(100, len(c.distinct))] {
		line("        %s: %s", scalar(text), declare(text, "1"))
	}
}

func (s *sample) writeDeclared(line writeLine, source string, declared []declaration) {
	line("declare:%swhat is loaded already need not be declared", edit)
	line("  sources:")
	line("    - {code: %s, title: %s}%sthe title, and published_on: 2020-01-31, the day of publication", scalar(source), scalar(stem(s.name)), edit)
	var units []string
	for _, d := range declared {
		if _, known := s.resolver.Unit(d.unit); !known && !slices.Contains(units, d.unit) {
			units = append(units, d.unit)
		}
	}
	if len(units) > 0 {
		line("  units:")
		for _, u := range units {
			factor := "1"
			if u == "%" {
				factor = "0.01"
			}
			line("    - {code: %s, dimension: ratio, factor: %s}", scalar(u), factor)
		}
	}
	if len(declared) == 0 {
		return
	}
	line("  indicators:%sunit and kind of each, and how it may be added up: rollup_regions, rollup_time", edit)
	for _, d := range declared {
		kind := "AMOUNT"
		if d.unit == "%" {
			kind = "RATIO"
		}
		line("    - {code: %s, name_en: %s, unit: %s, kind: %s}", scalar(d.code), scalar(d.name), scalar(d.unit), kind)
	}
}

var notInCode = regexp.MustCompile(`[^a-z0-9]+`)

// slug makes a code of a text's Latin letters and digits; fallback if it has none.
func slug(text, fallback string) string {
	code := strings.Trim(notInCode.ReplaceAllString(strings.ToLower(text), "_"), "_")
	if code == "" {
		return fallback
	}
	if code[0] >= '0' && code[0] <= '9' {
		code = "n" + code
	}
	return code[:min(60, len(code))]
}
