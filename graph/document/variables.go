package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/countyql/countyql/graph/scalar"
	"github.com/countyql/countyql/indicator"
)

// CheckVariables refuses variables with more items in lists than are allowed, and values of another kind than the specification
// wants for the built-in scalars and for enumerations: a number is not a text, nor a text a number. So are texts that are no date,
// period or duration, values that an enumeration does not have, fields that an object does not have, and what has to be there and
// is not: what cannot be read is a mistake of the request, before any field is asked. Values are those of a decoder that keeps
// numbers as they are written (json.Number).
func (c *Checker) CheckVariables(operation *ast.OperationDefinition, variables map[string]any) error {
	if err := c.checkItems(variables); err != nil {
		return err
	}
	for _, v := range operation.VariableDefinitions {
		value, given := variables[v.Variable]
		if !given {
			if v.Type.NonNull && v.DefaultValue == nil {
				return c.undefined(v.Type, v.Variable)
			}
			continue
		}
		if err := c.checkKind(v.Type, value, []string{v.Variable}); err != nil {
			return err
		}
	}
	return nil
}

func (c *Checker) checkItems(variables map[string]any) error {
	var items int64
	var count func(value any)
	count = func(value any) {
		switch value := value.(type) {
		case []any:
			items += int64(len(value))
			for _, item := range value {
				count(item)
			}
		case map[string]any:
			for _, field := range value {
				count(field)
			}
		}
	}
	count(variables)
	if items <= int64(c.limits.ListItems) {
		return nil
	}
	refusal := tooLarge("listItems", c.limits.ListItems, items, "items in lists", "select by region or dimension instead of listing codes")
	refusal.Message = fmt.Sprintf("the variables have %d items in lists, and %d are allowed", items, c.limits.ListItems)
	return refusal
}

// checkKind looks at the scalars and the names in a value. That lists and objects are where they have to be is left to the coercion.
func (c *Checker) checkKind(kind *ast.Type, value any, path []string) error {
	switch {
	case value == nil && kind.NonNull:
		return c.undefined(kind, path...)
	case value == nil:
		return nil
	}
	if kind.Elem != nil {
		items, ok := value.([]any)
		if !ok { // one item stands for a list
			return c.checkKind(kind.Elem, value, path)
		}
		for i, item := range items {
			if err := c.checkKind(kind.Elem, item, append(slices.Clip(path), strconv.Itoa(i))); err != nil {
				return err
			}
		}
		return nil
	}
	definition := c.schema.Types[kind.NamedType]
	if definition.Kind == ast.InputObject {
		if fields, ok := value.(map[string]any); ok { // what is none is refused later
			return c.checkFields(definition, fields, path)
		}
		return nil
	}
	if wanted := wantedKind(definition, value); wanted != "" {
		return indicator.Errorf(indicator.InvalidInput, "the value is not %s, which %s wants", wanted, kind.NamedType).At(path...)
	}
	if text, ok := value.(string); ok && definition.Kind == ast.Enum && definition.EnumValues.ForName(text) == nil {
		return c.unknownValue(definition, text).At(path...)
	}
	var unreadable *indicator.Error
	if errors.As(scalar.Check(definition.Name, value), &unreadable) {
		return unreadable.At(path...)
	}
	return nil
}

// checkFields looks at the fields of an object.
func (c *Checker) checkFields(definition *ast.Definition, fields map[string]any, path []string) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if definition.Fields.ForName(name) == nil {
			return c.unknownField(definition, name).At(append(slices.Clip(path), name)...)
		}
	}
	for _, f := range definition.Fields {
		value, given := fields[f.Name]
		if !given && (!f.Type.NonNull || f.DefaultValue != nil) {
			continue
		}
		if err := c.checkKind(f.Type, value, append(slices.Clip(path), f.Name)); err != nil {
			return err
		}
	}
	return nil
}

// wantedKind says what a scalar's or enumeration's values are where the value is something else.
func wantedKind(definition *ast.Definition, value any) string {
	_, text := value.(string)
	number, numeric := value.(json.Number)
	switch {
	case definition.Kind == ast.Enum && !text:
		return "a text"
	case definition.Name == "String" && !text:
		return "a text"
	case definition.Name == "ID" && !text && !(numeric && whole(number)):
		return "a text or a whole number"
	case definition.Name == "Int" && !(numeric && whole(number) && narrow(number)):
		return wholeNumber
	case definition.Name == "Float" && !numeric:
		return "a number"
	}
	return ""
}

// wholeNumber is what an Int is.
const wholeNumber = "a whole number of at most 32 bits"

// narrow reports whether a whole number has at most 32 bits.
func narrow(number json.Number) bool {
	_, err := strconv.ParseInt(number.String(), 10, 32)
	return err == nil
}

// whole reports whether a number is written without a fraction or an exponent.
func whole(number json.Number) bool { return !strings.ContainsAny(number.String(), ".eE") }
