package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/countyql/countyql/export"
	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/graph/model"
	"github.com/countyql/countyql/indicator"
)

// exported are the fields of Query whose answers are exported, with the conversion of their arguments.
var exported = map[string]func(ctx context.Context, ec *executionContext, arguments map[string]any, whole bool) (export.Question, error){
	"observations": exportedObservations,
	"aggregate":    exportedAggregate,
	"compare":      exportedCompare,
	"series":       exportedSeries,
}

// ExportedFields are the fields of Query whose answers are exported, by name.
func ExportedFields() []string { return slices.Sorted(maps.Keys(exported)) }

// Exports turns the arguments of a field, as variables of an operation would give them, into a question. They take the way that
// GraphQL's take: the same coercion, the same conversion, the same errors.
type Exports struct {
	schema  *executableSchema
	checker *document.Checker
	// arguments are the arguments of each exported field, as an operation that takes each from a variable of its name.
	arguments map[string]*ast.OperationDefinition
	present   graphql.ErrorPresenterFunc
	observer  Observer
}

// NewExports returns the conversion of every exported field.
func NewExports(options Options) *Exports {
	options = options.withDefaults()
	schema := &executableSchema{SchemaData: served()}
	x := &Exports{
		schema: schema, checker: document.NewChecker(schema.SchemaData, options.Documents), arguments: make(map[string]*ast.OperationDefinition),
		present: presenter(options.Logger, options.RequestID), observer: options.Observer,
	}
	for name := range exported {
		field := schema.Schema().Query.Fields.ForName(name)
		operation := &ast.OperationDefinition{Operation: ast.Query}
		for _, argument := range field.Arguments {
			operation.VariableDefinitions = append(operation.VariableDefinitions, &ast.VariableDefinition{
				Variable: argument.Name, Type: argument.Type, DefaultValue: argument.DefaultValue,
				Definition: schema.Schema().Types[argument.Type.Name()],
			})
		}
		x.arguments[name] = operation
	}
	return x
}

// Argument converts the text of an argument in a URL: inputs are written in JSON, scalars as they are.
func (x *Exports) Argument(field, name, text string) (any, error) {
	definition := x.arguments[field].VariableDefinitions.ForName(name)
	if definition == nil {
		return nil, x.unknownArgument(field, name)
	}
	switch {
	case definition.Type.Name() == "Int":
		return json.Number(text), nil
	case definition.Definition.Kind != ast.InputObject:
		return text, nil
	}
	value, err := decodeValue([]byte(text))
	if err != nil {
		invalid := indicator.Errorf(indicator.InvalidInput, "%s is not JSON", name)
		invalid.Hint = "write it as the variable of a GraphQL operation, and encode it for a URL"
		return nil, invalid.At(name)
	}
	return value, nil
}

func (x *Exports) unknownArgument(field, name string) error {
	err := indicator.Errorf(indicator.InvalidInput, "%s has no argument %q", field, name)
	for _, definition := range x.arguments[field].VariableDefinitions {
		err.Suggestions = append(err.Suggestions, definition.Variable)
	}
	return err
}

// Question converts the arguments of an exported field. Without a page size it asks for everything, whatever the default of the
// schema is.
func (x *Exports) Question(ctx context.Context, field string, arguments map[string]any) (export.Question, error) {
	operation := x.arguments[field]
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		if operation.VariableDefinitions.ForName(name) == nil {
			return nil, x.unknownArgument(field, name)
		}
	}
	whole := arguments["first"] == nil
	if input, ok := arguments["input"].(map[string]any); ok {
		whole = input["first"] == nil
	}
	if err := x.checker.CheckVariables(operation, arguments); err != nil {
		return nil, notAskedError{err}
	}
	coerced, err := validator.VariableValues(x.schema.Schema(), operation, arguments)
	if err != nil {
		var uncoerced *gqlerror.Error
		if errors.As(err, &uncoerced) {
			uncoerced.Message = inJSONWords(uncoerced.Message)
		}
		return nil, err
	}
	return exported[field](ctx, newExecutionContext(nil, x.schema, nil), coerced, whole)
}

