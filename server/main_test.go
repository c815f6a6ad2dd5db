package server

import (
	"os"
	"testing"

	"github.com/countyql/countyql/scratch"
)

// TestMain has scratch that is given back overwritten: whoever reads it later fails a test.
func TestMain(m *testing.M) {
	scratch.Poison()
	os.Exit(m.Run())
}
