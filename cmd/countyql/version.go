package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
)

// versionCmd says which build this is.
type versionCmd struct{}

// build identifies a build, as far as the Go tool recorded it.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"` // built from a tree with changes that are not in the revision
	Go       string `json:"go"`
	Platform string `json:"platform"`
	DuckDB   string `json:"duckdbDriver,omitempty"`
}

// Run writes the build.
func (*versionCmd) Run(a *app) error {
	b := currentBuild()
	if a.JSON {
		encoder := json.NewEncoder(a.stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(b)
	}
	revision := b.Revision
	if revision == "" {
		revision = "unknown revision"
	} else if b.Modified {
		revision += ", modified"
	}
	_, err := fmt.Fprintf(a.stdout, "countyql %s (%s), %s %s, DuckDB driver %s\n", b.Version, revision, b.Go, b.Platform, b.DuckDB)
	return err
}

func currentBuild() build {
	b := build{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Revision = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
	for _, module := range info.Deps {
		if module.Path == "github.com/duckdb/duckdb-go/v2" {
			b.DuckDB = module.Version
		}
	}
	return b
}
