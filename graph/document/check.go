package document

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/maypok86/otter/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/countyql/countyql/indicator"
)

const (
	// mostErrors is where validation stops.
	mostErrors = 20
	// bytesPerToken is what a parsed token takes in memory, roughly.
	bytesPerToken = 256
	// longestName bounds names, and texts in documents about which suggestions are made: looking for what a longer one could
	// have meant takes too long.
	longestName = 128
)

// Options configure a Checker.
type Options struct {
	// Limits bound documents. The zero value has the defaults of each limit.
	Limits Limits
	// CacheBytes bounds the memory of the documents that were found valid and are kept. Default: 32 MiB.
	CacheBytes uint64
	// NoIntrospection refuses documents that ask for the schema.
	NoIntrospection bool
	// NoSuggestions keeps names of the schema out of error messages.
	NoSuggestions bool
}

// Checker checks documents against a schema and keeps those that it found valid. It is safe for concurrent use.
type Checker struct {
	schema *ast.Schema
	limits Limits
	hidden bool // the schema may not be asked for
	silent bool // names of the schema stay out of error messages
	// plain are the rules that suggest nothing, rules those that may.
	rules, plain []validator.Rule
	valid        *otter.Cache[string, *kept]
}

type kept struct {
	document *ast.QueryDocument
	bytes    uint32
}

// NewChecker returns a checker over a schema.
func NewChecker(schema *ast.Schema, options Options) *Checker {
	cache := otter.Must(&otter.Options[string, *kept]{
		MaximumWeight: cmp.Or(options.CacheBytes, 32<<20),
		Weigher:       func(text string, k *kept) uint32 { return uint32(len(text)) + k.bytes }, //nolint:gosec // a body is far below 4 GiB
	})
	checker := &Checker{schema: schema, limits: options.Limits.WithDefaults(), hidden: options.NoIntrospection, silent: options.NoSuggestions, plain: rulesFor(true), valid: cache}
	checker.rules = checker.plain
	if !options.NoSuggestions {
		checker.rules = rulesFor(false)
	}
	return checker
}

// Limits are the limits in force.
func (c *Checker) Limits() Limits { return c.limits }

// Check returns the parsed and validated document, which must not be changed, or what is wrong with it: typed errors where it
// goes beyond a limit.
func (c *Checker) Check(text string) (*ast.QueryDocument, gqlerror.List) {
	if found, ok := c.valid.GetIfPresent(text); ok {
		return found.document, nil
	}
	tokens, long, err := c.readTokens(text)
	if err != nil {
		return nil, listed(err)
	}
	parsed, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		return nil, listed(err)
	}
	if len(parsed.Operations) == 0 {
		return nil, listed(indicator.Errorf(indicator.InvalidInput, "the document has no operation"))
	}
	size, err := measure(parsed, c.limits)
	if err != nil {
		return nil, listed(err)
	}
	if c.hidden && size.Introspects {
		refusal := indicator.Errorf(indicator.Forbidden, "this server does not show its schema over GraphQL")
		refusal.Hint = "ask whoever runs it for the schema"
		return nil, listed(refusal)
	}
	applied := c.rules
	if long {
		applied = c.plain
	}
	if errs := c.validate(parsed, applied); len(errs) > 0 {
		return nil, errs
	}
	c.valid.Set(text, &kept{document: parsed, bytes: uint32(tokens * bytesPerToken)}) //nolint:gosec // bounded by the limit on tokens
	return parsed, nil
}

// readTokens reads the document up to the limit on tokens and says whether it has long texts. The parser has such a limit too,
// but does not say that it is one.
func (c *Checker) readTokens(text string) (n int, long bool, err error) {
	reader := lexer.New(&ast.Source{Input: text})
	for ; ; n++ {
		token, err := reader.ReadToken()
		switch {
		case err != nil:
			return n, long, err
		case token.Kind == lexer.EOF:
			return n, long, nil
		case n == c.limits.Tokens:
			return n, long, tooLarge("tokens", c.limits.Tokens, int64(n)+1, "tokens or more", "use variables and shorter documents")
		case token.Kind == lexer.Name && len(token.Value) > longestName:
			position := token.Pos
			return n, long, at(&position, "A name has %d bytes, and %d are allowed.", len(token.Value), longestName)
		}
		long = long || len(token.Value) > longestName && token.Kind != lexer.Comment
	}
}

// listed is an error as a list. A refusal by a limit keeps its type.
func listed(err error) gqlerror.List {
	var located *gqlerror.Error
	if errors.As(err, &located) {
		return gqlerror.List{located}
	}
	return gqlerror.List{gqlerror.Wrap(err)}
}

// enough is thrown to end a walk that has found enough errors.
type enough struct{}

// validate applies the rules of the specification, until it has found enough errors.
func (c *Checker) validate(document *ast.QueryDocument, applied []validator.Rule) (errs gqlerror.List) {
	defer func() {
		if thrown := recover(); thrown != nil {
			if _, ok := thrown.(enough); !ok {
				panic(thrown)
			}
		}
	}()
	events := &validator.Events{}
	for _, rule := range applied {
		rule.RuleFunc(events, func(options ...validator.ErrorOption) {
			err := &gqlerror.Error{Rule: rule.Name}
			for _, option := range options {
				option(err)
			}
			if errs = append(errs, err); len(errs) == mostErrors {
				panic(enough{})
			}
		})
	}
	validator.Walk(c.schema, document, events)
	return errs
}

// rulesFor returns the specification's rules in the order of their names, and ours behind them.
func rulesFor(noSuggestions bool) []validator.Rule {
	chosen := rules.NewDefaultRules().GetInner()
	if noSuggestions {
		for _, rule := range []validator.Rule{
			rules.FieldsOnCorrectTypeRuleWithoutSuggestions, rules.KnownArgumentNamesRuleWithoutSuggestions,
			rules.KnownTypeNamesRuleWithoutSuggestions, rules.ScalarLeafsRuleWithoutSuggestions,
			rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
		} {
			plain := rule.Name[:len(rule.Name)-len("WithoutSuggestions")]
			if chosen[plain] == nil {
				panic(fmt.Sprintf("there is no rule %s to do without suggestions", plain)) // another version of the library
			}
			chosen[plain] = rule.RuleFunc
		}
	}
	list := make([]validator.Rule, 0, len(chosen))
	for _, name := range slices.Sorted(maps.Keys(chosen)) {
		list = append(list, validator.Rule{Name: name, RuleFunc: chosen[name]})
	}
	return append(list, literals)
}
