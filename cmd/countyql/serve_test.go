package main

import (
	"net"
	"testing"
)

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
