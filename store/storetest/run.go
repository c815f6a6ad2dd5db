package storetest

import (
	"testing"

	"github.com/countyql/countyql/store"
)

// Engine is what every engine is.
type Engine interface {
	store.Engine
	store.Keeper
}

// Run holds an engine against the suite. open returns an engine over an empty store of its own at every call and closes
// it when the test ends.
func Run(t *testing.T, open func(t *testing.T) Engine) {
	narrow := func(t *testing.T) store.Engine { return open(t) }
	for _, part := range []struct {
		name string
		test func(t *testing.T, open func(t *testing.T) store.Engine)
	}{
		{"select", testSelect},
		{"merge", testMerge},
		{"load", testLoad},
		{"generated", testGenerated},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, narrow) })
	}
	t.Run("keep", func(t *testing.T) { testKeep(t, open) })
}
