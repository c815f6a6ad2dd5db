package storetest

import (
	"testing"

	"github.com/countyql/countyql/store"
)

// Run holds an engine against the suite. open returns an engine over an empty store of its own at every call and closes
// it when the test ends.
func Run(t *testing.T, open func(t *testing.T) store.Engine) {
	for _, part := range []struct {
		name string
		test func(t *testing.T, open func(t *testing.T) store.Engine)
	}{
		{"select", testSelect},
		{"merge", testMerge},
		{"load", testLoad},
		{"generated", testGenerated},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, open) })
	}
}
