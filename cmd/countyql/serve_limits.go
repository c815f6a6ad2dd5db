package main

import (
	"fmt"
	"regexp"
	"time"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
)

// limitFlags bound what requests may take. Requests beyond one are refused by an error that names it, as the root field budget
// lists them.
type limitFlags struct {
	Timeout time.Duration `default:"30s" env:"COUNTYQL_TIMEOUT" help:"Longest time a request may take (default ${default})."`

	MaxBody        int64 `default:"1048576" env:"COUNTYQL_MAX_BODY" placeholder:"BYTES" help:"Largest body of a request (default ${default})."`
	MaxTokens      int   `default:"4000" env:"COUNTYQL_MAX_TOKENS" placeholder:"N" help:"Most tokens of a document (default ${default})."`
	MaxFragments   int   `default:"100" env:"COUNTYQL_MAX_FRAGMENTS" placeholder:"N" help:"Most named fragments of a document (default ${default})."`
	MaxDepth       int   `default:"20" env:"COUNTYQL_MAX_DEPTH" placeholder:"N" help:"Most levels of fields inside each other (default ${default})."`
	MaxRootFields  int   `default:"50" env:"COUNTYQL_MAX_ROOT_FIELDS" placeholder:"N" help:"Most root fields of an operation (default ${default})."`
	MaxAliases     int   `default:"500" env:"COUNTYQL_MAX_ALIASES" placeholder:"N" help:"Most aliases of a document (default ${default})."`
	MaxDirectives  int   `default:"500" env:"COUNTYQL_MAX_DIRECTIVES" placeholder:"N" help:"Most directives of a document (default ${default})."`
	MaxFields      int   `default:"5000" env:"COUNTYQL_MAX_FIELDS" placeholder:"N" help:"Most fields of a document, fragments put in place (default ${default})."`
	MaxListItems   int   `default:"10000" env:"COUNTYQL_MAX_LIST_ITEMS" placeholder:"N" help:"Most items in the lists of a document or of its variables (default ${default})."`
	MaxVisits      int   `default:"20000" env:"COUNTYQL_MAX_VISITS" placeholder:"N" help:"Most nodes that validating a document may look at (default ${default})."`
	MaxComparisons int   `default:"100000" env:"COUNTYQL_MAX_COMPARISONS" placeholder:"N" help:"Most pairs of fields that validating a document may compare (default ${default})."`
	MaxPage        int   `default:"10000" env:"COUNTYQL_MAX_PAGE" placeholder:"N" help:"Most items of a page (default ${default})."`
	MaxCells       int64 `default:"20000000" env:"COUNTYQL_MAX_CELLS" placeholder:"N" help:"Most cells (indicators x regions x slices x statuses) that an operation may ask for (default ${default})."`
	MaxRows        int   `default:"5000000" env:"COUNTYQL_MAX_ROWS" placeholder:"N" help:"Most figures that an operation may read (default ${default})."`
	MaxValues      int64 `default:"500000" env:"COUNTYQL_MAX_VALUES" placeholder:"N" help:"Most values of an answer (default ${default})."`
	MaxBytes       int64 `default:"67108864" env:"COUNTYQL_MAX_BYTES" placeholder:"BYTES" help:"Largest data of an answer (default ${default})."`

	MaxQueries  int    `default:"16" env:"COUNTYQL_MAX_QUERIES" placeholder:"N" help:"Most engine queries at a time (default ${default})."`
	MaxQueue    int    `default:"256" env:"COUNTYQL_MAX_QUEUE" placeholder:"N" help:"Most engine queries that wait for their turn (default ${default})."`
	MemoryLimit string `env:"COUNTYQL_MEMORY_LIMIT" placeholder:"SIZE" help:"Most memory of the engine, such as 4GB (default: four fifths of the machine's)."`
	TempLimit   string `env:"COUNTYQL_TEMP_LIMIT" placeholder:"SIZE" help:"Most disk space that engine queries spill into, such as 10GB (default: nine tenths of what is free)."`

	NoIntrospection bool `env:"COUNTYQL_NO_INTROSPECTION" help:"Do not show the schema: neither over GraphQL nor as /schema.graphql."`
	NoSuggestions   bool `env:"COUNTYQL_NO_SUGGESTIONS" help:"Do not suggest names of the schema in errors."`
	NoPlayground    bool `env:"COUNTYQL_NO_PLAYGROUND" help:"Do not serve the playground."`
}

// check refuses limits of nothing, which would otherwise mean the defaults.
func (f *limitFlags) check() error {
	if f.Timeout <= 0 {
		return fmt.Errorf("--timeout is %s: a request needs some time", f.Timeout)
	}
	for _, limit := range []struct {
		name  string
		value int64
	}{
		{"max-body", f.MaxBody}, {"max-tokens", int64(f.MaxTokens)}, {"max-fragments", int64(f.MaxFragments)},
		{"max-depth", int64(f.MaxDepth)}, {"max-root-fields", int64(f.MaxRootFields)}, {"max-aliases", int64(f.MaxAliases)},
		{"max-directives", int64(f.MaxDirectives)}, {"max-fields", int64(f.MaxFields)}, {"max-list-items", int64(f.MaxListItems)},
		{"max-visits", int64(f.MaxVisits)}, {"max-comparisons", int64(f.MaxComparisons)}, {"max-page", int64(f.MaxPage)},
		{"max-cells", f.MaxCells}, {"max-rows", int64(f.MaxRows)}, {"max-values", f.MaxValues}, {"max-bytes", f.MaxBytes},
		{"max-queries", int64(f.MaxQueries)}, {"max-queue", int64(f.MaxQueue)},
	} {
		if limit.value <= 0 {
			return fmt.Errorf("--%s is %d: it must be at least 1", limit.name, limit.value)
		}
	}
	for _, limit := range []struct{ name, size string }{{"memory-limit", f.MemoryLimit}, {"temp-limit", f.TempLimit}} {
		if limit.size != "" && !engineSize.MatchString(limit.size) {
			return fmt.Errorf("--%s: %q is no size: write 512MB or 4GB", limit.name, limit.size)
		}
	}
	return nil
}

// engineSize is what sizes look like that the engine is given as they are written.
var engineSize = regexp.MustCompile(`(?i)^\d+(\.\d+)? ?[kmgt]i?b$`)

// onQueries are the limits of the service.
func (f *limitFlags) onQueries(service *query.Service) {
	service.Limits = query.Limits{Cells: f.MaxCells, Rows: f.MaxRows, Page: f.MaxPage}
	service.Gate = query.NewGate(f.MaxQueries, f.MaxQueue)
}

// onRequests are the limits of the server.
func (f *limitFlags) onRequests(options *server.Options) {
	options.MaxBody, options.Timeout = f.MaxBody, f.Timeout
	options.Documents = f.onDocuments()
	options.NoPlayground = f.NoPlayground
	options.Results = graph.ResultLimits{Values: f.MaxValues, Bytes: f.MaxBytes}
}

// onDocuments are the limits on documents.
func (f *limitFlags) onDocuments() document.Options {
	return document.Options{
		Limits: document.Limits{
			Tokens: f.MaxTokens, Depth: f.MaxDepth, Aliases: f.MaxAliases, RootFields: f.MaxRootFields, Directives: f.MaxDirectives,
			Fields: f.MaxFields, Fragments: f.MaxFragments, Visits: f.MaxVisits, Comparisons: f.MaxComparisons, ListItems: f.MaxListItems,
		},
		NoIntrospection: f.NoIntrospection, NoSuggestions: f.NoSuggestions,
	}
}
