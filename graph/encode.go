package graph

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
)

// Answers and lists of rows are written by encoders that are compiled from their selections: the generated code makes a context for
// every field of every row, and a goroutine for most. An encoder writes the same bytes, or nothing at all: where a selection has a field
// that it does not know, or a row has an error, the generated code writes the value as it would without it, and encoders what they
// can of its parts.

// encoding is an answer's part being written.
type encoding struct {
	buf     []byte
	values  int64            // as the meter counts them
	ended   func() (so bool) // whether the operation has ended or goes beyond its limits by what is written
	scratch *scratch.Scratch // that the text lies in; nil for the heap
}

func newEncoding(ctx context.Context, m *meter) *encoding {
	e := &encoding{scratch: m.scratch}
	e.ended = func() bool { return ctx.Err() != nil || m.beyond(e.values, int64(len(e.buf))) }
	return e
}

// texts are what answers are written in.
var texts = scratch.Of[byte]()

const (
	// roomOfRow and roomOfItem are what most rows, or items of a list, take at most. Longer ones are written all the same.
	roomOfRow, roomOfItem = 512, 32
)

// room makes room for so many bytes more.
func (e *encoding) room(n int) { e.buf = texts.Grow(e.scratch, e.buf, n) }

// Write appends a text.
func (e *encoding) Write(text []byte) (int, error) {
	e.room(len(text))
	e.buf = append(e.buf, text...)
	return len(text), nil
}

// WriteString appends a text.
func (e *encoding) WriteString(text string) (int, error) {
	e.room(len(text))
	e.buf = append(e.buf, text...)
	return len(text), nil
}

// fieldWriter writes a field of an object; false if it cannot be written here.
type fieldWriter[T any] func(e *encoding, from T) bool

// encodable says how the fields of an object type are written.
type encodable[T any] struct {
	name       string
	interfaces []string
	// fields returns how a field is written under its arguments; nil for one that the generated code writes.
	fields map[string]func(c *compiler, field *graphql.CollectedField) fieldWriter[T]
}

// compiler makes encoders for the selections of an operation.
type compiler struct{ operation *graphql.OperationContext }

// encoder writes objects.
type encoder[T any] []struct {
	key   []byte // ,"alias":
	write fieldWriter[T]
}

// compile makes the encoder of a selection; false if it has fields that are not written here.
func compile[T any](c *compiler, t *encodable[T], selection ast.SelectionSet) (encoder[T], bool) {
	collected := graphql.CollectFields(c.operation, selection, append([]string{t.name}, t.interfaces...))
	made := make(encoder[T], len(collected))
	for i := range collected {
		field := &collected[i]
		if slices.ContainsFunc(collected[:i], func(other graphql.CollectedField) bool { return other.Alias == field.Alias }) {
			return nil, false // of a fragment on an interface; the generated code knows which one counts
		}
		made[i].key = append(appendText([]byte{','}, field.Alias), ':')
		switch make := t.fields[field.Name]; {
		case field.Name == "__typename":
			name := t.name
			made[i].write = func(e *encoding, _ T) bool {
				e.buf = appendText(e.buf, name)
				e.values-- // it is not counted
				return true
			}
		case make != nil:
			made[i].write = make(c, field)
		}
		if made[i].write == nil {
			return nil, false
		}
	}
	return made, true
}

func (o encoder[T]) write(e *encoding, from T) bool {
	e.room(roomOfRow)
	start := len(e.buf)
	for i := range o {
		e.buf = append(e.buf, o[i].key...)
		if !o[i].write(e, from) {
			return false
		}
	}
	e.values += int64(len(o))
	if len(o) == 0 {
		e.buf = append(e.buf, '{')
	}
	e.buf[start] = '{' // in the place of the first comma
	e.buf = append(e.buf, '}')
	return true
}

// writtenPart is a part of an answer that has been written.
type writtenPart []byte

// MarshalGQL writes it.
func (e *writtenPart) MarshalGQL(w io.Writer) { _, _ = w.Write(*e) } // the response buffer does not fail

// encodedSteps is how many rows are written before it is looked whether the operation has ended or gone beyond its limits.
const encodedSteps = 256

