package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/countyql/countyql/indicator"
)

// refusal is a request that does not get as far as a document: the HTTP status and what is wrong.
type refusal struct {
	status int
	err    *indicator.Error
}

func refuse(status int, hint, format string, args ...any) *refusal {
	err := indicator.Errorf(indicator.InvalidInput, format, args...)
	err.Hint = hint
	return &refusal{status, err}
}

// decode reads the parameters of a request: of its URL for GET, of its body for POST.
func decode(r *http.Request) (*parameters, *refusal) {
	raw, refused := encodedParameters(r)
	if refused != nil {
		return nil, refused
	}
	return decodeParameters(r.Method, raw)
}

// encodedParameters are the parameters of a request as they were sent.
func encodedParameters(r *http.Request) ([]byte, *refusal) {
	if r.Method == http.MethodPost {
		return readObject(r, exampleOperation)
	}
	return []byte(r.URL.RawQuery), nil
}

// decodeParameters reads what encodedParameters returned.
func decodeParameters(method string, raw []byte) (*parameters, *refusal) {
	if method != http.MethodPost {
		return decodeURL(string(raw))
	}
	if params, ok := usualParameters(raw); ok {
		return params, nil
	}
	fields, refused := parseObject(raw)
	if refused != nil {
		return nil, refused
	}
	return parametersOf(fields)
}

const exampleOperation = `send {"query": "…"}`

// decodeURL reads query, id, operationName, variables and extensions, the last two as JSON. Others are ignored.
func decodeURL(raw string) (*parameters, *refusal) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "encode it by percent signs", "the URL's query is malformed")
	}
	text := func(name string) json.RawMessage {
		if !values.Has(name) {
			return nil
		}
		encoded, _ := json.Marshal(values.Get(name)) // a string encodes
		return encoded
	}
	parameters := map[string]json.RawMessage{"query": text("query"), "id": text("id"), "operationName": text("operationName")}
	for _, name := range []string{"variables", "extensions"} {
		if values.Get(name) != "" {
			parameters[name] = json.RawMessage(values.Get(name))
		}
	}
	for name, list := range values {
		if parameters[name] == nil {
			continue
		}
		if len(list) > 1 {
			return nil, refuse(http.StatusBadRequest, "give it once", "%s is given %d times", name, len(list))
		}
		if !utf8.ValidString(list[0]) {
			return nil, refuse(http.StatusBadRequest, "encode it as UTF-8", "%s is not UTF-8", name)
		}
	}
	return parametersOf(parameters)
}

// readObject reads the body of a request that is to be a JSON object. Its media type must be one that a web page of another origin
// cannot send without being asked first, so that nobody's browser can be made to ask. The example says what the object looks like.
func readObject(r *http.Request, example string) ([]byte, *refusal) {
	media, parameters, err := r.Header.Get("Content-Type"), map[string]string(nil), error(nil)
	if media != mediaJSON { // as most write it
		media, parameters, err = mime.ParseMediaType(media)
	}
	switch {
	case err != nil || media != mediaJSON:
		return nil, refuse(http.StatusUnsupportedMediaType, "send Content-Type: application/json", "the request's body is not %s", mediaJSON)
	case parameters["charset"] != "" && !strings.EqualFold(parameters["charset"], "utf-8"):
		return nil, refuse(http.StatusUnsupportedMediaType, "encode it as UTF-8", "the request's body is not UTF-8")
	case r.Header.Get("Content-Encoding") != "" && !strings.EqualFold(r.Header.Get("Content-Encoding"), "identity"):
		return nil, refuse(http.StatusUnsupportedMediaType, "send it as it is", "the request's body is compressed")
	}
	read := bytes.NewBuffer(make([]byte, 0, max(0, min(r.ContentLength, mostAtOnce))+bytes.MinRead))
	if _, err := read.ReadFrom(r.Body); err != nil {
		return nil, unread(err)
	}
	body := read.Bytes()
	if !utf8.Valid(body) {
		return nil, refuse(http.StatusBadRequest, "encode it as UTF-8", "the request's body is not UTF-8")
	}
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		return nil, refuse(http.StatusBadRequest, example, "the request has no body")
	case body[0] == '[':
		return nil, refuse(http.StatusBadRequest, "send one request per operation, or several root fields in one operation",
			"batches of operations are not supported")
	case body[0] != '{':
		return nil, refuse(http.StatusBadRequest, example, "the request's body is not a JSON object")
	}
	return body, nil
}

// mostAtOnce bounds the bytes that are made room for because a client says that they will come.
const mostAtOnce = 64 << 10

// decodeObject reads the JSON object that a body consists of; see readObject.
func decodeObject(r *http.Request, example string) (map[string]json.RawMessage, *refusal) {
	body, refused := readObject(r, example)
	if refused != nil {
		return nil, refused
	}
	return parseObject(body)
}

func parseObject(body []byte) (map[string]json.RawMessage, *refusal) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, refuse(http.StatusBadRequest, "send one JSON object and nothing after it", "the request's body is not JSON: %s", problemOf(err))
	}
	return fields, nil
}

// unread is the refusal of a body that could not be read to its end.
func unread(err error) *refusal {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		late := indicator.Errorf(indicator.Timeout, "the request's body did not come within the time allowed")
		late.Hint = "send it at once"
		return &refusal{http.StatusRequestTimeout, late}
	}
	var beyond *http.MaxBytesError
	if !errors.As(err, &beyond) {
		return refuse(http.StatusBadRequest, "send the whole body within the time allowed", "the request's body ended early")
	}
	return &refusal{http.StatusRequestEntityTooLarge, BodyTooLarge(beyond.Limit, beyond.Limit+1)}
}

// BodyTooLarge is the refusal of a request whose body is beyond a number of bytes. The estimate is its length, or one more
// than the limit where that is not known.
func BodyTooLarge(limit, estimate int64) *indicator.Error {
	err := indicator.Errorf(indicator.TooLarge, "the request's body is larger than %d bytes", limit)
	err.Hint = "use variables and shorter documents"
	err.LimitName, err.Limit, err.Estimate = "body", limit, estimate
	return err
}

// problemOf says what is wrong with JSON, and where, without repeating it.
func problemOf(err error) string {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("%s, at byte %d", syntax.Error(), syntax.Offset)
	}
	return "it has another shape"
}

// parametersOf reads the parameters that the specification knows, and id. Null is as good as nothing.
func parametersOf(fields map[string]json.RawMessage) (*parameters, *refusal) {
	params := &parameters{}
	for _, parameter := range []struct {
		name, shape string
		target      any
	}{
		{"query", "a text", &params.Query}, {"id", "a text", &params.id}, {"operationName", "a text", &params.OperationName},
		{"variables", "an object", &params.Variables}, {"extensions", "an object", &params.Extensions},
	} {
		raw := fields[parameter.name]
		if raw == nil {
			continue
		}
		if err := decodeInto(raw, parameter.target); err != nil {
			return nil, refuse(http.StatusBadRequest, "write it as JSON", "%s is not %s", parameter.name, parameter.shape)
		}
	}
	return params, nil
}

// decodeInto reads one JSON value; numbers in objects stay as they are written.
func decodeInto(raw json.RawMessage, target any) error {
	if text, ok := target.(*string); ok {
		return json.Unmarshal(raw, text)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	err := decoder.Decode(target)
	if err == nil && decoder.More() {
		err = errors.New("more than one value")
	}
	return err
}
