// Package indicator is the vocabulary of countyql: regions, indicators, dimensions, periods, observations, their
// precision and the rules by which figures may be combined.
//
// It holds no input or output, no SQL and no GraphQL, and imports the standard library only, so that every other
// package can speak in its terms. Where a rule about figures can be written as a pure function, it is written here.
package indicator
