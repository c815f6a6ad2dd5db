package main

import (
	"fmt"
	"log/slog"
	"math"
	"net"

	"github.com/countyql/countyql/server"
)

// rateFlags say how often each client may ask.
type rateFlags struct {
	Rate         float64  `default:"0" env:"COUNTYQL_RATE" placeholder:"N" help:"Most operations a second of each client, such as 10 or 0.5; 0 is no limit (default ${default})."`
	Burst        int      `default:"0" env:"COUNTYQL_BURST" placeholder:"N" help:"Most operations of a client at once after a pause. Default: those of two seconds, and at least 20."`
	TrustedProxy []string `env:"COUNTYQL_TRUSTED_PROXY" placeholder:"CIDR,…" help:"Proxies that are believed about where a request comes from, such as 10.0.0.0/8. Default: none."`
}

// check refuses rates that make no sense.
func (f *rateFlags) check() error {
	switch {
	case math.IsNaN(f.Rate) || math.IsInf(f.Rate, 0) || f.Rate < 0:
		return &usageError{fmt.Sprintf("--rate is %g", f.Rate), "give operations a second, or 0 for no limit"}
	case f.Burst < 0:
		return &usageError{fmt.Sprintf("--burst is %d", f.Burst), "give a number of operations, or leave it out"}
	case f.Burst > 0 && f.Rate == 0:
		return &usageError{"--burst is of no use without --rate", "say how many operations a second a client may ask for in the long run"}
	}
	if _, err := server.ParseProxies(f.TrustedProxy); err != nil {
		return &usageError{"--trusted-proxy: " + err.Error(), "name only proxies of your own: whoever is believed may claim any address"}
	}
	return nil
}

// bound completes the options; the flags have been checked.
func (f *rateFlags) bound(options *server.Options, listening net.Addr, logger *slog.Logger) error {
	proxies, err := server.ParseProxies(f.TrustedProxy)
	if err != nil {
		return err
	}
	options.Rate = server.Rate{PerSecond: f.Rate, Burst: f.Burst, Proxies: proxies}
	if address, ok := listening.(*net.TCPAddr); ok && f.Rate == 0 && !address.IP.IsLoopback() {
		logger.Warn("clients may ask as often as they like: --rate bounds them")
	}
	return nil
}
