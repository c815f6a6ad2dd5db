package server

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/countyql/countyql/graph"
)

// An answer that is given again is compressed as one that is made, and says the same.
func TestPacking(t *testing.T) {
	t.Parallel()
	keeping, _ := denseServer(graph.Keeping{})
	making, _ := denseServer(graph.Keeping{Bytes: -1})
	ask := func(handler http.Handler, document, accepted string) (string, string) {
		request := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(bodyOf(document)))
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Accept-Encoding", accepted)
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		encoding := answer.Header().Get("Content-Encoding")
		return encoding, unpacked(t, encoding, answer.Body)
	}
	for _, document := range []string{denseQuestions()["Q03 sum by province"], `{ indicators(first: 1) { totalCount } }`} {
		_, plain := ask(making, document, "")
		for _, accepted := range []string{
			"", "gzip", "zstd", "gzip, deflate, br, zstd", "gzip;q=1, zstd;q=0.5", "gzip;q=0, zstd;q=0", "GZIP; q=0.1", "br", "gzip;q=x", "identity, *;q=0",
		} {
			want, _ := ask(making, document, accepted)
			for range 3 {
				got, text := ask(keeping, document, accepted)
				if got != want || text != plain {
					t.Errorf("%q is answered in %q, not in %q: %.100s", accepted, got, want, text)
				}
			}
		}
	}
}

func unpacked(t *testing.T, encoding string, body io.Reader) string {
	t.Helper()
	var err error
	switch encoding {
	case "gzip":
		body, err = gzip.NewReader(body)
	case "zstd":
		var decoder *zstd.Decoder
		if decoder, err = zstd.NewReader(body); err == nil {
			defer decoder.Close()
			body = decoder
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
