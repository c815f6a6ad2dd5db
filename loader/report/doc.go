// Package report is the JSON form of how a load or check went, the same on the command line and over HTTP.
package report
