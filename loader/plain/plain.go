package plain

import (
	"bytes"
	"errors"
	"io"
)

// ErrUnusual says that a text is not plain CSV. It may be CSV all the same.
var ErrUnusual = errors.New("not plain CSV")

// Blocks reads a text block by block.
type Blocks struct {
	source io.Reader
	rest   []byte // what was read behind the last block's end
	ended  bool
}

// NewBlocks begins to read a text.
func NewBlocks(source io.Reader) *Blocks { return &Blocks{source: source} }

// Next fills a buffer with the next lines and returns them. Only the last line of the text may lack its end. A line that
// does not fit into the buffer is ErrUnusual; behind the last line is io.EOF.
func (b *Blocks) Next(buffer []byte) ([]byte, error) {
	n := copy(buffer, b.rest)
	if n < len(b.rest) {
		return nil, ErrUnusual
	}
	b.rest = b.rest[:0]
	for n < len(buffer) && !b.ended {
		read, err := b.source.Read(buffer[n:])
		n += read
		if errors.Is(err, io.EOF) {
			b.ended = true
		} else if err != nil {
			return nil, err
		}
	}
	if b.ended {
		if n == 0 {
			return nil, io.EOF
		}
		return buffer[:n], nil
	}
	end := bytes.LastIndexByte(buffer[:n], '\n') + 1
	if end == 0 {
		return nil, ErrUnusual
	}
	b.rest = append(b.rest, buffer[end:n]...)
	return buffer[:end], nil
}

// Rows reads the rows of one block.
type Rows struct {
	text  []byte
	cells [][]byte
}

// NewRows begins to read a block of rows that have so many cells.
func NewRows(columns int) *Rows { return &Rows{cells: make([][]byte, columns)} }

// Reset begins to read a block. Quoted cells are rewritten in place.
func (r *Rows) Reset(block []byte) { r.text = block }

// Next returns the cells of the next row, which are valid until the next call, and io.EOF behind the last one. Empty lines
// are no rows. A row of another number of cells is ErrUnusual.
func (r *Rows) Next() ([][]byte, error) {
	text := r.text
	for len(text) > 0 && (text[0] == '\n' || text[0] == '\r' && len(text) > 1 && text[1] == '\n') {
		text = text[bytes.IndexByte(text, '\n')+1:]
	}
	if len(text) == 0 {
		r.text = nil
		return nil, io.EOF
	}
	last := len(r.cells) - 1
	column, start := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case ',':
			if column >= last {
				return nil, ErrUnusual
			}
			r.cells[column] = text[start:i:i]
			column++
			start = i + 1
		case '\n':
			end := i
			if end > start && text[end-1] == '\r' {
				end--
			}
			r.text = text[i+1:]
			return r.end(column, text[start:end:end])
		case '"':
			if i != start {
				return nil, ErrUnusual
			}
			cell, length := unquote(text[i:])
			if length == 0 {
				return nil, ErrUnusual
			}
			i += length
			rest := text[i:]
			if len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n' {
				rest = rest[1:]
				i++
			}
			switch {
			case len(rest) == 0 || rest[0] == '\n':
				r.text = rest[min(1, len(rest)):]
				return r.end(column, cell)
			case rest[0] != ',' || column >= last:
				return nil, ErrUnusual
			}
			r.cells[column] = cell
			column++
			start = i + 1
		}
	}
	// The last line has no end. A carriage return there may be meant as one.
	r.text = nil
	if text[len(text)-1] == '\r' {
		return nil, ErrUnusual
	}
	return r.end(column, text[start:])
}

func (r *Rows) end(column int, cell []byte) ([][]byte, error) {
	if column != len(r.cells)-1 {
		return nil, ErrUnusual
	}
	r.cells[column] = cell
	return r.cells, nil
}

// unquote reads a cell that begins with a quote, and the length of what it read; 0 if the cell does not end in its line.
func unquote(text []byte) (cell []byte, length int) {
	from, to := 1, 0
	for {
		n := bytes.IndexByte(text[from:], '"')
		if n < 0 {
			return nil, 0
		}
		to += copy(text[to:], text[from:from+n])
		from += n + 1
		if from >= len(text) || text[from] != '"' {
			break
		}
		text[to] = '"'
		to++
		from++
	}
	if bytes.IndexByte(text[:to], '\n') >= 0 {
		return nil, 0
	}
	return text[:to:to], from
}
