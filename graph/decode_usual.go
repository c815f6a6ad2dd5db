package graph

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"
)

// Bounds of what is read quickly: a parser that looks at nested values again for each level must not be given many.
const (
	usualBytes  = 64 << 10
	usualNested = 128 // objects and lists
	usualItems  = 64  // of a list, that are made room for at once
)

// usualParameters reads the parameters in an object as most clients write it; false for anything else, and if something is wrong with
// it, which parseObject and parametersOf say. The object is valid UTF-8.
func usualParameters(object []byte) (*parameters, bool) {
	if len(object) > usualBytes || bytes.Count(object, []byte("{"))+bytes.Count(object, []byte("[")) > usualNested || !gjson.ValidBytes(object) {
		return nil, false
	}
	params, fields := &parameters{}, gjson.ParseBytes(object)
	ok := fields.IsObject()
	fields.ForEach(func(name, value gjson.Result) bool {
		switch name.Str {
		case "query":
			ok = textOf(value, &params.Query)
		case "id":
			ok = textOf(value, &params.id)
		case "operationName":
			ok = textOf(value, &params.OperationName)
		case "variables":
			params.Variables, ok = objectOf(value)
		case "extensions":
			params.Extensions, ok = objectOf(value)
		}
		return ok
	})
	params.Query = strings.Clone(params.Query) // it is remembered, and the rest of the request is not to be
	return params, ok
}

// textOf sets the target to a text; null is as good as nothing.
func textOf(value gjson.Result, target *string) bool {
	*target = value.Str
	return value.Type == gjson.String || value.Type == gjson.Null
}

// objectOf is an object; nil for null.
func objectOf(value gjson.Result) (map[string]any, bool) {
	object, ok := plainValue(value).(map[string]any)
	return object, ok || value.Type == gjson.Null
}

// plainValue is a value as a decoder makes it that keeps numbers as they are written.
func plainValue(value gjson.Result) any {
	switch {
	case value.Type == gjson.Null:
		return nil
	case value.Type == gjson.String:
		return value.Str
	case value.Type == gjson.Number:
		return json.Number(value.Raw)
	case value.IsArray():
		list := make([]any, 0, min(strings.Count(value.Raw, ",")+1, usualItems))
		value.ForEach(func(_, item gjson.Result) bool {
			list = append(list, plainValue(item))
			return true
		})
		return list
	case value.IsObject():
		object := map[string]any{}
		value.ForEach(func(name, field gjson.Result) bool {
			object[name.Str] = plainValue(field)
			return true
		})
		return object
	}
	return value.Type == gjson.True
}
