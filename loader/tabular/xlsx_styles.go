package tabular

import (
	"math"
	"strings"
	"time"
)

// readStyles finds out which styles show a number as a date or a time.
func (b *workbook) readStyles(name string) error {
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := b.decode(name, &styles); err != nil {
		return err
	}
	own := make(map[int]bool)
	for _, f := range styles.Formats {
		own[f.ID] = isDateFormat(f.Code)
	}
	for _, c := range styles.Cells {
		date, known := own[c.Format]
		if !known {
			// The built-in formats for dates and times; 27 to 36 and 50 to 58 are those of Chinese, Japanese and Korean.
			n := c.Format
			date = n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58
		}
		b.dates = append(b.dates, date)
	}
	return nil
}

// isDateFormat reports whether a number format has letters of a date or time outside quotes, escapes and brackets.
func isDateFormat(code string) bool {
	code, _, _ = strings.Cut(code, ";") // for positive numbers
	if strings.Contains(strings.ToLower(code), "general") {
		return false
	}
	quoted := false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return false
			}
			if strings.Trim(strings.ToLower(code[i+1:i+end]), "hms") == "" {
				return true // [h] counts the hours of a duration
			}
			i += end
		case strings.IndexByte("ymdhsYMDHS", c) >= 0:
			return true
		}
	}
	return false
}

// serialText writes a number of days as the date, or the date and time, that a workbook shows for it; a part of a day alone as a time.
func serialText(days float64, from1904 bool) (string, bool) {
	const last = 2958465 // 31 December 9999
	if days < 0 || days > last {
		return "", false
	}
	whole := math.Floor(days)
	seconds := math.Round((days - whole) * 24 * 60 * 60)
	base := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from1904:
		base = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	case whole == 60:
		return "", false // 29 February 1900, which there never was
	case whole < 60:
		base = base.AddDate(0, 0, 1)
	}
	t := base.AddDate(0, 0, int(whole)).Add(time.Duration(seconds) * time.Second)
	if whole == 0 && !from1904 {
		return t.Format(time.TimeOnly), true
	}
	return instantText(t)
}
