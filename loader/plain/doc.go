// Package plain reads CSV of the plain kind fast: UTF-8, commas, no line break inside a cell. It works on blocks of whole
// lines, which may be read by several goroutines, and copies nothing. Where a file is not of that kind it says so, and says
// neither where nor why: that is the work of a careful reader.
//
// What it accepts it reads as encoding/csv does.
package plain
