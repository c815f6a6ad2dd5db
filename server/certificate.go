package server

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Certificate is a pair of files with a certificate and its key, followed as they change: whoever renews them need not tell the server.
// It is safe for concurrent use.
type Certificate struct {
	certPath, keyPath string
	logger            *slog.Logger
	now               func() time.Time

	mu        sync.Mutex
	checked   time.Time
	cert, key []byte // as last read, good or not
	failed    string // the last failure logged; empty while all is well
	current   *tls.Certificate
}

// CertificateError is a pair of files that a server cannot show.
type CertificateError struct {
	CertPath, KeyPath string
	Cause             error
}

// Error names the files and says what they should be.
func (e *CertificateError) Error() string {
	return fmt.Sprintf("the certificate %s and the key %s cannot be used: %v (give a chain in PEM, the server's own certificate first, and its key in PEM without a password)",
		e.CertPath, e.KeyPath, e.Cause)
}

// Unwrap returns the cause.
func (e *CertificateError) Unwrap() error { return e.Cause }

// recheckPair is how old what is known of the files may be when a client connects.
const recheckPair = time.Second

// OpenCertificate reads a pair of files. The error is a *CertificateError. The clock is time.Now if now is nil.
func OpenCertificate(certPath, keyPath string, logger *slog.Logger, now func() time.Time) (*Certificate, error) {
	if now == nil {
		now = time.Now
	}
	c := &Certificate{certPath: certPath, keyPath: keyPath, logger: logger, now: now, checked: now()}
	var err error
	if c.cert, c.key, err = c.read(); err == nil {
		c.current, err = c.parse()
	}
	if err != nil {
		return nil, &CertificateError{certPath, keyPath, err}
	}
	if until := c.current.Leaf.NotAfter; until.Before(now()) {
		logger.Warn("the certificate has expired", "certificate", certPath, "until", until)
	}
	return c, nil
}

func (c *Certificate) read() (cert, key []byte, err error) {
	if cert, err = os.ReadFile(c.certPath); err != nil {
		return nil, nil, err
	}
	key, err = os.ReadFile(c.keyPath)
	return cert, key, err
}

// parse makes a certificate of what was read; its leaf is there.
func (c *Certificate) parse() (*tls.Certificate, error) {
	pair, err := tls.X509KeyPair(c.cert, c.key)
	if err != nil {
		return nil, err
	}
	if pair.Leaf == nil {
		pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0])
	}
	return &pair, err
}

// Config is how a server speaks TLS with the certificate: 1.2 or newer, and HTTP/2 or 1.1.
func (c *Certificate) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.latest(), nil },
	}
}

// Expires is when the certificate is no longer good.
func (c *Certificate) Expires() time.Time { return c.latest().Leaf.NotAfter }

// latest returns the pair that the files have, or the last good one. Files that are replaced one after the other do not match for a
// moment, and are read again when they have changed once more.
func (c *Certificate) latest() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if age := now.Sub(c.checked); age < recheckPair && age >= 0 {
		return c.current
	}
	c.checked = now
	cert, key, err := c.read()
	if err == nil {
		if bytes.Equal(cert, c.cert) && bytes.Equal(key, c.key) {
			return c.current
		}
		c.cert, c.key = cert, key
		var renewed *tls.Certificate
		if renewed, err = c.parse(); err == nil {
			c.current, c.failed = renewed, ""
			c.logger.Info("the certificate was read again", "certificate", c.certPath, "until", renewed.Leaf.NotAfter)
			return c.current
		}
	}
	if c.failed != err.Error() {
		c.failed = err.Error()
		c.logger.Error("the certificate cannot be renewed, the last good one stays in force", "error", &CertificateError{c.certPath, c.keyPath, err})
	}
	return c.current
}
