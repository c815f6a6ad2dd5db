package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"

	"github.com/countyql/countyql/bench/race"
)

// mostPlain bounds the body of the empty handler.
const mostPlain = 1 << 20

// servePlain is the empty handler that answers given again are compared with: it writes as many bytes as its path says, or
// answers 304 at /304.
func servePlain(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "http://%s/\n", listener.Addr())
	body := make([]byte, mostPlain)
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.URL.Path[1:])
		if err != nil || n < 0 || n > mostPlain {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if n == http.StatusNotModified {
			w.WriteHeader(n)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(n))
		_, _ = w.Write(body[:n]) // a client that has gone is not an error
	}))
}

// startPlain starts this program as the empty handler.
func startPlain(ctx context.Context) (*race.Process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return race.Start(ctx, "/0", program, "--plain")
}
