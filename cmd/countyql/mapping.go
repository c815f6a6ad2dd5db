package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/data"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/duckdb"
)

// openMapping reads the mapping file for an input of files.
func openMapping(path string, input *loader.Input) (*loader.Mapping, error) {
	if len(input.Files) == 0 {
		return nil, &usageError{"--mapping maps files, and " + input.Name + " is a data package", "name the files themselves"}
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if what := loader.Irregular(info.Mode()); what != "" {
		return nil, &usageError{path + " " + what, "name a mapping file"}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, loader.MaxMappingBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return loader.ParseMapping(path, text)
}

// suggestMapping writes a first mapping for a table to standard output.
func (a *app) suggestMapping(paths []string, mapping string) error {
	input, err := a.openInput(paths)
	switch {
	case err != nil:
		return a.report(nil, err, false)
	case mapping != "":
		return &usageError{"--suggest-mapping writes a mapping, and --mapping names one", "leave out one of them"}
	case len(input.Files) != 1:
		return &usageError{"--suggest-mapping looks at one file", "name one file"}
	}
	known, err := a.known()
	if err != nil {
		return a.report(nil, err, false)
	}
	suggested, err := loader.SuggestMapping(input.Files[0], known)
	if err != nil {
		return a.report(nil, err, false)
	}
	_, err = a.stdout.Write(suggested)
	return err
}

// known is the catalogue that a suggestion recognises: the store's, or that of the bundled data if the store is empty.
func (a *app) known() (known *catalog.Catalog, err error) {
	bundled := func() (*catalog.Catalog, error) {
		return loader.ReadCatalog(a.ctx, loader.Input{Name: "bundled data", FS: data.FS})
	}
	if _, err := os.Stat(a.Store); errors.Is(err, fs.ErrNotExist) && !isRemote(a.Engine) {
		return bundled() // opening a store would create it
	}
	engine, err := openEngine(a.Engine, a.Store, duckdb.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	snapshot, err := engine.Pin(a.ctx)
	if errors.Is(err, store.ErrNoSnapshot) {
		return bundled()
	}
	if err != nil {
		return nil, err
	}
	defer snapshot.Release()
	return snapshot.Contents().Catalog, nil
}
