package indicator

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrorCode classifies an error for clients: it is the extensions.code of GraphQL errors.
type ErrorCode string

// The error codes of the contract.
const (
	InvalidInput     ErrorCode = "INVALID_INPUT"
	UnknownRegion    ErrorCode = "UNKNOWN_REGION"
	UnknownIndicator ErrorCode = "UNKNOWN_INDICATOR"
	UnknownDimension ErrorCode = "UNKNOWN_DIMENSION"
	UnknownSource    ErrorCode = "UNKNOWN_SOURCE"
	NotAdditive      ErrorCode = "NOT_ADDITIVE"
	NotAggregatable  ErrorCode = "NOT_AGGREGATABLE"
	TooLarge         ErrorCode = "TOO_LARGE"
	Unauthenticated  ErrorCode = "UNAUTHENTICATED"
	Forbidden        ErrorCode = "FORBIDDEN"
	Timeout          ErrorCode = "TIMEOUT"
	Overloaded       ErrorCode = "OVERLOADED"
	Unavailable      ErrorCode = "UNAVAILABLE"
	Internal         ErrorCode = "INTERNAL"
	// PersistedQueryNotFound asks a client that sent the hash of a document to send the document: the code is theirs.
	PersistedQueryNotFound ErrorCode = "PERSISTED_QUERY_NOT_FOUND"
)

// Error is the one typed error of countyql. Message says what is wrong with which input, Hint what to do about it.
type Error struct {
	Code    ErrorCode
	Message string
	Hint    string
	// Path is the argument path of the offending input, outermost first: input, regions, codes, 0.
	Path []string
	// Suggestions are known codes close to an unknown one, best first.
	Suggestions []string
	// Reason names, for NOT_ADDITIVE and NOT_AGGREGATABLE, the rollup rule that forbids the operation.
	Reason string
	// LimitName, Limit and Estimate belong to TOO_LARGE: which limit, its value, and what the request would take.
	LimitName string
	Limit     int64
	Estimate  int64
	// RetryAfter belongs to OVERLOADED: when to come again, in whole seconds; 0 where that is not known.
	RetryAfter time.Duration
}

// Error returns the message, the suggestions and the hint as one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	if len(e.Suggestions) > 0 {
		fmt.Fprintf(&b, "; did you mean %s?", strings.Join(e.Suggestions, ", "))
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, " (%s)", e.Hint)
	}
	return b.String()
}

// Is reports whether target is an *Error of the same code, so that errors.Is(err, &Error{Code: TooLarge}) classifies.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.Message == ""
}

// At returns a copy of the error whose argument path is prefixed by the given elements.
func (e *Error) At(path ...string) *Error {
	located := *e
	located.Path = append(append([]string{}, path...), e.Path...)
	return &located
}

// Errorf returns an error of the given code with a formatted message.
func Errorf(code ErrorCode, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// CodeOf is the code of a typed error; false if it is none.
func CodeOf(err error) (ErrorCode, bool) {
	var typed *Error
	if errors.As(err, &typed) {
		return typed.Code, true
	}
	return "", false
}
