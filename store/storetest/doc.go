// Package storetest is the conformance suite of store engines. Run holds any implementation of store.Engine against
// cases that one can check in the head and, on generated reports and selections, against an evaluator in plain Go that
// does everything the slow and obvious way: it derives each day's figures from that day's reports alone and filters,
// sorts and counts rows one by one.
//
// It is imported by tests only, and may import store, indicator, catalog, rapid and go-cmp.
package storetest
