package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countyql/countyql/export"
	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/indicator"
)

// refusal is a typed error with the HTTP status and headers that it has here.
type refusal struct {
	cause  *indicator.Error
	status int
	header http.Header
}

// Error is the cause's message.
func (r *refusal) Error() string { return r.cause.Error() }

// Unwrap is the error without its status.
func (r *refusal) Unwrap() error { return r.cause }

func refused(status int, hint, format string, args ...any) *refusal {
	err := indicator.Errorf(indicator.InvalidInput, format, args...)
	err.Hint = hint
	return &refusal{cause: err, status: status, header: http.Header{}}
}

// exportRequest is a request for a file.
type exportRequest struct {
	field     string
	format    export.Format
	arguments map[string]any // of the field, as JSON
	options   export.Options
	present   bool     // without rows of regions that have nothing
	unwarned  bool     // without warnings
	columns   []string // in the order wanted; nil for all
	filename  string   // empty for the default
}

// read reads the request: the arguments of the field from the body of a POST or from the parameters of a GET.
func (x *exporter) read(r *http.Request, field, extension string) (*exportRequest, error) {
	format, known := export.FormatOf(extension)
	if !known || !slices.Contains(graph.ExportedFields(), field) {
		return nil, refused(http.StatusNotFound, "ask for observations, aggregate, compare or series as .csv, .jsonl, .parquet or .arrow",
			"there is no export %q", field+"."+extension)
	}
	request := &exportRequest{field: field, format: format, arguments: map[string]any{}}
	parameters, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, refused(http.StatusBadRequest, "encode its parameters", "the URL cannot be read")
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return request, x.readParameters(request, parameters, true)
	case http.MethodPost:
		if err := x.readParameters(request, parameters, false); err != nil {
			return nil, err
		}
		arguments, status, unfit := x.exports.Body(r)
		if unfit != nil {
			return nil, &refusal{cause: unfit, status: status}
		}
		request.arguments = arguments
		return request, nil
	}
	err405 := refused(http.StatusMethodNotAllowed, "use GET or POST", "the method %s is not allowed", r.Method)
	err405.header.Set("Allow", "GET, HEAD, POST")
	return nil, err405
}

// readParameters reads how the file is wanted and, where they may be there, the arguments.
func (x *exporter) readParameters(request *exportRequest, parameters url.Values, arguments bool) error {
	for name, values := range parameters {
		if len(values) > 1 {
			return indicator.Errorf(indicator.InvalidInput, "the parameter %q is given %d times", name, len(values))
		}
		var err error
		switch {
		case name == "bom":
			request.options.BOM, err = flag(name, values[0])
		case name == "excel":
			request.options.Excel, err = flag(name, values[0])
		case name == "missing":
			var missing bool
			missing, err = flag(name, values[0])
			request.present = !missing
		case name == "warnings":
			var warnings bool
			warnings, err = flag(name, values[0])
			request.unwarned = !warnings
		case name == "columns":
			request.columns, err = columns(values[0])
		case name == "filename":
			request.filename, err = filename(values[0])
		case arguments:
			request.arguments[name], err = x.exports.Argument(request.field, name, values[0])
		default:
			return refused(http.StatusBadRequest, "a POST has the arguments in its body", "there is no parameter %q", name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func flag(name, value string) (bool, error) {
	switch value {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	err := indicator.Errorf(indicator.InvalidInput, "%s is neither true nor false", name)
	return false, err.At(name)
}

// columns splits names, which whoever answers looks up.
func columns(list string) ([]string, error) {
	if strings.TrimSpace(list) == "" {
		err := indicator.Errorf(indicator.InvalidInput, "columns names no column")
		err.Hint = "name some, with commas between them, or leave it out for all"
		return nil, err.At("columns")
	}
	names := strings.Split(list, ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names, nil
}

// filename accepts names that are no paths and have nothing invisible in them.
func filename(name string) (string, error) {
	const longest = 200
	unfit := func(r rune) bool { return r == '/' || r == '\\' || !unicode.IsPrint(r) }
	if name == "" || len(name) > longest || !utf8.ValidString(name) || strings.ContainsFunc(name, unfit) || strings.HasPrefix(name, ".") {
		err := indicator.Errorf(indicator.InvalidInput, "filename is not the name of a file")
		err.Hint = fmt.Sprintf("give a name of at most %d bytes without slashes or control characters", longest)
		return "", err.At("filename")
	}
	return name, nil
}

// etag names the answer: it changes with the snapshot, what the asker may see, the request and, as ages of figures count from it,
// the day.
func (e *exportRequest) etag(snapshot, scope string, today indicator.Day) string {
	arguments, err := json.Marshal(e.arguments) // sorted by name
	if err != nil {
		return "" // what was decoded from JSON can be encoded
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\x00%q\x00%s\x00%s\x00%s\x00%t%t%t%t\x00%q\x00%s",
		snapshot, scope, today, e.field, e.format.Extension, e.options.BOM, e.options.Excel, e.present, e.unwarned, e.columns, arguments)
	return `W/"` + hex.EncodeToString(sum.Sum(nil)[:16]) + `"`
}

// matches reports whether an If-None-Match header names an entity tag. The comparison is the weak one.
func matches(header, etag string) bool {
	if etag == "" {
		return false
	}
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}

// disposition makes browsers save the file, under a name in ASCII for all and, where that is not the name, in UTF-8 (RFC 6266).
func (e *exportRequest) disposition(snapshot string) string {
	name := e.filename
	if name == "" {
		name = "countyql-" + e.field + "-" + snapshot + "." + e.format.Extension
	}
	ascii := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || r == '"' || r == '%' {
			return '_'
		}
		return r
	}, name)
	value := `attachment; filename="` + ascii + `"`
	if ascii != name {
		value += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return value
}
