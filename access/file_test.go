package access

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/indicator"
)

var (
	hashA = HashOf("a").String()
	hashB = HashOf("b").String()
)

func line(name, hash, rest string) string {
	return `{"name":"` + name + `","sha256":"` + hash + `",` + rest + `,"created":"2026-01-01T00:00:00Z"}` + "\n"
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		line       int    // of the error; 0 for none
		contains   string // in the error
	}{
		{"empty", "", 0, ""},
		{"blank lines", "\n\n" + line("a", hashA, `"role":"reader"`) + "\n", 0, ""},
		{"no JSON", line("a", hashA, `"role":"reader"`) + "b\n", 2, "invalid character"},
		{"unknown field", line("a", hashA, `"role":"reader","expire":"2020-01-01T00:00:00Z"`), 1, "unknown field"},
		{"unknown role", line("a", hashA, `"role":"root"`), 1, "reader, loader, admin"},
		{"no role", line("a", hashA, `"regions":["37"]`), 1, "no role"},
		{"short hash", line("a", hashA[2:], `"role":"reader"`), 1, "sha256"},
		{"long hash", line("a", hashA+"00", `"role":"reader"`), 1, "sha256"},
		{"no hash", line("a", "", `"role":"reader"`), 1, "sha256"},
		{"twice", line("a", hashA, `"role":"reader"`) + "\n" + line("a", hashB, `"role":"reader"`), 3, "line 1"},
		{"empty scope", line("a", hashA, `"role":"reader","regions":[]`), 1, "empty list"},
		{"empty code", line("a", hashA, `"role":"reader","indicators":[" "]`), 1, "empty code"},
		{"two objects", strings.TrimSpace(line("a", hashA, `"role":"reader"`)) + line("b", hashB, `"role":"reader"`), 1, "after the object"},
		{"no name", line("", hashA, `"role":"reader"`), 1, "name is empty"},
		{"control character", line(`a\n`, hashA, `"role":"reader"`), 1, "control characters"},
		{"expiry of the year 1", line("a", hashA, `"role":"reader","expires":"0001-01-01T00:00:00Z"`), 1, "year 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := parse("tokens", []byte(test.text))
			var at *FileError
			switch {
			case test.line == 0 && err == nil:
			case !errors.As(err, &at) || at.Line != test.line || !strings.Contains(err.Error(), test.contains):
				t.Errorf("%v, want line %d with %q", err, test.line, test.contains)
			}
		})
	}
}

