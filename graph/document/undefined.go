package document

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/countyql/countyql/indicator"
)

// undefined is the error of a variable that has to be given and is not.
func (c *Checker) undefined(v *ast.VariableDefinition) error {
	err := indicator.Errorf(indicator.InvalidInput, "%s must be defined", v.Variable)
	err.Hint = "give it as JSON, such as " + c.example(v.Type)
	return err.At(v.Variable)
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
