package graph

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"strings"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
)

// ResultLimits bound the answer of one operation.
type ResultLimits struct {
	// Values is the most fields of objects and items of lists, each counted every time. Default: 500,000.
	Values int64
	// Bytes bounds the answer's data. Default: 64 MiB.
	Bytes int64
}

func (l ResultLimits) withDefaults() ResultLimits {
	return ResultLimits{cmp.Or(l.Values, 500_000), cmp.Or(l.Bytes, 64<<20)}
}

// meter measures an answer while it is put together, and ends its operation when it grows too large: an answer takes many times
// its size in memory before it is written.
type meter struct {
	limits        ResultLimits
	values, bytes atomic.Int64
	end           context.CancelFunc
	encoders      *encoders        // nil: none are kept
	scratch       *scratch.Scratch // of the operation; nil for none
}

// errEnded stands for the error that ended an operation, in the fields that come after it. It is not shown.
var errEnded = errors.New("the operation has ended")

// resolve resolves a field and measures it, unless the operation has ended.
func (m *meter) resolve(ctx context.Context, next graphql.Resolver) (any, error) {
	if ctx.Err() != nil {
		return nil, errEnded
	}
	value, err := next(ctx)
	values := m.values.Add(1 + items(value))
	bytes := m.bytes.Add(int64(len(graphql.GetFieldContext(ctx).Field.Alias)) + written(value))
	if values > m.limits.Values || bytes > m.limits.Bytes {
		m.end()
		return nil, errEnded
	}
	return value, err
}

// add counts what was written elsewhere than by fields that are resolved.
func (m *meter) add(values, bytes int64) {
	m.values.Add(values)
	m.bytes.Add(bytes)
}

// beyond reports whether the answer would go beyond a limit with so much more, in which case its operation ends.
func (m *meter) beyond(values, bytes int64) bool {
	values, bytes = values+m.values.Load(), bytes+m.bytes.Load()
	if values <= m.limits.Values && bytes <= m.limits.Bytes {
		return false
	}
	m.values.Store(values)
	m.bytes.Store(bytes)
	m.end()
	return true
}

// items is the number of items of a list of objects. They are counted at once, before they are resolved, each on its own and
// all at the same time.
func items(value any) int64 {
	if list := reflect.ValueOf(value); list.Kind() == reflect.Slice {
		return int64(list.Len())
	}
	return 0
}

// written is roughly what a value takes in the answer, with its quotation marks and colon.
func written(value any) int64 {
	const around, short = 4, 6
	switch value := value.(type) {
	case string:
		return around + int64(len(value))
	case *string:
		if value != nil {
			return around + int64(len(*value))
		}
	case []string:
		n := int64(around)
		for _, text := range value {
			n += around + int64(len(text))
		}
		return n
	case []float64:
		return around + short*int64(len(value))
	case []*float64:
		return around + short*int64(len(value))
	}
	return around + short
}

// exceeded says which limit the answer goes beyond; nil if none. Size is that of the data, once they are written.
func (m *meter) exceeded(size int) *indicator.Error {
	for _, limit := range []struct {
		name, what  string
		most, found int64
	}{
		{"values", "values", m.limits.Values, m.values.Load()},
		{"bytes", "bytes", m.limits.Bytes, max(m.bytes.Load(), int64(size))},
	} {
		if limit.found > limit.most {
			err := indicator.Errorf(indicator.TooLarge, "the answer has more than %d %s", limit.most, limit.what)
			err.Hint = "ask for smaller pages, for fewer fields, or in several requests"
			err.LimitName, err.Limit, err.Estimate = limit.name, limit.most, limit.found
			return err
		}
	}
	return nil
}

// outcome is the error that an operation as a whole ended with, in the place of whatever part of it there is; nil if it did
// not. Request is the context of the request, which the operation's own outlives.
func outcome(request context.Context, r *request, response *graphql.Response) *indicator.Error {
	if err := r.meter.exceeded(len(response.Data)); err != nil {
		return err
	}
	if err := r.session.Exceeded(); err != nil {
		return err
	}
	for _, shown := range response.Errors {
		if shown.Extensions["code"] == string(indicator.Overloaded) {
			hint, _ := shown.Extensions["hint"].(string)
			err := indicator.Errorf(indicator.Overloaded, "%s", strings.TrimSuffix(shown.Message, " ("+hint+")"))
			err.Hint = hint
			return err
		}
	}
	if cause := request.Err(); cause != nil {
		return tooLong(cause)
	}
	return nil
}

// tooLong is the error of a request whose time is over, or whose client has gone.
func tooLong(cause error) *indicator.Error {
	err := indicator.Errorf(indicator.Timeout, "the request took too long")
	if errors.Is(cause, context.Canceled) {
		err = indicator.Errorf(indicator.Timeout, "the request was given up")
	}
	err.Hint = "select fewer regions, indicators or periods"
	return err
}
