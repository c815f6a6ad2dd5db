// Package data is the bundled data package: the register of counties, the catalogue of indicators and the figures of
// five newspaper reports, as a Frictionless Data Package. It is data first: the Go part embeds the files and checks
// them, and imports nothing of ours.
package data

import "embed"

// FS holds the package's files, with datapackage.json at the root.
//
//go:embed datapackage.json *.csv
var FS embed.FS