// What is read is what was written, whatever the text.
func FuzzParse(f *testing.F) {
	f.Add([]byte(line("a", hashA, `"role":"reader","regions":["37"]`) + line("b", hashB, `"role":"admin","revoked":"2026-01-01T00:00:00Z"`)))
	f.Add([]byte(`{"name":"a"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		grants, err := parse("tokens", text)
		if err != nil {
			return
		}
		var again bytes.Buffer
		for i := range grants {
			if !grants[i].May(Reader) {
				t.Errorf("%+v has no role", grants[i])
			}
			if encoded, err := encodeEntry(&grants[i]); err == nil {
				again.Write(encoded)
			} else {
				t.Fatal(err)
			}
		}
		back, err := parse("tokens", again.Bytes())
		if err != nil {
			t.Fatalf("%v in %s", err, again.Bytes())
		}
		if diff := cmp.Diff(grants, back); diff != "" {
			t.Error(diff)
		}
	})
}

func TestReadFile_refuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := filepath.Join(dir, "open")
	if err := os.WriteFile(open, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o622); err != nil { //nolint:gosec // what is tested
		t.Fatal(err)
	}
	for path, contains := range map[string]string{open: "chmod", dir: "regular"} {
		if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), contains) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func grantOf(name, token string) Grant {
	return Grant{Principal: Principal{Name: name, Role: Reader}, Hash: HashOf(token), Created: time.Unix(0, 0).UTC()}
}

// Tokens made at the same time are all in the file, which is for its owner alone.
func TestChange(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tokens")
	var group sync.WaitGroup
	for _, name := range strings.Split("a b c d e f g h", " ") {
		group.Go(func() {
			if err := Change(path, func(grants []Grant) ([]Grant, error) { return append(grants, grantOf(name, name)), nil }); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	grants, err := ReadFile(path)
	if err != nil || len(grants) != 8 {
		t.Errorf("%d tokens, %v", len(grants), err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// clock is a time that tests move on.
type clock struct{ at time.Time }

func (c *clock) now() time.Time          { return c.at }
func (c *clock) pass(d time.Duration)    { c.at = c.at.Add(d) }
func newClock() *clock                   { return &clock{time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)} }
func discard() *slog.Logger              { return slog.New(slog.DiscardHandler) }
func logTo(b *bytes.Buffer) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }
func wantUnauthenticated(t *testing.T, e error) {
	t.Helper()
	if !errors.Is(e, &indicator.Error{Code: indicator.Unauthenticated}) {
		t.Errorf("%v, want UNAUTHENTICATED", e)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tokens")
	time0 := newClock()
	var log bytes.Buffer
	tokens, err := OpenTokens(path, logTo(&log), time0.now)
	if err != nil {
		t.Fatal(err)
	}
	verify := func(token string) (string, error) {
		t.Helper()
		p, err := tokens.Verify(t.Context(), token)
		if err != nil {
			return "", err
		}
		return p.Name, nil
	}
	_, err = verify("cql_a")
	wantUnauthenticated(t, err)

	change := func(f func([]Grant) []Grant) {
		t.Helper()
		if err := Change(path, func(g []Grant) ([]Grant, error) { return f(g), nil }); err != nil {
			t.Fatal(err)
		}
		time0.pass(2 * time.Second)
	}
	expiring := grantOf("b", "cql_b")
	expiring.Expires = time0.at.Add(time.Hour)
	change(func(g []Grant) []Grant { return append(g, grantOf("a", "cql_a"), expiring) })
	for token, want := range map[string]string{"cql_a": "a", "cql_b": "b"} {
		if name, err := verify(token); name != want {
			t.Errorf("%s is %q, %v", token, name, err)
		}
	}
	_, err = verify(HashOf("cql_a").String())
	wantUnauthenticated(t, err)

	time0.pass(time.Hour)
	_, err = verify("cql_b")
	wantUnauthenticated(t, err)

	// A file that was broken leaves the last good one in force, and says so once.
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range []string{"{", ""} {
		if broken == "" {
			err = os.Remove(path)
		} else {
			err = os.WriteFile(path, []byte(broken), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		log.Reset()
		for range 3 {
			time0.pass(2 * time.Second)
			if name, err := verify("cql_a"); name != "a" {
				t.Errorf("%q, %v", name, err)
			}
		}
		if n := strings.Count(log.String(), "last good state"); n != 1 {
			t.Errorf("the broken file %q is logged %d times: %s", broken, n, log.String())
		}
	}
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	change(func(g []Grant) []Grant {
		g[0].Revoked = time0.at
		return g
	})
	_, err = verify("cql_a")
	wantUnauthenticated(t, err)
	if strings.Contains(log.String(), "cql_") {
		t.Errorf("a token is logged: %s", log.String())
	}
}

func TestNewToken(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for range 100 {
		token := NewToken()
		if !strings.HasPrefix(token, TokenPrefix) || len(token) != len(TokenPrefix)+43 || seen[token] {
			t.Errorf("token %q", token)
		}
		seen[token] = true
	}
}

func TestScopeKey(t *testing.T) {
	t.Parallel()
	same := Scope{Regions: []string{"51", "37"}}
	if same.Key() != (Scope{Regions: []string{"37", "51", "37"}}).Key() {
		t.Error("the order of codes makes another key")
	}
	for _, other := range []Scope{{}, {Regions: []string{"37,51"}}, {Regions: []string{"37"}}, {Indicators: []string{"37", "51"}}, {Regions: []string{`37","51`}}} {
		if same.Key() == other.Key() {
			t.Errorf("%+v has the key of %+v", other, same)
		}
	}
}
