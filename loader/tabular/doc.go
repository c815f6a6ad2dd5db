// Package tabular reads tables of text cells from files of several formats, encodings and compressions, and says of each cell
// where it stands. It knows nothing of figures.
//
// A file's format is the one asked for, otherwise that of its name (.csv .tsv .json .ndjson .jsonl .parquet .xlsx .px, with .gz
// or .zst behind it or not), otherwise, as for standard input, that of its first bytes. Content that contradicts the format is an
// error that says what it is. Compression is recognised by content alone. Text is UTF-8, UTF-16 or GB18030; what it was read as
// is reported by File.Encoding.
package tabular
