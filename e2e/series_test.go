package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// TestSeries asks about figures of several periods: the bundled ones are about one each. The months of a flow have a gap, and a
// revision; there are days around two Spring Festivals, and the ends of months of a stock.
func TestSeries(t *testing.T) {
	t.Parallel()
	const series = "testdata/packages/series/"
	url, _ := serve(t, series+"months")
	cases, err := filepath.Glob(series + "*/query.graphql")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range cases {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			checkGolden(t, dir, postTo(t, url, readFile(t, os.DirFS(dir), "query.graphql"), nil))
		})
	}
}
