package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// healthCmd asks a server on this machine how it is, for whoever has no client to do so, such as a container.
type healthCmd struct {
	Listen  string        `default:"127.0.0.1:8080" env:"COUNTYQL_LISTEN" placeholder:"HOST:PORT" help:"The address that the server listens on (default ${default})."`
	Live    bool          `help:"Ask only whether it lives, not whether it can answer."`
	Timeout time.Duration `default:"5s" help:"Longest time to wait (default ${default})."`
}

// Run exits with an error unless the server says that it is well.
func (c *healthCmd) Run(a *app) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return &usageError{"--listen " + c.Listen + " is no address", "write HOST:PORT"}
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip != nil && ip.To4() == nil {
			host = "::1"
		}
	}
	path := "/readyz"
	if c.Live {
		path = "/healthz"
	}
	ctx, cancel := context.WithTimeout(a.ctx, c.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	const most = 1 << 10
	text, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s: %s", path, response.Status, strings.TrimSpace(string(text)))
	}
	_, err = fmt.Fprintln(a.stdout, strings.TrimSpace(string(text)))
	return err
}
