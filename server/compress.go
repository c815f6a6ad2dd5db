package server

import (
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// smallest is the size in bytes from which on answers are compressed: below, it gains nothing.
const smallest = 1024

// compressed compresses answers by zstd or gzip, as the client accepts. Streams of events and other protocols are left as they
// are: a client waits for each of their parts.
func compressed(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.MinSize(smallest), gzhttp.EnableZstd(true), gzhttp.PreferZstd(true),
		gzhttp.ContentTypeFilter(func(media string) bool {
			return !strings.HasPrefix(media, "text/event-stream") && gzhttp.DefaultContentTypeFilter(media)
		}),
	)
	if err != nil {
		panic(err) // the options above are wrong
	}
	wrapped := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		wrapped.ServeHTTP(w, r)
	})
}
