package server

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countyql/countyql/query"
)

// pair makes a certificate for this machine and its key.
func pair(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	text, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: text})
}

func put(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A pair that is replaced is shown from then on; what cannot be used is not, and the last good pair stays.
func TestCertificate_follows(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	certPath, keyPath := filepath.Join(dir, "cert"), filepath.Join(dir, "key")
	cert1, key1 := pair(t, "first")
	cert2, key2 := pair(t, "second")
	put(t, certPath, cert1)
	put(t, keyPath, key1)
	now := time.Now()
	var log bytes.Buffer
	c, err := OpenCertificate(certPath, keyPath, slog.New(slog.NewTextHandler(&log, nil)), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	shows := func(want string) {
		t.Helper()
		shown, err := c.Config().GetCertificate(nil)
		if err != nil || shown.Leaf.Subject.CommonName != want {
			t.Errorf("%v shows %s, want %s", err, shown.Leaf.Subject.CommonName, want)
		}
	}
	later := func() { now = now.Add(2 * recheckPair) }
	shows("first")
	later()
	shows("first")
	put(t, certPath, cert2) // the key has not come yet
	shows("first")
	later()
	shows("first")
	later()
	shows("first")
	if got := strings.Count(log.String(), "cannot be renewed"); got != 1 {
		t.Errorf("logged %d times: %s", got, &log)
	}
	put(t, keyPath, key2)
	later()
	shows("second")
	put(t, certPath, []byte("nonsense"))
	later()
	shows("second")
	if err := os.Remove(keyPath); err != nil {
		t.Fatal(err)
	}
	later()
	shows("second")
	// As a link that is moved to another directory, the way Kubernetes does it.
	put(t, filepath.Join(dir, "other"), key1)
	if err := os.Symlink("other", keyPath); err != nil {
		t.Fatal(err)
	}
	put(t, certPath, cert1)
	later()
	shows("first")
}

func TestOpenCertificate_errors(t *testing.T) {
	t.Parallel()
	cert, key := pair(t, "first")
	other, _ := pair(t, "second")
	for name, test := range map[string]struct {
		cert, key []byte
		want      string
	}{
		"no files":         {nil, nil, "no such file"},
		"no key":           {cert, nil, "no such file"},
		"another key":      {other, key, "does not match"},
		"nonsense":         {[]byte("x"), key, "PEM"},
		"the wrong way":    {key, cert, "PEM"},
		"no certificate":   {[]byte{}, key, "PEM"},
		"a key with words": {cert, pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")}), "private key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for file, text := range map[string][]byte{"cert": test.cert, "key": test.key} {
				if text != nil {
					put(t, filepath.Join(dir, file), text)
				}
			}
			_, err := OpenCertificate(filepath.Join(dir, "cert"), filepath.Join(dir, "key"), slog.New(slog.DiscardHandler), nil)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "give a chain in PEM") {
				t.Errorf("%v", err)
			}
		})
	}
}

// A server speaks HTTP/2 and 1.1 over TLS 1.2 and newer, and nothing older.
func TestServe_TLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := pair(t, "first")
	put(t, filepath.Join(dir, "cert"), cert)
	put(t, filepath.Join(dir, "key"), key)
	c, err := OpenCertificate(filepath.Join(dir, "cert"), filepath.Join(dir, "key"), slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	handler := &Handler{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) })}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, tls.NewListener(plain, c.Config()), handler, Times{Grace: time.Minute}) }()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	for _, test := range []struct {
		name   string
		config *tls.Config
		http2  bool
		want   string
	}{
		{"HTTP/2", &tls.Config{RootCAs: roots}, true, "HTTP/2.0"},
		{"HTTP/1.1", &tls.Config{RootCAs: roots}, false, "HTTP/1.1"},
		{"TLS 1.2", &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS12}, true, "HTTP/2.0"},
		{"TLS 1.1", &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, true, ""},
		{"somebody who does not trust it", &tls.Config{}, true, ""},
	} {
		transport := &http.Transport{TLSClientConfig: test.config, ForceAttemptHTTP2: test.http2}
		got := ""
		if response, err := (&http.Client{Transport: transport}).Get("https://" + plain.Addr().String()); err == nil {
			body, _ := io.ReadAll(response.Body)
			response.Body.Close()
			got = string(body)
		}
		transport.CloseIdleConnections()
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// What goes wrong with a connection before there is a request is in the server's log.
func TestServe_ConnectionErrors(t *testing.T) {
	t.Parallel()
	cert, key := pair(t, "here")
	both, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	handler := New(&query.Service{}, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	ctx, end := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- Serve(ctx, tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{both}}), handler, Times{Grace: time.Minute})
	}()
	connection, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if _, err := io.WriteString(connection, "GET / HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(connection); err != nil { // the refusal, and the end of the connection, behind which it is logged
		t.Fatal(err)
	}
	end()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	if text := log.String(); !strings.Contains(text, "level=WARN") || !strings.Contains(text, "TLS handshake error") {
		t.Errorf("logged: %q", text)
	}
}
