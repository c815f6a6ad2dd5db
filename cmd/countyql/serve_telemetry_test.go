package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countyql/countyql/telemetry"
)

// Metrics tell the operations of listed documents apart by name, however many, and no others; unless names are given.
func TestMetricsOfListedOperations(t *testing.T) {
	t.Parallel()
	const listed = 120 // more than are learnt
	dir, logger := t.TempDir(), slog.New(slog.DiscardHandler)
	for i := range listed {
		text := fmt.Sprintf("query q%d { snapshot { id } }", i)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.graphql", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := serveCmd{documentFlags: documentFlags{Documents: dir}}
	list, known, err := c.documentFlags.read(c.onDocuments(), logger)
	if err != nil || list.Size() != listed {
		t.Fatal(err)
	}
	last := fmt.Sprintf("q%d", listed-1)
	for _, test := range []struct {
		given        []string
		label, other string
	}{
		{nil, last, "another"},
		{[]string{"q1"}, "q1", last},
	} {
		c.MetricsName = test.given
		measured, flush, err := c.telemetryFlags.open(t.Context(), known, logger)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range append([]string{"another"}, known...) {
			_, end := measured.Operation(t.Context(), "query", name)
			end(telemetry.Finished{})
		}
		shown := httptest.NewRecorder()
		measured.Handler().ServeHTTP(shown, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		text := shown.Body.String()
		if !strings.Contains(text, `operation="`+test.label+`"`) || strings.Contains(text, `operation="`+test.other+`"`) || !strings.Contains(text, `operation="other"`) {
			t.Errorf("%v: %s", test.given, text)
		}
		if err := flush(); err != nil {
			t.Error(err)
		}
	}
}
