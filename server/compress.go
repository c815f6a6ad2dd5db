package server

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// smallest is the size in bytes from which on answers are compressed: below, it gains nothing.
const smallest = 1024

// compressed compresses answers by zstd or gzip, as the client accepts. Streams of events and other protocols are left as they
// are: a client waits for each of their parts. So is what has been compressed before; see packing.
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
		if r.Header.Values("Accept-Encoding") == nil {
			w.Header()["Vary"] = append(w.Header()["Vary"], "Accept-Encoding") // as http.Header writes it
			next.ServeHTTP(w, r)
			return
		}
		wrapped.ServeHTTP(w, r)
	})
}

// packing returns the choice of how a whole answer is compressed for a client, which is the one that compressed would make.
func packing() func(r *http.Request, size int) (encoding string, pack func([]byte) []byte) {
	packer, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err) // the options above are wrong
	}
	byZstd := func(body []byte) []byte { return packer.EncodeAll(body, nil) }
	return func(r *http.Request, size int) (string, func([]byte) []byte) {
		if size < smallest || r.Method == http.MethodHead {
			return "", nil
		}
		accepted := r.Header.Get("Accept-Encoding")
		byZstdWeight, byGzipWeight := acceptance(accepted, "zstd"), acceptance(accepted, "gzip")
		switch {
		case byZstdWeight > 0 && byZstdWeight >= byGzipWeight:
			return "zstd", byZstd
		case byGzipWeight > 0:
			return "gzip", byGzip
		}
		return "", nil
	}
}

func byGzip(body []byte) []byte {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err == nil {
		_, err = w.Write(body)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // the level is one, and a buffer does not fail
	}
	return packed.Bytes()
}

// acceptance is the weight that an Accept-Encoding header gives an encoding by its name, from 0 to 1.
func acceptance(header, encoding string) float64 {
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, weighted := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		if !weighted {
			return 1
		}
		q, given := strings.CutPrefix(strings.TrimSpace(parameters), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		if !given || err != nil || !(weight >= 0 && weight <= 1) {
			return 0
		}
		return weight
	}
	return 0
}
