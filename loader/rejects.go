package loader

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// RejectsWriter writes problems as CSV, one a row: file, line, column, field, code, text, message and hint. The texts
// come from files that nobody trusts, and the CSV is opened in spreadsheets: a cell never begins like a formula, and
// characters that do not show are written as escapes.
type RejectsWriter struct {
	csv *csv.Writer
}

// NewRejectsWriter writes the header.
func NewRejectsWriter(w io.Writer) (*RejectsWriter, error) {
	rejects := &RejectsWriter{csv: csv.NewWriter(w)}
	return rejects, rejects.csv.Write([]string{"file", "line", "column", "field", "code", "text", "message", "hint"})
}

// Write adds a problem. Line and column are empty where the problem has none.
func (w *RejectsWriter) Write(p Problem) error {
	return w.csv.Write([]string{
		harmless(p.File), ordinal(p.Line), ordinal(p.Column), harmless(p.Field), harmless(p.Code), harmless(p.Text),
		harmless(p.Message), harmless(p.Hint),
	})
}

// Flush writes what is buffered and returns the first error of writing.
func (w *RejectsWriter) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

func ordinal(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// formulaStarts are the characters that begin a formula in a spreadsheet, in either width.
const formulaStarts = "=+-@＝＋－＠"

// harmless is a text as a spreadsheet may show it.
func harmless(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			escaped := strconv.QuoteRuneToASCII(r)
			b.WriteString(escaped[1 : len(escaped)-1])
		default:
			b.WriteRune(r)
		}
	}
	escaped := b.String()
	if first, _ := utf8.DecodeRuneInString(escaped); escaped != "" && strings.ContainsRune(formulaStarts, first) {
		return "'" + escaped
	}
	return escaped
}
