package mapping

import (
	"regexp"
	"slices"
	"strings"
)

// guess says which column is what.
type guess struct {
	code      *profile // of the region
	state     *profile // before code, where two columns make one code
	name      *profile // of the region, where there is no code
	within    *profile
	fips      bool
	prefixed  bool // two letters stand before the code
	unsure    bool // about the region
	period    *profile
	layout    string
	month     *profile // beside period, which is the year then
	wide      string   // the pattern of the names of value columns that are periods
	periodRow int      // the header row that holds periods; 0 if none
	values    []*profile
	indicator *profile // tells the figures of one value column apart
	unit      *profile
	flag      *profile
}

var (
	namedFIPS      = regexp.MustCompile(`(?i)fips|geo_?id|county.?code|^geo$`)
	namedState     = regexp.MustCompile(`(?i)^state(fp|_?fips|_?code)?$`)
	namedCounty    = regexp.MustCompile(`(?i)^county(fp|_?fips|_?code)?$`)
	namedRegion    = regexp.MustCompile(`(?i)region|area|geo|code|county|district|地区|区划|代码|县|市|区`)
	namedPeriod    = regexp.MustCompile(`(?i)time|period|date|year|day|年|日期|时间|月`)
	namedMonth     = regexp.MustCompile(`(?i)^(month|mon|月份?)$`)
	namedValue     = regexp.MustCompile(`(?i)^(obs_?value|value|val|amount|数值|值|数据)$`)
	namedIndicator = regexp.MustCompile(`(?i)^(indicator|measure|variable|series|item|指标|指标名称|项目)`)
	namedUnit      = regexp.MustCompile(`(?i)^(unit|unit_?measure|uom|单位|计量单位)$`)
	namedFlag      = regexp.MustCompile(`(?i)^(obs_?)?(status|flags?)$`)
	namedAttribute = regexp.MustCompile(`(?i)^(dataflow|structure(_id)?|action|freq|decimals|unit_mult|last.?update|序号|id|index|no\.?|lat(itude)?|long?(itude)?_?)$`)
	americanDate   = regexp.MustCompile(`^\d{1,2}/\d{1,2}/\d{2,4}$`)
	dottedDate     = regexp.MustCompile(`^\d{1,2}\.\d{1,2}\.\d{4}$`)
	wideNames      = []string{
		`^\d{4}$`, `^\d{4}年度?$`, `^\d{4}-?Q[1-4]$`, `^\d{4}-\d{2}$`, `^\d{4}-?M\d{1,2}$`, `^\d{4}年\d{1,2}月$`, `^\d{4}-\d{2}-\d{2}$`, `^\d{1,2}/\d{1,2}/\d{2}$`, `^\d{1,2}/\d{1,2}/\d{4}$`,
	}
)

// assign decides which column is what.
func (s *sample) assign() {
	s.assignPeriod()
	s.assignRegion()
	for _, c := range s.columns {
		switch {
		case c.used || c.name == "":
		case namedAttribute.MatchString(c.name):
			c.used = true
		case namedUnit.MatchString(c.name) && c.share(numeric) < 0.5:
			s.guess.unit, c.used = c, true
		case namedFlag.MatchString(c.name) && c.share(numeric) < 0.5:
			s.guess.flag, c.used = c, true
		case namedIndicator.MatchString(c.name) && c.share(numeric) < 0.5 && c.filled > 0:
			s.guess.indicator, c.used = c, true
		}
	}
	s.assignValues()
}

// first returns the unused column that scores highest, and nil if none scores above 0.
func (s *sample) first(score func(*profile) float64) *profile {
	var best *profile
	highest := 0.0
	for _, c := range s.columns {
		if c.used || c.name == "" {
			continue
		}
		if points := score(c); points > highest {
			best, highest = c, points
		}
	}
	if best != nil {
		best.used = true
	}
	return best
}

func (s *sample) assignPeriod() {
	g := &s.guess
	for _, pattern := range wideNames {
		matching := regexp.MustCompile(pattern)
		if count := s.count(func(c *profile) bool { return matching.MatchString(c.name) }); count >= 2 {
			g.wide = pattern
			switch {
			case strings.HasSuffix(pattern, `/\d{2}$`):
				g.layout = "M/D/YY"
			case strings.Contains(pattern, `/`):
				g.layout = "M/D/YYYY"
			}
			return
		}
	}
	for row := range s.header {
		if s.header > 1 && s.count(func(c *profile) bool {
			_, ok := readDate(c.texts[row])
			return ok
		}) >= 2 {
			g.periodRow = row + 1
			return
		}
	}
	g.period = s.first(func(c *profile) float64 {
		points := 0.0
		if namedPeriod.MatchString(c.name) {
			points = 1
		}
		dates := float64(s.matching(c, americanDate)+s.matching(c, dottedDate)) / float64(max(1, len(c.distinct)))
		if share := max(c.share(periodic), c.share(yearly), dates); share > 0.9-0.15*points && (points > 0 || c.share(numeric) < 0.5 || c.share(yearly) > 0.9) {
			return points + share
		}
		return 0
	})
	switch p := g.period; {
	case p == nil:
	case s.matching(p, americanDate)*10 > 9*len(p.distinct):
		g.layout = "M/D/YYYY"
		if !strings.HasSuffix(p.distinct[0][:len(p.distinct[0])-4], "/") {
			g.layout = "M/D/YY"
		}
	case s.matching(p, dottedDate)*10 > 9*len(p.distinct):
		g.layout = "D.M.YYYY"
	case p.share(yearly) > 0.9:
		g.month = s.first(func(c *profile) float64 {
			if namedMonth.MatchString(c.name) {
				return 1
			}
			return 0
		})
	}
}

