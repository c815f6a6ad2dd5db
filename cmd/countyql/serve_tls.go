package main

import (
	"crypto/tls"
	"log/slog"
	"net"

	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/telemetry"
)

// tlsFlags say how a server proves who it is.
type tlsFlags struct {
	TLSCert string `name:"tls-cert" env:"COUNTYQL_TLS_CERT" placeholder:"FILE" help:"Speak TLS with this certificate chain in PEM; read again when it changes."`
	TLSKey  string `name:"tls-key" env:"COUNTYQL_TLS_KEY" placeholder:"FILE" help:"The certificate's key in PEM."`
}

// check refuses one file without the other.
func (f *tlsFlags) check() error {
	if (f.TLSCert == "") != (f.TLSKey == "") {
		return &usageError{"--tls-cert and --tls-key go together", "give both to speak TLS, or neither"}
	}
	return nil
}

// secure lets a listener speak TLS if there is a certificate, and returns the scheme of its addresses.
func (f *tlsFlags) secure(listener net.Listener, metrics *telemetry.Metrics, logger *slog.Logger) (net.Listener, string, error) {
	if f.TLSCert == "" {
		return listener, "http", nil
	}
	certificate, err := server.OpenCertificate(f.TLSCert, f.TLSKey, logger, nil)
	if err != nil {
		return nil, "", err
	}
	metrics.Gauge("tls_certificate_expires_timestamp_seconds", "When the certificate is no longer good, in seconds since 1970.", func() float64 {
		return float64(certificate.Expires().Unix())
	})
	return tls.NewListener(listener, certificate.Config()), "https", nil
}
