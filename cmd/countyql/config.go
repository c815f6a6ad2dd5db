package main

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

//go:generate sh -c "go run . reference > reference.tmp && mv reference.tmp ../../docs/configuration.md"

// configFlags name the configuration file of a server. What a flag says goes before the environment, that before the file.
type configFlags struct {
	Config      string `env:"COUNTYQL_CONFIG" placeholder:"FILE" help:"Read settings from this YAML file, each under its flag's name."`
	PrintConfig bool   `help:"Print the settings in force, each with where it comes from, and end."`
}

// BeforeResolve reads the configuration file, if there is one.
func (c *serveCmd) BeforeResolve(ctx *kong.Context) error {
	flags := configurable(ctx)
	path := ""
	for _, flag := range ctx.Flags() {
		if flag.Name == "config" {
			path, _ = ctx.FlagValue(flag).(string)
		}
	}
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the configuration: %w", err)
	}
	file, err := readConfig(path, text, flags)
	if err != nil {
		return err
	}
	c.file = file
	ctx.AddResolver(file)
	return nil
}

// configurable are the flags that a configuration file may set: what is about this one run has no place there.
func configurable(ctx *kong.Context) []*kong.Flag {
	return slices.DeleteFunc(ctx.Flags(), func(f *kong.Flag) bool {
		return slices.Contains([]string{"help", "json", "config", "print-config"}, f.Name)
	})
}

// configFile is a configuration file that has been read.
type configFile struct {
	path   string
	values map[string]setting
}

// setting is one value of a configuration file.
type setting struct {
	text string // as a flag would have it
	line int
}

var _ kong.Resolver = (*configFile)(nil)

// Validate accepts everything: unknown keys have been found before.
func (*configFile) Validate(*kong.Application) error { return nil }

// Resolve returns what the file says of a flag that the environment says nothing of.
func (f *configFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	found, ok := f.values[flag.Name]
	if !ok || environment(flag) != "" {
		return nil, nil //nolint:nilnil // so says the interface
	}
	return found.text, nil
}

// environment is the variable that sets a flag; empty if none does.
func environment(flag *kong.Flag) string {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return name
		}
	}
	return ""
}

// configError is a mistake in a configuration file.
type configError struct {
	path    string
	line    int
	message string
}

// Error says where the mistake is.
func (e *configError) Error() string { return fmt.Sprintf("%s:%d: %s", e.path, e.line, e.message) }

// readConfig reads a configuration file: one value, or list of values, for the name of each flag.
func readConfig(path string, text []byte, flags []*kong.Flag) (*configFile, error) {
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	file := &configFile{path: path, values: make(map[string]setting)}
	for _, document := range parsed.Docs {
		var entries []*ast.MappingValueNode
		switch body := document.Body.(type) {
		case nil, *ast.NullNode, *ast.CommentGroupNode:
			continue
		case *ast.MappingNode:
			entries = body.Values
		case *ast.MappingValueNode:
			entries = []*ast.MappingValueNode{body}
		default:
			return nil, &configError{path, body.GetToken().Position.Line, "a configuration has lines such as listen: 127.0.0.1:8080"}
		}
		for _, entry := range entries {
			if err := file.add(entry, flags); err != nil {
				return nil, err
			}
		}
	}
	return file, nil
}

// add reads one entry.
func (f *configFile) add(entry *ast.MappingValueNode, flags []*kong.Flag) error {
	line := entry.Key.GetToken().Position.Line
	failed := func(format string, args ...any) error {
		return &configError{f.path, line, fmt.Sprintf(format, args...)}
	}
	name := entry.Key.GetToken().Value
	at := slices.IndexFunc(flags, func(flag *kong.Flag) bool { return flag.Name == name })
	if at < 0 {
		return failed("there is no setting %q%s", name, nearest(name, flags))
	}
	if before, twice := f.values[name]; twice {
		return failed("%s is set in line %d already", name, before.line)
	}
	list, isList := entry.Value.(*ast.SequenceNode)
	var text string
	var err error
	switch {
	case isList && flags[at].IsSlice():
		items := make([]string, len(list.Values))
		for i, item := range list.Values {
			if items[i], err = scalar(item); err == nil && strings.Contains(items[i], ",") {
				err = fmt.Errorf("an item has a comma")
			}
			if err != nil {
				return failed("%s: %v", name, err)
			}
		}
		text = strings.Join(items, ",")
	default:
		if text, err = scalar(entry.Value); err != nil {
			return failed("%s: %v", name, err)
		}
	}
	trial := reflect.New(flags[at].Target.Type()).Elem()
	if err := flags[at].Parse(kong.Scan().PushTyped(text, kong.FlagValueToken), trial); err != nil {
		return failed("%v", err)
	}
	if allowed := flags[at].EnumSlice(); flags[at].Enum != "" && !slices.Contains(allowed, text) {
		return failed("%s is %q, and may be %s", name, text, strings.Join(allowed, " or "))
	}
	f.values[name] = setting{text, line}
	return nil
}

// scalar is the text of a single value.
func scalar(node ast.Node) (string, error) {
	switch node := node.(type) {
	case *ast.StringNode:
		return node.Value, nil
	case *ast.LiteralNode:
		return node.Value.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return node.GetToken().Value, nil
	}
	return "", fmt.Errorf("it wants a single value; leave the line out for the default")
}

// nearest suggests the setting that was meant.
func nearest(name string, flags []*kong.Flag) string {
	const far = 4
	best, distance := "", far
	for _, flag := range flags {
		if d := levenshtein.ComputeDistance(strings.ReplaceAll(name, "_", "-"), flag.Name); d < distance {
			best, distance = flag.Name, d
		}
	}
	if best == "" {
		return "; see countyql serve --help"
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
