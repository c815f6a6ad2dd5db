// Package tabular reads tables of text cells from files of several formats, encodings and compressions, and says of each cell
// where it stands. It knows nothing of figures.
package tabular
