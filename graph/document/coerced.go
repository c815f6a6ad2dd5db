package document

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/countyql/countyql/graph/scalar"
)

// Coerced returns the variables of an operation as its fields get them, where every value is plainly what its type wants: most are.
// It is false where something is wrong or has to be made something else, such as a default or a list of one; what then is
// said by CheckVariables and validator.VariableValues, which agree with it on all others. Values are those of a decoder that keeps
// numbers as they are written (json.Number).
func (c *Checker) Coerced(operation *ast.OperationDefinition, variables map[string]any) (map[string]any, bool) {
	coerced := make(map[string]any, len(variables))
	items, given := c.limits.ListItems, 0
	for _, v := range operation.VariableDefinitions {
		value, known := variables[v.Variable]
		if !known {
			if v.DefaultValue != nil || v.Type.NonNull {
				return nil, false
			}
			continue
		}
		given++
		if number, numeric := value.(json.Number); numeric {
			n, err := strconv.ParseInt(number.String(), 10, 32)
			if err != nil || v.Type.NamedType != "Int" {
				return nil, false
			}
			coerced[v.Variable] = n // only here, not within lists and objects
			continue
		}
		if !c.fits(v.Type, value, &items) {
			return nil, false
		}
		coerced[v.Variable] = value
	}
	return coerced, given == len(variables)
}

// fits reports whether a value is of a type as it stands, with not more items in its lists than are left.
func (c *Checker) fits(kind *ast.Type, value any, items *int) bool {
	if value == nil {
		return !kind.NonNull
	}
	if kind.Elem != nil {
		list, ok := value.([]any)
		if *items -= len(list); !ok || *items < 0 {
			return false
		}
		for _, item := range list {
			if !c.fits(kind.Elem, item, items) {
				return false
			}
		}
		return true
	}
	switch definition := c.schema.Types[kind.NamedType]; definition.Kind {
	case ast.InputObject:
		return c.fitsObject(definition, value, items)
	case ast.Enum:
		text, ok := value.(string)
		return ok && slices.ContainsFunc(definition.EnumValues, func(v *ast.EnumValueDefinition) bool { return v.Name == text })
	case ast.Scalar:
		return fitsScalar(definition.Name, value)
	}
	return false
}

func (c *Checker) fitsObject(definition *ast.Definition, value any, items *int) bool {
	fields, ok := value.(map[string]any)
	if !ok {
		return false
	}
	given := 0
	for _, f := range definition.Fields {
		field, known := fields[f.Name]
		switch {
		case known && !c.fits(f.Type, field, items), !known && f.Type.NonNull:
			return false
		case known:
			given++
		}
	}
	return given == len(fields)
}

func fitsScalar(name string, value any) bool {
	number, numeric := value.(json.Number)
	_, text := value.(string)
	_, truth := value.(bool)
	switch name {
	case "String", "ID":
		return text
	case "Boolean":
		return truth
	case "Int":
		return numeric && whole(number) && narrow(number)
	case "Float":
		if _, err := number.Float64(); !numeric || err != nil {
			return false
		}
	default:
		if !text && !numeric && !truth {
			return false
		}
	}
	return scalar.Check(name, value) == nil
}
