package document

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"

	"github.com/countyql/countyql/indicator"
)

// undefined is the error of a variable, or of what is in one, that has to be given and is not, or is null.
func (c *Checker) undefined(kind *ast.Type, path ...string) error {
	err := indicator.Errorf(indicator.InvalidInput, "%s must be defined", strings.Join(path, "."))
	err.Hint = "give it as JSON, such as " + c.example(kind)
	return err.At(path...)
}

// unknownField is the error of a field that an object does not have.
func (c *Checker) unknownField(definition *ast.Definition, name string) *indicator.Error {
	err := indicator.Errorf(indicator.InvalidInput, "%s has no field %q", definition.Name, name)
	if !c.silent && len(name) <= longestName {
		var known []string
		for _, f := range definition.Fields {
			known = append(known, f.Name)
		}
		err.Suggestions = core.SuggestionList(name, known)
	}
	return err
}

// unknownValue is the error of a value that an enumeration does not have.
func (c *Checker) unknownValue(definition *ast.Definition, value string) *indicator.Error {
	err := indicator.Errorf(indicator.InvalidInput, "%s has no value %q", definition.Name, value)
	if !c.silent {
		var known []string
		for _, v := range definition.EnumValues {
			known = append(known, v.Name)
		}
		err.Hint = "the values are " + strings.Join(known, ", ")
	}
	return err
}

// example is a value of a type as JSON, with what has to be there and nothing more.
func (c *Checker) example(kind *ast.Type) string {
	if kind.Elem != nil {
		return "[" + c.example(kind.Elem) + "]"
	}
	definition := c.schema.Types[kind.NamedType]
	switch {
	case definition.Kind == ast.InputObject:
		var fields []string
		for _, f := range definition.Fields {
			if f.Type.NonNull && f.DefaultValue == nil {
				fields = append(fields, strconv.Quote(f.Name)+":"+c.example(f.Type))
			}
		}
		return "{" + strings.Join(fields, ",") + "}"
	case definition.Kind == ast.Enum:
		return strconv.Quote(definition.EnumValues[0].Name)
	}
	switch definition.Name {
	case "Int", "Float":
		return "1"
	case "Boolean":
		return "true"
	case "Date":
		return `"2020-02-18"`
	case "Period":
		return `"2020"`
	case "Duration":
		return `"P30D"`
	}
	return `"code"`
}
