package clickhouse

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/countyql/countyql/store"
)

// TestTLS loads and reads over connections whose certificates are verified, between servers too.
func TestTLS(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("SKIPPED ClickHouse over TLS: there is no openssl to make certificates with; make test installs it where it may")
	}
	c := &testCluster{shards: 2, replicas: 1, secure: true}
	t.Cleanup(c.wipe)
	c.start(t)
	e := c.openLoader(t, "", Options{})
	m := mustCommit(t, e, 1)
	reader := open(t, c.url("reader", e.config.Database), Options{})
	if got := served(t, reader); got != 1 {
		t.Errorf("the served value is %v", got)
	}
	if err := e.Verify(t.Context(), m.ID); err != nil {
		t.Error(err)
	}
	url, _, _ := strings.Cut(c.url("reader", e.config.Database), "&ca=")
	var away *store.UnavailableError
	if _, err := open(t, url, Options{}).Pin(t.Context()); !errors.As(err, &away) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("with a certificate that nobody vouches for: %v", err)
	}
}
