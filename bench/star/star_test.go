package star_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/countyql/countyql/bench/star"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader"
)

// What is measured must be a package that loads, and the same one every time.
func TestWrite(t *testing.T) {
	for _, grain := range []indicator.Grain{indicator.Monthly, indicator.Daily} {
		o := star.Options{Rows: 20_000, Grain: grain, Seed: 7}
		first, second := t.TempDir(), t.TempDir()
		for _, dir := range []string{first, second} {
			if err := star.Write(dir, o); err != nil {
				t.Fatal(err)
			}
		}
		result, err := loader.Lint(t.Context(), loader.Input{FS: os.DirFS(first)})
		if err != nil {
			t.Fatalf("%v: %v", grain, err)
		}
		figures := result.Files[len(result.Files)-1]
		if figures.Rows != int64(o.Rows) || result.Duplicates != 0 {
			t.Errorf("%v: %d rows, %d of them duplicates", grain, figures.Rows, result.Duplicates)
		}
		if !bytes.Equal(read(t, first), read(t, second)) {
			t.Errorf("%v: the same options made different packages", grain)
		}
	}
}

func read(t *testing.T, dir string) []byte {
	data, err := os.ReadFile(filepath.Join(dir, star.ObservationsFile))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
