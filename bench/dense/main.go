package dense

import (
	"flag"
	"os"
	"testing"

	"github.com/countyql/countyql/scratch"
)

// Main runs the tests of a package over scratch that is overwritten when it is given back: whoever reads it later fails one. Benchmarks run
// without that, which takes time.
func Main(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() == "" {
		scratch.Poison()
	}
	os.Exit(m.Run())
}
