package duckdb_test

import (
	"testing"

	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/duckdb"
	"github.com/countyql/countyql/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Engine {
		e, err := duckdb.Open(t.TempDir(), duckdb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		})
		return e
	})
}