// encodeList writes the list that the field being resolved has; false if the generated code is to.
func encodeList[T any](ctx context.Context, m *meter, t *encodable[T], list []T) (*writtenPart, bool) {
	return encodeWhole(ctx, m, t, func(e *encoding, rows encoder[T]) bool { return rows.writeAll(e, list) })
}

// encodeObject writes the object that the field being resolved has.
func encodeObject[T any](ctx context.Context, m *meter, t *encodable[T], object T) (*writtenPart, bool) {
	return encodeWhole(ctx, m, t, func(e *encoding, made encoder[T]) bool { return made.write(e, object) })
}

func encodeWhole[T any](ctx context.Context, m *meter, t *encodable[T], write func(*encoding, encoder[T]) bool) (*writtenPart, bool) {
	made, known := encoderOf(ctx, m.encoders, t)
	if !known {
		return nil, false
	}
	e := newEncoding(ctx, m)
	if e.ended() || !write(e, made) {
		return nil, false // why it has ended, the generated code says at its first field
	}
	m.add(e.values, int64(len(e.buf)))
	return (*writtenPart)(&e.buf), true
}

// writeAll writes a list. Its first row tells how much room the others take.
func (o encoder[T]) writeAll(e *encoding, list []T) bool {
	e.buf = append(e.buf, '[')
	start := len(e.buf)
	for i, row := range list {
		if i%encodedSteps == encodedSteps-1 && e.ended() {
			return false
		}
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		if !o.write(e, row) {
			return false
		}
		if i == 0 {
			size := len(e.buf) - start
			e.room((len(list) - 1) * (size + size/4))
		}
	}
	e.buf = append(e.buf, ']')
	return true
}

