package main

import (
	"bytes"
	"net"
	"strings"
	"testing"
)

// An address that another program has is the first thing that goes wrong for somebody: what to do is said.
func TestServe_AddressInUse(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"serve", "--store", t.TempDir(), "--listen", other.Addr().String()}, strings.NewReader(""), &stdout, &stderr)
	if code != exitIO || !strings.HasSuffix(stderr.String(), "address already in use (another program listens there: name another address with --listen; port 0 picks a free one)\n") {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}

func TestReachable(t *testing.T) {
	for listening, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080",
		"[::1]:8080":     "[::1]:8080",
		"0.0.0.0:8080":   "localhost:8080",
		"[::]:8080":      "localhost:8080",
	} {
		address, err := net.ResolveTCPAddr("tcp", listening)
		if err != nil {
			t.Fatal(err)
		}
		if got := reachable(address); got != want {
			t.Errorf("%s is reached at %s, want %s", listening, got, want)
		}
	}
}
