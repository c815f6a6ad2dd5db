package document

import (
	"errors"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/countyql/countyql/graph/scalar"
	"github.com/countyql/countyql/indicator"
)

// literals is the rule that what a document itself gives for scalars can be read: the specification's rules know the built-in ones
// only, and not that an Int has 32 bits.
var literals = validator.Rule{Name: "ReadableLiterals", RuleFunc: func(observers *validator.Events, addError validator.AddErrFunc) {
	observers.OnValue(func(_ *validator.Walker, value *ast.Value) {
		if err := checkLiteral(value); err != nil {
			addError(func(located *gqlerror.Error) {
				located.Err, located.Message = err, err.Error()
				located.Locations = []gqlerror.Location{{Line: value.Position.Line, Column: value.Position.Column}}
			})
		}
	})
}}

func checkLiteral(value *ast.Value) error {
	definition := value.Definition
	switch {
	case definition == nil || value.ExpectedType == nil || definition.Kind != ast.Scalar:
		return nil
	case value.Kind == ast.Variable || value.Kind == ast.NullValue:
		return nil // both are looked at elsewhere
	case value.Kind == ast.ListValue && value.ExpectedType.Elem != nil:
		return nil // so are its items
	case value.Kind == ast.IntValue && definition.Name == "Int":
		if _, err := strconv.ParseInt(value.Raw, 10, 32); err != nil {
			return indicator.Errorf(indicator.InvalidInput, "the value is not %s, which Int wants", wholeNumber)
		}
		return nil
	case definition.BuiltIn:
		return nil
	}
	read, err := value.Value(nil)
	if err == nil {
		err = scalar.Check(definition.Name, read)
	}
	var typed *indicator.Error
	if err != nil && !errors.As(err, &typed) {
		return indicator.Errorf(indicator.InvalidInput, "this is no %s", definition.Name)
	}
	return err
}