// appendText writes a text as JSON, as the generated code does.
func appendText(to []byte, text string) []byte {
	const hex = "0123456789ABCDEF"
	to = append(to, '"')
	start := 0
	for i := range len(text) {
		c := text[i]
		if c >= 0x20 && c != '\\' && c != '"' {
			continue
		}
		to = append(to, text[start:i]...)
		start = i + 1
		switch c {
		case '\t':
			to = append(to, `\t`...)
		case '\r':
			to = append(to, `\r`...)
		case '\n':
			to = append(to, `\n`...)
		case '\\', '"':
			to = append(to, '\\', c)
		default:
			to = append(to, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
	}
	return append(append(to, text[start:]...), '"')
}

func appendNull(to []byte) []byte { return append(to, "null"...) }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// The functions that follow make the writers of fields by their types.

type fieldMaker[T any] = func(*compiler, *graphql.CollectedField) fieldWriter[T]

// plainly is a field without arguments whose value is written by a function.
func plainly[T any](to fieldWriter[T]) fieldMaker[T] {
	return func(*compiler, *graphql.CollectedField) fieldWriter[T] { return to }
}

func ofText[T any](get func(T) string) fieldMaker[T] {
	return plainly(func(e *encoding, from T) bool {
		e.buf = appendText(e.buf, get(from))
		return true
	})
}

// ofWritten is a text that a function appends, in which nothing is to be escaped.
func ofWritten[T any](to func(to []byte, from T) []byte) fieldMaker[T] {
	return plainly(func(e *encoding, from T) bool {
		e.buf = append(to(append(e.buf, '"'), from), '"')
		return true
	})
}

// ofOptional is a text that is null where it is empty.
func ofOptional[T any](get func(T) string) fieldMaker[T] {
	return plainly(func(e *encoding, from T) bool {
		if text := get(from); text != "" {
			e.buf = appendText(e.buf, text)
		} else {
			e.buf = appendNull(e.buf)
		}
		return true
	})
}

// ofTextPointer is a text that is null where there is none.
func ofTextPointer[T any](get func(T) *string) fieldMaker[T] {
	return plainly(func(e *encoding, from T) bool {
		if text := get(from); text != nil {
			e.buf = appendText(e.buf, *text)
		} else {
			e.buf = appendNull(e.buf)
		}
		return true
	})
}

// ofName is an enumeration, null for the value given.
func ofName[T any, V interface {
	comparable
	fmt.Stringer
}](none *V, get func(T) V) fieldMaker[T] {
	return plainly(func(e *encoding, from T) bool {
		if value := get(from); none != nil && value == *none {
			e.buf = appendNull(e.buf)
		} else {
			e.buf = appendText(e.buf, value.String())
		}
		return true
	})
}

// ofFloat is a number that is not null.
func ofFloat[T any](get func(T) float64) fieldMaker[T] {
	return plainly(func(e *encoding, from T) bool {
		x := get(from)
		if !finite(x) {
			return false // an error
		}
		e.buf = indicator.AppendShown(e.buf, x)
		return true
	})
}

func ofNumber[T any](get func(T) *float64) fieldMaker[T] {
	return ofRefusable(func(from T) (*float64, error) { return get(from), nil })
}

// ofQuantity is the value of a quantity, null where it is unknown.
func ofQuantity[T any](get func(T) indicator.Quantity) fieldMaker[T] {
	return plainly(func(e *encoding, from T) bool {
		if x := get(from).Value; finite(x) {
			e.buf = indicator.AppendShown(e.buf, x)
		} else {
			e.buf = appendNull(e.buf)
		}
		return true
	})
}

// ofRefusable is a number that may be null or refused.
func ofRefusable[T any](get func(T) (*float64, error)) fieldMaker[T] {
	return plainly(func(e *encoding, from T) bool {
		x, err := get(from)
		switch {
		case err != nil:
			return false
		case x == nil || !finite(*x):
			e.buf = appendNull(e.buf)
		default:
			e.buf = indicator.AppendShown(e.buf, *x)
		}
		return true
	})
}

func ofInt[T any](get func(T) int) fieldMaker[T] {
	return plainly(func(e *encoding, from T) bool {
		e.buf = strconv.AppendInt(e.buf, int64(get(from)), 10)
		return true
	})
}

func ofBool[T any](get func(T) bool) fieldMaker[T] {
	return plainly(func(e *encoding, from T) bool {
		e.buf = strconv.AppendBool(e.buf, get(from))
		return true
	})
}

// ofDay is a day, null where it is unknown.
func ofDay[T any](get func(T) indicator.Day) fieldMaker[T] {
	return plainly(func(e *encoding, from T) bool {
		if day := get(from); day != indicator.NoDay {
			e.buf = append(day.Append(append(e.buf, '"')), '"')
		} else {
			e.buf = appendNull(e.buf)
		}
		return true
	})
}

// ofObject is an object; null, where that is allowed, if there is none.
func ofObject[T, O any](t *encodable[O], nullable bool, get func(T) (object O, exists bool)) fieldMaker[T] {
	return func(c *compiler, field *graphql.CollectedField) fieldWriter[T] {
		object, known := compile(c, t, field.Selections)
		if !known {
			return nil
		}
		return func(e *encoding, from T) bool {
			o, exists := get(from)
			if !exists {
				e.buf = appendNull(e.buf)
				return nullable
			}
			return object.write(e, o)
		}
	}
}

// ofList is a list of values, each written by a function.
func ofList[T, V any](get func(T) []V, item func([]byte, V) ([]byte, bool)) fieldMaker[T] {
	return plainly(func(e *encoding, from T) bool {
		list := get(from)
		e.values += int64(len(list))
		e.buf = append(e.buf, '[')
		for i, value := range list {
			e.room(roomOfItem)
			if i > 0 {
				e.buf = append(e.buf, ',')
			}
			var ok bool
			if e.buf, ok = item(e.buf, value); !ok {
				return false
			}
		}
		e.buf = append(e.buf, ']')
		return true
	})
}

// ofObjects is a list of objects.
func ofObjects[T, O any](t *encodable[O], get func(T) []O) fieldMaker[T] {
	return func(c *compiler, field *graphql.CollectedField) fieldWriter[T] {
		object, known := compile(c, t, field.Selections)
		if !known {
			return nil
		}
		return func(e *encoding, from T) bool {
			list := get(from)
			e.values += int64(len(list))
			return object.writeAll(e, list)
		}
	}
}
