package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// healthCmd asks a server on this machine how it is, for whoever has no client to do so, such as a container.
type healthCmd struct {
	Listen  string        `default:"127.0.0.1:8080" env:"COUNTYQL_LISTEN" placeholder:"HOST:PORT" help:"The address that the server listens on (default ${default})."`
	TLSCert string        `name:"tls-cert" env:"COUNTYQL_TLS_CERT" placeholder:"FILE" help:"Ask by TLS, and accept only the server's certificate that is in this file."`
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
	client, scheme, err := c.client()
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, port)+path, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
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

// client asks by TLS if there is a certificate. It is the server's own file that says which certificate is right: the name in it is
// that of the outside, not this machine's, and one that has expired is no reason to start the server again.
func (c *healthCmd) client() (client *http.Client, scheme string, err error) {
	if c.TLSCert == "" {
		return http.DefaultClient, "http", nil
	}
	text, err := os.ReadFile(c.TLSCert)
	if err != nil {
		return nil, "", err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, "", &usageError{"--tls-cert " + c.TLSCert + " does not begin with a certificate in PEM", "give the file that the server has"}
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // the one certificate that is right is compared instead
		VerifyConnection: func(state tls.ConnectionState) error {
			if !bytes.Equal(state.PeerCertificates[0].Raw, block.Bytes) {
				return fmt.Errorf("the server shows another certificate than %s has (after a change it reads the file within a second)", c.TLSCert)
			}
			return nil
		},
	}}}, "https", nil
}
