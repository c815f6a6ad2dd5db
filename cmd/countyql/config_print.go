package main

import (
	"encoding"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
)

// printConfig writes the settings in force as a configuration file, each with where it comes from.
func printConfig(w io.Writer, ctx *kong.Context, file *configFile) error {
	flags := configurable(ctx)
	slices.SortFunc(flags, func(a, b *kong.Flag) int { return strings.Compare(a.Name, b.Name) })
	for _, flag := range flags {
		text, err := yaml.MarshalWithOptions(effective(flag.Target), yaml.Flow(true), yaml.JSON())
		if err != nil {
			return fmt.Errorf("print %s: %w", flag.Name, err)
		}
		line := flag.Name + ": " + strings.TrimSpace(string(text))
		if flag.Target.IsZero() && flag.Target.Kind() == reflect.String || flag.IsSlice() && flag.Target.Len() == 0 {
			line = "# " + flag.Name + ":"
		}
		if _, err := fmt.Fprintf(w, "%-50s # %s\n", line, origin(ctx, flag, file)); err != nil {
			return err
		}
	}
	return nil
}

// effective is a value as a configuration file would have it, without what only its owner should know.
func effective(value reflect.Value) any {
	switch v := value.Interface().(type) {
	case encoding.TextMarshaler:
		if text, err := v.MarshalText(); err == nil {
			return string(text)
		}
	case fmt.Stringer:
		return v.String()
	case string:
		return withoutSecrets(v)
	}
	return value.Interface()
}

// password is where an address has one.
var password = regexp.MustCompile(`^([a-z]+://[^/?#:@]*:).*@`)

// withoutSecrets takes the password, and what may be a key, out of an address.
func withoutSecrets(text string) string {
	address, err := url.Parse(text)
	if err != nil { // an address of several hosts is none to package url
		return password.ReplaceAllString(text, "${1}REDACTED@")
	}
	if address.Host == "" {
		return text
	}
	if _, has := address.User.Password(); has {
		address.User = url.UserPassword(address.User.Username(), "REDACTED")
	}
	if address.RawQuery != "" {
		address.RawQuery = "REDACTED"
	}
	return address.String()
}

// origin says where a flag's value comes from.
func origin(ctx *kong.Context, flag *kong.Flag, file *configFile) string {
	for _, step := range ctx.Path {
		if step.Flag == flag && !step.Resolved {
			return "flag"
		}
	}
	if name := environment(flag); name != "" {
		return name
	}
	if file != nil {
		if found, ok := file.values[flag.Name]; ok {
			return fmt.Sprintf("%s:%d", file.path, found.line)
		}
	}
	return "default"
}
