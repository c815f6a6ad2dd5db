package loader

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/countyql/countyql/loader/mapping"
)

// PackageFile is the name of a data package's description.
const PackageFile = "datapackage.json"

// The tables a package may hold. A resource of another name is left alone and listed in Result.Ignored.
const (
	tableRegions         = "regions"
	tableUnits           = "units"
	tableDimensions      = "dimensions"
	tableDimensionValues = "dimension_values"
	tableIndicators      = "indicators"
	tableBreakdowns      = "breakdowns"
	tableSources         = "sources"
	tableChecks          = "checks"
	tableObservations    = "observations"
)

// tableColumns lists the columns of each table; those that a row cannot do without are marked by an exclamation mark.
var tableColumns = map[string][]string{
	tableRegions: {
		"code!", "scheme", "parent", "level!", "name!", "name_en", "aliases", "valid_from", "valid_to", "successor",
	},
	tableUnits:           {"code!", "name_zh", "name_en", "dimension", "factor!"},
	tableDimensions:      {"code!", "name_zh", "name_en", "description"},
	tableDimensionValues: {"dimension!", "value!", "name_zh", "name_en"},
	tableIndicators: {
		"code!", "name_zh", "name_en", "description", "topic", "unit!", "kind!", "min", "max", "polarity",
		"rollup_regions", "rollup_time", "rollup_dimensions", "numerator", "denominator", "weight", "formula", "aliases",
	},
	tableBreakdowns: {"indicator!", "dimension!", "complete"},
	tableSources: {
		"code!", "title!", "publisher", "published_on", "published_inferred", "language", "licence", "note",
	},
	tableChecks: {
		"code!", "kind!", "severity!", "indicator", "dimension", "other", "factor", "tolerance", "description",
	},
	tableObservations: {
		"region!", "indicator!", "slice", "period!", "status", "value", "unit", "precision", "numerator", "denominator",
		"missing", "printed", "offset", "source!", "published_on", "period_inferred", "definition", "note",
	},
}

// descriptor is a package as datapackage.json describes it.
type descriptor struct {
	name      string
	resources []resource
	ignored   []string // names of resources that are none of our tables
	bytes     int64    // of all resources
}

// resource is one table of a package.
type resource struct {
	name       string
	files      []source // together they are the table
	fields     []field
	primaryKey []string
	missing    []string         // texts that stand for null
	resolver   mapping.Resolver // knows what mapped files name; nil until the catalogue is read
	bare       bool             // no package describes it
}

// field is one column of a table's schema.
type field struct {
	name     string
	kind     string // the Frictionless type
	optional bool   // the file need not have the column
	required bool
	unique   bool
	enum     []string
	minimum  *float64
	maximum  *float64
	pattern  *regexp.Regexp
}

func (r *resource) fieldNames() []string {
	names := make([]string, len(r.fields))
	for i, f := range r.fields {
		names[i] = f.name
	}
	return names
}

// find returns the resource of a table.
func (d *descriptor) find(name string) (*resource, bool) {
	i := slices.IndexFunc(d.resources, func(r resource) bool { return r.name == name })
	if i < 0 {
		return nil, false
	}
	return &d.resources[i], true
}

// packageJSON is the subset of Frictionless Data Package v1 that is read. Other properties are ignored.
type packageJSON struct {
	Name      string         `json:"name"`
	Resources []resourceJSON `json:"resources"`
}

type resourceJSON struct {
	Name        string          `json:"name"`
	Path        json.RawMessage `json:"path"`
	Format      string          `json:"format"`
	MediaType   string          `json:"mediatype"`
	Encoding    string          `json:"encoding"`
	Compression string          `json:"compression"`
	Dialect     struct {
		Delimiter string `json:"delimiter"`
		Sheet     string `json:"sheet"`
	} `json:"dialect"`
	Schema schemaJSON `json:"schema"`
}

