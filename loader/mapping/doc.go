// Package mapping turns foreign tables into rows of observations, by a mapping file that says which column is the region,
// the period and the value. Parse reads the file, New lays it over a table, Suggest writes a first one.
//
// A mapped table is a table itself: its columns are those of observations, and of each cell it says where in the foreign
// table, or in the mapping file, it comes from. What a cell means is not judged here: values as printed, units, ranges and
// repeated figures are the loader's. Of ours it imports packages indicator and loader/tabular only.
package mapping
