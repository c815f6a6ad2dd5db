package main

import (
	"slices"

	"github.com/countyql/countyql/server"
)

// originFlags say whose pages may use a server.
type originFlags struct {
	CORSOrigin []string `name:"cors-origin" env:"COUNTYQL_CORS_ORIGIN" placeholder:"ORIGIN,…" help:"Let pages of these origins read answers and open WebSockets, such as https://example.org; * is any, and not with --auth."`
}

// check refuses what is no origin, and all of them where a token is needed.
func (f *originFlags) check(auth bool) error {
	if _, err := server.ParseOrigins(f.CORSOrigin); err != nil {
		return &usageError{"--cors-origin: " + err.Error(), "browsers compare origins letter by letter"}
	}
	if auth && slices.Contains(f.CORSOrigin, server.AnyOrigin) {
		return &usageError{"--cors-origin * and --auth contradict each other", "name the origins whose pages may ask with a token"}
	}
	return nil
}