type schemaJSON struct {
	Fields        []fieldJSON      `json:"fields"`
	PrimaryKey    stringList       `json:"primaryKey"`
	ForeignKeys   []foreignKeyJSON `json:"foreignKeys"`
	MissingValues []string         `json:"missingValues"`
}

type fieldJSON struct {
	Name        string          `json:"name"`
	Type        string          `json:"type"`
	Constraints constraintsJSON `json:"constraints"`
}

type constraintsJSON struct {
	Required bool              `json:"required"`
	Unique   bool              `json:"unique"`
	Enum     []json.RawMessage `json:"enum"`
	Minimum  json.RawMessage   `json:"minimum"`
	Maximum  json.RawMessage   `json:"maximum"`
	Pattern  string            `json:"pattern"`
}

type foreignKeyJSON struct {
	Fields    stringList `json:"fields"`
	Reference struct {
		Resource string     `json:"resource"`
		Fields   stringList `json:"fields"`
	} `json:"reference"`
}

// stringList is a text or a list of texts.
type stringList []string

func (l *stringList) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*l = stringList{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(l))
}

// readDescriptor reads datapackage.json. What is wrong with it goes to problems; the error is one of reading the file.
func readDescriptor(files fs.FS, problems *problems) (*descriptor, error) {
	data, err := fs.ReadFile(files, PackageFile)
	if err != nil {
		return nil, fmt.Errorf("read the data package: %w", err)
	}
	data = []byte(strings.TrimPrefix(string(data), "\uFEFF"))
	var decoded packageJSON
	if err := json.Unmarshal(data, &decoded); err != nil {
		problems.add(jsonProblem(data, err))
		return nil, problems.err()
	}
	d := &descriptor{name: decoded.Name}
	for _, r := range decoded.Resources {
		if tableColumns[r.Name] == nil {
			d.ignored = append(d.ignored, r.Name)
			continue
		}
		problem := func(format string, args ...any) {
			problems.add(Problem{
				File: PackageFile, Code: CodePackage, Text: r.Name,
				Message: fmt.Sprintf("resource %s: ", quote(r.Name)) + fmt.Sprintf(format, args...),
			})
		}
		if _, repeated := d.find(r.Name); repeated {
			problem("is listed twice")
			continue
		}
		res, ok := describeResource(&r, problem)
		if !ok {
			continue
		}
		wrong := problems.total
		res.files, err = packageSources(files, &r, problem)
		if err != nil {
			return nil, err
		}
		if problems.total > wrong {
			continue
		}
		for i := range res.files {
			res.files[i].options.Columns = res.fieldNames()
			d.bytes += res.files[i].size
		}
		d.resources = append(d.resources, res)
	}
	checkForeignKeys(decoded.Resources, problems)
	if len(d.resources) == 0 && problems.total == 0 {
		problems.add(Problem{
			File: PackageFile, Code: CodePackage, Message: "the package has no table to load",
			Hint: "name a resource observations, or regions, indicators …",
		})
	}
	return d, nil
}

// jsonProblem places a decoding error in the file.
func jsonProblem(data []byte, err error) Problem {
	p := Problem{File: PackageFile, Line: 1, Column: 1, Code: CodeSyntax, Message: err.Error()}
	offset := int64(-1)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset - 1
	case errors.As(err, &kind):
		offset = kind.Offset - 1
		p.Code = CodePackage
		p.Field = kind.Field
		p.Message = "a JSON " + kind.Value + " cannot stand here"
	}
	if offset >= 0 && offset <= int64(len(data)) {
		before := string(data[:offset])
		p.Line = strings.Count(before, "\n") + 1
		p.Column = len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
	}
	return p
}

