package server

import (
	"bytes"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

const notBuilt = `The web pages are not part of this binary. Build them with "make build"; it needs Node.js.

The API is served all the same:
  POST /graphql          the GraphQL endpoint
  GET  /schema.graphql   its schema
  GET  /healthz          liveness
  GET  /readyz           readiness
`

const noPlayground = "The playground is switched off here. The endpoint is /graphql.\n"

// pages serves the built web pages. Files under assets/ carry a hash of their content in their names and may be cached for
// ever; all others are asked for again. Without pages, / tells how to build them. Without the playground, the explorer's page
// says so to its style sheet, which hides the links to it.
func pages(files fs.FS, playground bool) http.Handler {
	if files == nil {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, "/playground") {
				respond(w, http.StatusOK, notBuilt)
				return
			}
			http.NotFound(w, r)
		})
	}
	server := http.FileServerFS(files)
	explorer, err := fs.ReadFile(files, "index.html")
	if err != nil {
		panic(err) // whoever built the pages built this one
	}
	explorer = bytes.Replace(explorer, []byte("<html "), []byte(`<html data-playground="off" `), 1)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case playground:
		case path == "/":
			w.Header().Set("Cache-Control", "no-cache")
			http.ServeContent(w, r, "index.html", time.Time{}, bytes.NewReader(explorer))
			return
		case path == "/playground" || strings.HasPrefix(path, "/playground/"):
			respond(w, http.StatusNotFound, noPlayground)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/assets/") {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			w.Header().Set("Cache-Control", "no-cache")
		}
		server.ServeHTTP(w, r)
	})
}

// readOnly refuses every method but GET and HEAD.
func readOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			respond(w, http.StatusMethodNotAllowed, "only GET and HEAD are allowed here\n")
			return
		}
		next.ServeHTTP(w, r)
	})
}
