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
// it when the test ends; it is called by tests that run side by side. Each wrap returns an engine that wraps such a one: the answers of those are held against the suite too.
func Run(t *testing.T, open func(t *testing.T) Engine, wraps ...func(t *testing.T, e Engine) store.Engine) {
	narrow := func(t *testing.T) store.Engine { return open(t) }
	reads := reads{open, wraps}
	for _, part := range []struct {
		name string
		test func(t *testing.T)
	}{
		{"merge", func(t *testing.T) { testMerge(t, narrow) }},
		{"load", func(t *testing.T) { testLoad(t, narrow) }},
		{"select", reads.testSelect},
		{"generated", reads.testGenerated},
		{"fold", reads.testFold},
		{"keep", func(t *testing.T) { testKeep(t, open) }},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			part.test(t)
		})
	}
}

// reads are the tests of answers.
type reads struct {
	open  func(t *testing.T) Engine
	wraps []func(t *testing.T, e Engine) store.Engine
}
