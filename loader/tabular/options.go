package tabular

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// Format is how a file writes a table.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	TSV     Format = "tsv"
	JSON    Format = "json"   // an array of objects, or an object whose one member is such an array
	NDJSON  Format = "ndjson" // an object on each line
	Parquet Format = "parquet"
	XLSX    Format = "xlsx"
	PX      Format = "px" // PC-Axis
)

// Formats lists them all.
var Formats = []Format{CSV, TSV, JSON, NDJSON, Parquet, XLSX, PX}

// SniffDelimiter asks for the delimiter to be found in the first lines: a comma, a semicolon, a tab or a vertical bar.
const SniffDelimiter rune = -1

// Options say how to read a file where its name and content do not.
type Options struct {
	// Format is found by name and content if empty.
	Format Format
	// Encoding is one of utf-8, utf-16, utf-16le, utf-16be, gb18030, or another name by which web pages declare one. Text that
	// is not in it is malformed. If empty, the encoding is recognised.
	Encoding string
	// Delimiter separates the cells of CSV and TSV; a comma or a tab if 0, looked for if SniffDelimiter.
	Delimiter rune
	// Sheet is a workbook's sheet; it may be empty if there is one only.
	Sheet string
	// FillMerged repeats the text of merged cells of a workbook in each of them; it stands in the first one otherwise.
	FillMerged bool
	// Columns are the members that the objects of JSON may have, in the order wanted. If nil, they are those of the first
	// thousand objects.
	Columns []string
	// Limits bound what a file may demand.
	Limits Limits
}

// Limits bound what reading a file may cost. What is over a limit is a Malformed of code LIMIT that names it.
type Limits struct {
	RowBytes          int64 // 1 MiB if 0
	CellBytes         int64 // 64 KiB if 0
	Columns           int64 // 4,096 if 0
	JSONNesting       int64 // 32 if 0
	HeaderBytes       int64 // of what PX, Parquet and workbooks say about their data; 64 MiB if 0
	TextBytes         int64 // of the texts that the cells of a workbook share; 256 MiB if 0
	DecompressedBytes int64 // of a compressed file; 64 GiB if 0
	DecompressedRatio int64 // decompressed to compressed bytes, beyond 64 MiB; 200 if 0
	UnzippedBytes     int64 // of a workbook's parts together; 4 GiB if 0
	PageBytes         int64 // of a Parquet page, decompressed; 64 MiB if 0
	RowGroupBytes     int64 // of a column in a row group of Parquet, decompressed; 1 GiB if 0
}

func (l Limits) withDefaults() Limits {
	return Limits{
		RowBytes:          cmp.Or(l.RowBytes, 1<<20),
		CellBytes:         cmp.Or(l.CellBytes, 64<<10),
		Columns:           cmp.Or(l.Columns, 4096),
		JSONNesting:       cmp.Or(l.JSONNesting, 32),
		HeaderBytes:       cmp.Or(l.HeaderBytes, 64<<20),
		TextBytes:         cmp.Or(l.TextBytes, 256<<20),
		DecompressedBytes: cmp.Or(l.DecompressedBytes, 64<<30),
		DecompressedRatio: cmp.Or(l.DecompressedRatio, 200),
		UnzippedBytes:     cmp.Or(l.UnzippedBytes, 4<<30),
		PageBytes:         cmp.Or(l.PageBytes, 64<<20),
		RowGroupBytes:     cmp.Or(l.RowGroupBytes, 1<<30),
	}
}

// extensions are the endings of names that stand for formats.
var extensions = map[string]Format{
	".csv": CSV, ".tsv": TSV, ".tab": TSV, ".json": JSON, ".ndjson": NDJSON, ".jsonl": NDJSON, ".parquet": Parquet, ".xlsx": XLSX, ".px": PX,
}

// compressedExtensions are the endings of compressed files' names.
var compressedExtensions = []string{".gz", ".gzip", ".zst", ".zstd"}

// SplitName returns a file's base name without the endings of format and compression, and the format that its name says; empty
// if it says none: data/units.csv.gz is units and CSV.
func SplitName(name string) (base string, format Format) {
	base = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if ending := strings.ToLower(path.Ext(base)); slices.Contains(compressedExtensions, ending) {
		base = base[:len(base)-len(ending)]
	}
	ending := path.Ext(base)
	format = extensions[strings.ToLower(ending)]
	if format != "" {
		base = strings.TrimSuffix(base, ending)
	}
	return base, format
}
