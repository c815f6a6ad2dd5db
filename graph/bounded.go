package graph

import (
	"maps"
	"regexp"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/countyql/countyql/indicator"
)

const (
	// mostErrors is how many errors an answer has at most.
	mostErrors = 20
	// longestText bounds, in bytes, what errors say and repeat of the request.
	longestText = 240
	// mostParts bounds the elements of paths, locations and suggestions.
	mostParts = 24
)

// clipped shortens a text to what errors may repeat.
func clipped(text string) string {
	if len(text) <= longestText {
		return text
	}
	end := longestText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// clip shortens what a typed error says.
func clip(err *indicator.Error) *indicator.Error {
	short := *err
	short.Message, short.Hint = clipped(err.Message), clipped(err.Hint)
	short.Path, short.Suggestions = clippedAll(err.Path), clippedAll(err.Suggestions)
	return &short
}

func clippedAll(texts []string) []string {
	var short []string
	for _, text := range texts[:min(len(texts), mostParts)] {
		short = append(short, clipped(text))
	}
	return short
}

// boundedErrors are the first errors of a response. How many more there are is told by the response's extension
// omittedErrors.
func boundedErrors(response *graphql.Response) gqlerror.List {
	list := response.Errors
	if len(list) > mostErrors {
		response.Extensions = maps.Clone(response.Extensions)
		if response.Extensions == nil {
			response.Extensions = map[string]any{}
		}
		response.Extensions["omittedErrors"] = len(list) - mostErrors
		list = list[:mostErrors]
	}
	for _, err := range list {
		err.Message = clipped(err.Message)
		err.Locations = err.Locations[:min(len(err.Locations), mostParts)]
		err.Path = err.Path[:min(len(err.Path), mostParts)]
		for i, element := range err.Path {
			if name, ok := element.(ast.PathName); ok {
				err.Path[i] = ast.PathName(clipped(string(name)))
			}
		}
	}
	return list
}

// jsonWords are the words of JSON for the kinds of Go values that the coercion of variables names.
var jsonWords = map[string]string{
	"map": "an object", "slice": "a list", "string": "a text or number", "bool": "a boolean",
	"float64": "a number", "int64": "a number", "int": "a number",
}

var kindNames = regexp.MustCompile(`(cannot use |not a )(map|slice|string|bool|float64|int64|int)\b`)

// inJSONWords rewrites what the coercion of variables says about kinds of values.
func inJSONWords(message string) string {
	return kindNames.ReplaceAllStringFunc(message, func(found string) string {
		parts := kindNames.FindStringSubmatch(found)
		lead := parts[1]
		if lead == "not a " {
			lead = "not "
		}
		return lead + jsonWords[parts[2]]
	})
}
