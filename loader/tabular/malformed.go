package tabular

import (
	"errors"
	"fmt"
)

// The codes of Malformed.
const (
	CodeSyntax   = "SYNTAX"   // the file is not well-formed
	CodeEncoding = "ENCODING" // the text is not in the encoding
	CodeColumn   = "COLUMN"   // a column is repeated, unknown or cannot be a column
	CodeLimit    = "LIMIT"    // the file demands more than is allowed
)

// broken is a fatal Malformed whose line is filled in by whoever knows it.
func broken(file, code, hint, format string, args ...any) *Malformed {
	return &Malformed{Place: Place{File: file}, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint, Fatal: true}
}

// over is a fatal Malformed of something over a limit.
func over(file, what, limit string, value int64) *Malformed {
	return broken(file, CodeLimit, "", "%s exceeds the limit %s of %d", what, limit, value)
}

// at gives a Malformed that does not know its place yet the place where reading had come to; other errors stay as they are.
func at(err error, line, column int) error {
	var m *Malformed
	if errors.As(err, &m) && m.Place.Line == 0 {
		placed := *m
		placed.Place.Line, placed.Place.Column = line, column
		return &placed
	}
	return err
}