// Body reads the arguments of a field from the body of a request: a JSON object as variables are. A refused body has the HTTP
// status of the refusal.
func (x *Exports) Body(r *http.Request) (arguments map[string]any, status int, refused *indicator.Error) {
	raw, unfit := decodeObject(r, `send {"input": …} or, for observations, {"where": …}`)
	if unfit != nil {
		return nil, unfit.status, unfit.err
	}
	arguments = make(map[string]any, len(raw))
	for name, text := range raw {
		var err error
		if arguments[name], err = decodeValue(text); err != nil {
			return nil, http.StatusBadRequest, missing("the request's body is not JSON", "send one JSON object")
		}
	}
	return arguments, 0, nil
}

// decodeValue reads one JSON value as the coercion of variables wants it.
func decodeValue(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if decoder.More() {
		return nil, errors.New("more than one value")
	}
	return value, nil
}

// notAskedError is an error of arguments, found before a field is asked, which therefore has no part in it.
type notAskedError struct{ error }

// Unwrap returns the error itself.
func (e notAskedError) Unwrap() error { return e.error }

// WriteError answers with an error as GraphQL would show it, with the status it has there unless another is given.
func (x *Exports) WriteError(w http.ResponseWriter, r *http.Request, field string, status int, err error) {
	ctx := r.Context()
	if notAsked := (notAskedError{}); !errors.As(err, &notAsked) {
		ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{
			Field: graphql.CollectedField{Field: &ast.Field{Alias: field, Name: field}},
		})
	}
	response := &graphql.Response{Errors: gqlerror.List{x.present(ctx, err)}}
	observeErrors(ctx, x.observer, response.Errors)
	media := cmp.Or(answerType(r.Header.Values("Accept")), mediaJSON)
	send(w, media, cmp.Or(status, statusOf(response.Errors)), answer{Errors: boundedErrors(response)})
}

func wholeOr(first *int, whole bool, fallback int) int {
	if whole {
		return export.Whole
	}
	return or(first, fallback)
}

func exportedObservations(ctx context.Context, ec *executionContext, arguments map[string]any, whole bool) (export.Question, error) {
	arguments, err := ec.field_Query_observations_args(ctx, arguments)
	if err != nil {
		return nil, err
	}
	where, _ := arguments["where"].(model.ObservationWhere)
	asOf, _ := arguments["asOf"].(*indicator.Day)
	order, _ := arguments["orderBy"].(*model.ObservationOrder)
	first, _ := arguments["first"].(*int)
	after, _ := arguments["after"].(*string)
	question := &export.Observations{
		Where: observationWhere(&where), AsOf: or(asOf, indicator.NoDay), Order: observationOrder(order), Page: pageRequest(first, after, 100),
	}
	question.Page.First = wholeOr(first, whole, question.Page.First)
	return question, nil
}

func exportedAggregate(ctx context.Context, ec *executionContext, arguments map[string]any, whole bool) (export.Question, error) {
	arguments, err := ec.field_Query_aggregate_args(ctx, arguments)
	if err != nil {
		return nil, err
	}
	input, _ := arguments["input"].(model.AggregateInput)
	request, err := aggregateRequest(&input, false)
	if err != nil {
		return nil, atInput(err)
	}
	request.Page.First = wholeOr(input.First, whole, request.Page.First)
	return inputQuestion{&export.Aggregate{Request: request}}, nil
}

func exportedCompare(ctx context.Context, ec *executionContext, arguments map[string]any, whole bool) (export.Question, error) {
	arguments, err := ec.field_Query_compare_args(ctx, arguments)
	if err != nil {
		return nil, err
	}
	input, _ := arguments["input"].(model.CompareInput)
	request, err := compareRequest(&input, true)
	if err != nil {
		return nil, atInput(err)
	}
	request.Page.First = wholeOr(input.First, whole, request.Page.First)
	return inputQuestion{&export.Compare{Request: request}}, nil
}

func exportedSeries(ctx context.Context, ec *executionContext, arguments map[string]any, whole bool) (export.Question, error) {
	arguments, err := ec.field_Query_series_args(ctx, arguments)
	if err != nil {
		return nil, err
	}
	input, _ := arguments["input"].(model.SeriesInput)
	request := seriesRequest(&input, true, true)
	request.Page.First = wholeOr(input.First, whole, request.Page.First)
	return inputQuestion{&export.Series{Request: request}}, nil
}
