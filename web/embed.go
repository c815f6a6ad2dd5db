// Package web holds the built web pages and the playground's example operations, embedded in the binary. It serves nothing
// itself and imports only the standard library.
package web

import (
	"embed"
	"io/fs"
)

// dist is what `npm run build` writes; in a fresh checkout it holds nothing but .keep, so that the package compiles without Node.
//
//go:embed all:dist
var dist embed.FS

//go:embed playground/examples
var examples embed.FS

// Dist returns the files of the built pages, index.html and playground/index.html with their assets, and whether they have
// been built. File names under assets/ carry a hash of their content; all others do not.
func Dist() (fs.FS, bool) {
	files := sub(dist, "dist")
	_, err := fs.Stat(files, "index.html")
	return files, err == nil
}

// Examples returns the example operations that the playground opens with: NN-name.graphql, each with a leading comment and
// one named operation, and NN-name.json with its variables where it has any.
func Examples() fs.FS {
	return sub(examples, "playground/examples")
}

func sub(files embed.FS, dir string) fs.FS {
	inside, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // the names are constant and valid
	}
	return inside
}
