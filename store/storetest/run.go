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
// it when the test ends. Each wrap returns an engine that wraps such a one: the answers of those are held against the suite too.
func Run(t *testing.T, open func(t *testing.T) Engine, wraps ...func(t *testing.T, e Engine) store.Engine) {
	narrow := func(t *testing.T) store.Engine { return open(t) }
	reads := reads{open, wraps}
	for _, part := range []struct {
		name string
		test func(t *testing.T, open func(t *testing.T) store.Engine)
	}{
		{"merge", testMerge},
		{"load", testLoad},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, narrow) })
	}
	t.Run("select", reads.testSelect)
	t.Run("generated", reads.testGenerated)
	t.Run("fold", reads.testFold)
	t.Run("keep", func(t *testing.T) { testKeep(t, open) })
}

// reads are the tests of answers.
type reads struct {
	open  func(t *testing.T) Engine
	wraps []func(t *testing.T, e Engine) store.Engine
}
