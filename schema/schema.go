// Package schema is the public contract of countyql: the GraphQL schema definition by topic, embedded.
package schema

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed *.graphqls
var files embed.FS

// SDL returns the whole schema definition as one document, the files in the order of their names.
func SDL() string {
	names, err := fs.Glob(files, "*.graphqls")
	if err != nil {
		panic(err) // the pattern is constant and valid
	}
	var b strings.Builder
	for i, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err) // Glob has just listed it
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.Write(text)
	}
	return b.String()
}
