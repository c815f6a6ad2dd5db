package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/countyql/countyql/loader/tabular"
)

// The codes of what is wrong, beside those of package tabular and the contract's UNKNOWN_REGION.
const (
	CodeColumn  = "COLUMN"  // the table has no header, or a row has other cells
	CodeMapping = "MAPPING" // the mapping file cannot be followed, or does not fit the table
	CodeValue   = "VALUE"   // a cell cannot be read as the mapping says
)

// Mapping says how a foreign table becomes observations. It does not change and may be used for several tables.
type Mapping struct {
	// File says how the table's file is to be read.
	File     File
	place    tabular.Place
	rows     rows
	splits   []split
	figure   figure // what holds for all values
	values   []value
	declared []Declared
}

// File says how a table's file is to be read; what is empty is recognised.
type File struct {
	Format    string // csv, tsv, json, ndjson, parquet, xlsx or px
	Encoding  string // such as gb18030
	Delimiter string // one character
	Sheet     string // of a workbook

	skip      int    // rows before the header
	skipUntil string // rows before the one whose first text begins so; empty if counted
	header    int    // header rows; -1 where the file does not say: 1, or 0 where the format names its columns
	fill      bool   // a header cell that is empty has the text to its left
}

// Merged reports whether merged cells of a workbook stand for all cells they cover: where a header has several rows.
func (f *File) Merged() bool { return f.fill }

// Invalid is a mapping file that cannot be followed, or that does not fit a table.
type Invalid struct {
	Problems []tabular.Malformed
}

// Error lists the problems, one a line.
func (e *Invalid) Error() string {
	lines := make([]string, len(e.Problems))
	for i := range e.Problems {
		lines[i] = e.Problems[i].Error()
		if hint := e.Problems[i].Hint; hint != "" {
			lines[i] += " (" + hint + ")"
		}
	}
	return strings.Join(lines, "\n")
}

// MaxBytes bounds a mapping file.
const MaxBytes = 4 << 20

// maxNesting bounds the brackets open at once and the characters that indent a line: the YAML parser descends into both.
const maxNesting = 1000

// Parse reads a mapping file. The error is an *Invalid.
func Parse(name string, data []byte) (*Mapping, error) {
	r := &reader{file: name}
	root, err := r.parse(data)
	if err != nil {
		return nil, err
	}
	m := &Mapping{place: tabular.Place{File: name, Line: 1, Column: 1}, File: File{header: -1}}
	m.read(node{reader: r, yaml: root})
	if len(r.problems) > 0 {
		return nil, &Invalid{r.problems}
	}
	return m, nil
}

// parse reads the YAML, and refuses what no mapping needs.
func (r *reader) parse(data []byte) (ast.Node, error) {
	fail := func(line, column int, message string) error {
		return &Invalid{[]tabular.Malformed{{
			Place: tabular.Place{File: r.file, Line: line, Column: column}, Code: CodeMapping, Message: message,
		}}}
	}
	if len(data) > MaxBytes {
		return nil, fail(1, 1, fmt.Sprintf("the mapping file has %d bytes, and may have %d", len(data), MaxBytes))
	}
	if line := tooNested(data); line > 0 {
		return nil, fail(line, 1, "this is nested too deep")
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) && syntax.Token != nil && syntax.Token.Position != nil {
			return nil, fail(syntax.Token.Position.Line, syntax.Token.Position.Column, "this is no YAML: "+syntax.Message)
		}
		return nil, fail(1, 1, "this is no YAML: "+firstLine(err.Error()))
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, fail(1, 1, "a mapping file is one YAML document with the keys region, period and values")
	}
	var found errorVisitor
	ast.Walk(&found, file.Docs[0].Body)
	if found.node != nil {
		place := node{reader: r, yaml: found.node}.place()
		return nil, fail(place.Line, place.Column, "anchors, aliases, tags and merge keys are not read: write the text itself")
	}
	return file.Docs[0].Body, nil
}

// errorVisitor finds the first node that stands for another.
type errorVisitor struct{ node ast.Node }

// Visit looks at one node and those below it.
func (v *errorVisitor) Visit(n ast.Node) ast.Visitor {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode, *ast.DirectiveNode:
		if v.node == nil {
			v.node = n
		}
	}
	return v
}

// tooNested returns the line on which too many brackets are open or the indentation is too wide; 0 if there is none.
func tooNested(data []byte) int {
	line, indented, indenting, open := 1, 0, true, 0
	for _, c := range data {
		switch c {
		case '\n':
			line, indented, indenting = line+1, 0, true
			continue
		case '[', '{':
			open++
		case ']', '}':
			open = max(0, open-1)
		}
		if indenting = indenting && bytes.IndexByte([]byte(" \t-?:\r"), c) >= 0; indenting {
			indented++
		}
		if open > maxNesting || indented > maxNesting {
			return line
		}
	}
	return 0
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
