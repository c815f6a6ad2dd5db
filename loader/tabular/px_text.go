package tabular

import (
	"bufio"
	"io"
	"regexp"
	"strings"
)

// pxText reads the text of a PC-Axis file character by character, and knows its place.
type pxText struct {
	file         string
	source       *bufio.Reader
	limits       Limits
	line, column int
	read         int64 // bytes of what is said about the data
	data         bool  // the data have begun
}

func newPXText(file string, text io.Reader, limits Limits) *pxText {
	return &pxText{file: file, source: bufio.NewReader(text), limits: limits, line: 1, column: 1}
}

// pxCodepage is how a PC-Axis file names its encoding.
var pxCodepage = regexp.MustCompile(`(?:^|[\s;])CODEPAGE\s*=\s*"([^"]*)"`)

// pxEncoding is the encoding that the first bytes name; empty if they name none.
func pxEncoding(start []byte) string {
	if named := pxCodepage.FindSubmatch(start); named != nil {
		return string(named[1])
	}
	return ""
}

// peek returns the next byte.
func (t *pxText) peek() (byte, error) {
	next, err := t.source.Peek(1)
	if len(next) == 1 {
		return next[0], nil
	}
	return 0, at(err, t.line, t.column)
}

// skip passes over the byte that was peeked at.
func (t *pxText) skip() {
	c, _ := t.source.ReadByte()
	t.read++
	switch {
	case c == '\n':
		t.line++
		t.column = 1
	case c&0xC0 != 0x80: // not inside a character
		t.column++
	}
}

func (t *pxText) expect(c byte) error {
	if next, err := t.peek(); err != nil {
		return err
	} else if next != c {
		return t.broken("there should be a %q here", c)
	}
	t.skip()
	return nil
}

// space passes over space; the error is io.EOF if nothing follows.
func (t *pxText) space() error {
	for {
		c, err := t.peek()
		if err != nil {
			return err
		}
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return t.within(0)
		}
		t.skip()
	}
}

// within is an error if a text, or all that is said about the data, is too long.
func (t *pxText) within(length int) error {
	switch {
	case int64(length) > t.limits.CellBytes:
		return at(over(t.file, "the text", "cell_bytes", t.limits.CellBytes), t.line, t.column)
	case t.read > t.limits.HeaderBytes && !t.data:
		return at(over(t.file, "what is said about the data", "header_bytes", t.limits.HeaderBytes), t.line, t.column)
	}
	return nil
}

// word reads letters, digits and the other characters allowed. It may be empty, and ends with the text.
func (t *pxText) word(others string) (string, error) {
	var word strings.Builder
	for {
		c, err := t.peek()
		if err != nil || !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(others, c) >= 0) {
			if word.Len() > 0 || err == nil {
				return word.String(), nil
			}
			return "", err
		}
		t.skip()
		word.WriteByte(c)
		if err := t.within(word.Len()); err != nil {
			return "", err
		}
	}
}

// quoted reads a text in quotes, of one line.
func (t *pxText) quoted() (string, error) {
	line, column := t.line, t.column
	t.skip()
	var text strings.Builder
	for {
		c, err := t.peek()
		if err != nil {
			return "", err
		}
		if c == '\n' || c == '\r' {
			return "", at(broken(t.file, CodeSyntax, "", "the quote is not closed on its line"), line, column)
		}
		t.skip()
		if c == '"' {
			return text.String(), nil
		}
		text.WriteByte(c)
		if err := t.within(text.Len()); err != nil {
			return "", err
		}
	}
}