func (s *sample) count(is func(*profile) bool) int {
	count := 0
	for _, c := range s.columns {
		if is(c) {
			count++
		}
	}
	return count
}

func (s *sample) matching(c *profile, pattern *regexp.Regexp) int {
	count := 0
	for _, cell := range c.distinct {
		if pattern.MatchString(cell) {
			count++
		}
	}
	return count
}

func (s *sample) assignRegion() {
	g := &s.guess
	narrow := func(pattern *regexp.Regexp) func(*profile) float64 {
		return func(c *profile) float64 {
			if pattern.MatchString(c.name) && c.share(numeric) > 0.9 {
				return 1
			}
			return 0
		}
	}
	named := func(c *profile) float64 {
		if namedRegion.MatchString(c.name) {
			return 0.5
		}
		return 0
	}
	g.code = s.first(func(c *profile) float64 {
		if share := c.share(knownCode); share > 0.75 && (len(c.distinct[0]) >= 4 || named(c) > 0) && !s.valueLike(c) {
			return share + named(c)
		}
		return 0
	})
	if g.code != nil {
		return
	}
	if g.code = s.first(func(c *profile) float64 {
		if share := c.share(prefixedCode); share > 0.8 {
			return share + named(c)
		}
		return 0
	}); g.code != nil {
		g.prefixed = true
		return
	}
	if g.code = s.first(func(c *profile) float64 {
		if share := c.share(fips); namedFIPS.MatchString(c.name) && share > 0.8 {
			return share
		}
		return 0
	}); g.code != nil {
		g.fips = true
		return
	}
	if g.state = s.first(narrow(namedState)); g.state != nil {
		if g.code = s.first(narrow(namedCounty)); g.code != nil {
			g.fips = true
			return
		}
		g.state.used, g.state = false, nil
	}
	if s.assignName(named); g.name != nil {
		return
	}
	g.unsure = true
	g.code = s.first(func(c *profile) float64 {
		if c.share(numeric) > 0.5 && named(c) == 0 || s.valueLike(c) || namedAttribute.MatchString(c.name) {
			return 0
		}
		return 0.1 + named(c) + float64(len(c.distinct))/float64(max(1, c.filled))/10
	})
}

// assignName finds a column of names and, if there is one, the column of the regions around them.
func (s *sample) assignName(named func(*profile) float64) {
	g := &s.guess
	g.name = s.first(func(c *profile) float64 {
		if share := c.share(knownName) + c.share(ambiguous); share > 0.4 {
			// The narrower of two columns of regions has more different texts.
			return share + float64(len(c.distinct))/1000 + named(c)
		}
		return 0
	})
	if g.name == nil {
		return
	}
	g.within = s.first(func(c *profile) float64 {
		if share := c.share(knownName); share > 0.4 && len(c.distinct) <= len(g.name.distinct) {
			return share
		}
		return 0
	})
}

// valueLike reports whether a column is named like one of values.
func (s *sample) valueLike(c *profile) bool { return namedValue.MatchString(c.name) || s.isWide(c) }

func (s *sample) isWide(c *profile) bool {
	return s.guess.wide != "" && regexp.MustCompile(s.guess.wide).MatchString(c.name)
}

func (s *sample) assignValues() {
	for _, c := range s.columns {
		if c.used || c.name == "" {
			continue
		}
		like := c.share(numeric) + c.share(percent) + c.share(comma) + c.share(dotted) + c.share(flagged)
		if s.isWide(c) || like > 0.6 || namedValue.MatchString(c.name) || c.filled == 0 && len(c.missing) > 0 {
			s.guess.values = append(s.guess.values, c)
			c.used = true
		}
	}
	if s.guess.wide != "" {
		s.guess.values = slices.DeleteFunc(s.guess.values, func(c *profile) bool { return !s.isWide(c) })
	}
	// A long table has one column of values; where there are several the column of indicators is one of slices.
	if i := slices.IndexFunc(s.guess.values, func(c *profile) bool { return namedValue.MatchString(c.name) }); i >= 0 && s.guess.indicator != nil {
		s.guess.values = s.guess.values[i : i+1]
	}
}
