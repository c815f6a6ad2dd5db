package schema_test

import (
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/countyql/countyql/schema"
)

// Every type, field, argument, input field and enumeration value is described: the schema is the service's manual.
func TestSDL_EverythingIsDescribed(t *testing.T) {
	t.Parallel()
	parsed, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: schema.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	described := func(what, description string) {
		if description == "" {
			t.Errorf("%s has no description", what)
		}
	}
	for name, definition := range parsed.Types {
		if definition.BuiltIn {
			continue
		}
		described(name, definition.Description)
		for _, field := range definition.Fields {
			if len(field.Name) > 1 && field.Name[:2] == "__" {
				continue
			}
			described(name+"."+field.Name, field.Description)
			for _, argument := range field.Arguments {
				described(name+"."+field.Name+"("+argument.Name+":)", argument.Description)
			}
		}
		for _, value := range definition.EnumValues {
			described(name+"."+value.Name, value.Description)
		}
	}
}
