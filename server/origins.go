package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rs/cors"
)

// Origins are those whose pages may read answers, such as https://example.org; * is any. The server's own needs no mention.
type Origins []string

// AnyOrigin is the origin of any page.
const AnyOrigin = "*"

// ParseOrigins reads origins as browsers write them.
func ParseOrigins(list []string) (Origins, error) {
	var origins Origins
	for _, text := range list {
		if text != AnyOrigin {
			want, err := originOf(text)
			if err != nil {
				return nil, err
			}
			if text != want {
				return nil, fmt.Errorf("%q is not an origin as browsers write it: write %s", text, want)
			}
		}
		origins = append(origins, text)
	}
	return origins, nil
}

// originOf is the origin of an address.
func originOf(text string) (string, error) {
	const example = "write it like https://example.org, with the scheme and without a path"
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.Hostname() == "" || address.Scheme != "http" && address.Scheme != "https" {
		return "", fmt.Errorf("%q is no origin: %s", text, example)
	}
	host := strings.ToLower(address.Host)
	if strings.ContainsFunc(host, func(r rune) bool { return r > '~' || r <= ' ' || r == '*' }) {
		return "", fmt.Errorf("%q is no origin: write each in full, in the letters that browsers send (xn--…)", text)
	}
	port := map[string]string{"http": ":80", "https": ":443"}[address.Scheme]
	return address.Scheme + "://" + strings.TrimSuffix(strings.TrimSuffix(host, port), ":"), nil
}

// shared lets pages of the origins read what a handler answers, and asks none of them for who is there: browsers send no cookies, and
// a token only if the page has it.
func (o Origins) shared(next http.Handler) http.Handler {
	if len(o) == 0 {
		return next
	}
	const remembered = 10 * time.Minute // what a browser was told; a list that has changed holds after it
	return cors.New(cors.Options{
		AllowedOrigins: o,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders: []string{
			"Accept", "Authorization", "Cache-Control", "Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-ID", "X-Countyql-Stats",
			"traceparent", "tracestate",
		},
		ExposedHeaders: []string{
			"Content-Disposition", "ETag", "Idempotency-Replayed", "Retry-After", "WWW-Authenticate", "X-Request-Id", "X-Snapshot", "X-Warnings",
		},
		MaxAge: int(remembered.Seconds()),
	}).Handler(next)
}
