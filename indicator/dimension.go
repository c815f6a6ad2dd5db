package indicator

import (
	"sort"
	"strings"
)

// Dimension is a breakdown of figures, such as households or sector.
type Dimension struct {
	Code        string
	NameZh      string
	NameEn      string
	Description string
	Values      []DimensionValue
}

// DimensionValue is one member of a dimension.
type DimensionValue struct {
	Value  string
	NameZh string
	NameEn string
}

// Coordinate fixes one dimension at one value.
type Coordinate struct {
	Dimension string
	Value     string
}

// Slice is a set of coordinates ordered by dimension, at most one per dimension. The empty slice is the total.
type Slice []Coordinate

// ParseSlice reads "dimension=value;dimension=value". The empty text is the total.
func ParseSlice(text string) (Slice, error) {
	if text == "" {
		return Slice{}, nil
	}
	parts := strings.Split(text, ";")
	coordinates := make([]Coordinate, 0, len(parts))
	for _, part := range parts {
		dimension, value, ok := strings.Cut(part, "=")
		if !ok || dimension == "" || value == "" {
			return nil, &Error{
				Code:    InvalidInput,
				Message: "slice " + quote(text) + " is not a list of dimension=value pairs",
				Hint:    "write pairs joined by a semicolon, as in households=lt_100;sector=primary",
			}
		}
		coordinates = append(coordinates, Coordinate{Dimension: dimension, Value: value})
	}
	return NewSlice(coordinates...)
}

// NewSlice orders the coordinates and refuses two values of one dimension.
func NewSlice(coordinates ...Coordinate) (Slice, error) {
	s := append(Slice{}, coordinates...)
	sort.Slice(s, func(i, j int) bool { return s[i].Dimension < s[j].Dimension })
	for i := 1; i < len(s); i++ {
		if s[i].Dimension == s[i-1].Dimension {
			return nil, &Error{
				Code:    InvalidInput,
				Message: "slice names dimension " + quote(s[i].Dimension) + " twice",
				Hint:    "give one value per dimension",
			}
		}
	}
	return s, nil
}

// String writes the slice as ParseSlice reads it.
func (s Slice) String() string {
	parts := make([]string, len(s))
	for i, c := range s {
		parts[i] = c.Dimension + "=" + c.Value
	}
	return strings.Join(parts, ";")
}

// Value returns the slice's value of a dimension, and whether it fixes that dimension.
func (s Slice) Value(dimension string) (string, bool) {
	for _, c := range s {
		if c.Dimension == dimension {
			return c.Value, true
		}
	}
	return "", false
}

// Without returns the slice with the dimension left free.
func (s Slice) Without(dimension string) Slice {
	rest := make(Slice, 0, len(s))
	for _, c := range s {
		if c.Dimension != dimension {
			rest = append(rest, c)
		}
	}
	return rest
}

func quote(text string) string { return "\"" + text + "\"" }