// describeResource turns a resource's JSON into what the readers need, or reports why it cannot be read.
func describeResource(r *resourceJSON, problem func(format string, args ...any)) (resource, bool) {
	res := resource{name: r.Name, primaryKey: r.Schema.PrimaryKey, missing: r.Schema.MissingValues}
	ok := true
	fail := func(format string, args ...any) {
		ok = false
		problem(format, args...)
	}
	if len(r.Schema.Fields) == 0 {
		fail("has no schema: list its fields")
	}
	for _, f := range r.Schema.Fields {
		described, err := describeField(&f)
		if err != nil {
			fail("field %s: %v", quote(f.Name), err)
		}
		if slices.ContainsFunc(res.fields, func(other field) bool { return other.name == f.Name }) {
			fail("field %s is listed twice", quote(f.Name))
		}
		res.fields = append(res.fields, described)
	}
	for _, key := range res.primaryKey {
		if !slices.ContainsFunc(res.fields, func(f field) bool { return f.name == key }) {
			fail("primary key %s is not a field", quote(key))
		}
	}
	known := tableColumns[r.Name]
	for _, f := range res.fields {
		if !slices.Contains(known, f.name) && !slices.Contains(known, f.name+"!") {
			fail("field %s is not a column of this table: it has %s", quote(f.name), columnList(r.Name))
		}
	}
	for _, column := range known {
		name, required := strings.CutSuffix(column, "!")
		if required && !slices.ContainsFunc(res.fields, func(f field) bool { return f.name == name }) {
			fail("field %s is missing", quote(name))
		}
	}
	return res, ok
}

func columnList(table string) string {
	return strings.ReplaceAll(strings.Join(tableColumns[table], ", "), "!", "")
}

// fieldTypes are the Frictionless types that cells are checked against.
var fieldTypes = []string{"string", "integer", "number", "boolean", "date", "any"}

func describeField(f *fieldJSON) (field, error) {
	described := field{name: f.Name, kind: f.Type, required: f.Constraints.Required, unique: f.Constraints.Unique}
	if described.kind == "" {
		described.kind = "string"
	}
	if !slices.Contains(fieldTypes, described.kind) {
		return described, fmt.Errorf("type %s is not one of %s", quote(f.Type), strings.Join(fieldTypes, ", "))
	}
	for _, raw := range f.Constraints.Enum {
		described.enum = append(described.enum, scalarText(raw))
	}
	for _, bound := range []struct {
		name string
		raw  json.RawMessage
		set  **float64
	}{{"minimum", f.Constraints.Minimum, &described.minimum}, {"maximum", f.Constraints.Maximum, &described.maximum}} {
		if len(bound.raw) == 0 {
			continue
		}
		value, err := parseNumber(scalarText(bound.raw))
		if err != nil {
			return described, fmt.Errorf("%s is not a number", bound.name)
		}
		if described.kind != "integer" && described.kind != "number" {
			return described, fmt.Errorf("%s does not apply to type %s", bound.name, described.kind)
		}
		*bound.set = &value
	}
	if f.Constraints.Pattern != "" {
		// A pattern describes the whole cell, as in XML Schema.
		pattern, err := regexp.Compile(`^(?:` + f.Constraints.Pattern + `)$`)
		if err != nil {
			return described, fmt.Errorf("pattern: %w", err)
		}
		described.pattern = pattern
	}
	return described, nil
}

// scalarText is the text of a JSON text, number or boolean.
func scalarText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// checkForeignKeys refuses keys that name no table or column. That the values exist is not checked against the
// package's own rows, which may be a part only, but against the catalogue that the package and the store make together.
func checkForeignKeys(resources []resourceJSON, problems *problems) {
	for _, r := range resources {
		for _, key := range r.Schema.ForeignKeys {
			target := key.Reference.Resource
			if target == "" {
				target = r.Name // Frictionless: the empty text is the table itself
			}
			if tableColumns[r.Name] == nil || tableColumns[target] != nil && len(key.Fields) == len(key.Reference.Fields) {
				continue
			}
			problems.add(Problem{
				File: PackageFile, Code: CodePackage, Text: target,
				Message: fmt.Sprintf("resource %s: the foreign key of %s refers to no table's columns", quote(r.Name), strings.Join(key.Fields, ", ")),
			})
		}
	}
}
