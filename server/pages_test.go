package server

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

// Pages are served as they were built; without them / says how to build them; without the playground its links are hidden and
// its page is gone.
func TestPages(t *testing.T) {
	t.Parallel()
	built := fstest.MapFS{
		"index.html":            {Data: []byte(`<!doctype html><html lang="en"><body>explorer</body></html>`)},
		"playground/index.html": {Data: []byte("playground")},
		"assets/a-1234.js":      {Data: []byte("script")},
	}
	const off = `data-playground="off"`
	for _, test := range []struct {
		name, path string
		pages      fs.FS
		playground bool
		status     int
		says       string
		not        string
		caching    string
	}{
		{"the explorer", "/", built, true, 200, "explorer", off, "no-cache"},
		{"the playground", "/playground/", built, true, 200, "playground", off, "no-cache"},
		{"an asset", "/assets/a-1234.js", built, true, 200, "script", off, "public, max-age=31536000, immutable"},
		{"an explorer without playground", "/", built, false, 200, `<html data-playground="off" lang="en">`, "playground/", "no-cache"},
		{"no playground", "/playground/", built, false, 404, "switched off", "explorer", ""},
		{"no playground without a slash", "/playground", built, false, 404, "switched off", "explorer", ""},
		{"nor by its file", "/playground/index.html", built, false, 404, "switched off", "explorer", ""},
		{"an asset without playground", "/assets/a-1234.js", built, false, 200, "script", off, "public, max-age=31536000, immutable"},
		{"not built", "/", nil, true, 200, "make build", off, ""},
		{"no such page", "/nowhere", built, true, 404, "not found", off, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer := httptest.NewRecorder()
			pages(test.pages, test.playground).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, test.path, http.NoBody))
			body := answer.Body.String()
			if answer.Code != test.status || !strings.Contains(body, test.says) || strings.Contains(body, test.not) {
				t.Errorf("status %d: %s", answer.Code, body)
			}
			if got := answer.Header().Get("Cache-Control"); got != test.caching {
				t.Errorf("Cache-Control is %q, want %q", got, test.caching)
			}
		})
	}
}
