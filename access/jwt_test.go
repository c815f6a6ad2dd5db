package access

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/indicator"
)

// issuer signs tokens and shows its keys.
type issuer struct {
	t    *testing.T
	keys map[string]*ecdsa.PrivateKey // by their identifier
	down atomic.Bool
	gets atomic.Int64
}

func newIssuer(t *testing.T, ids ...string) *issuer {
	i := &issuer{t: t, keys: make(map[string]*ecdsa.PrivateKey)}
	for _, id := range ids {
		i.add(id)
	}
	return i
}

func (i *issuer) add(id string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	i.keys[id] = key
}

func (i *issuer) set() []byte {
	i.t.Helper()
	storage := jwkset.NewMemoryStorage()
	for id, key := range i.keys {
		jwk, err := jwkset.NewJWKFromKey(key.Public(), jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: id, ALG: jwkset.AlgES256}})
		if err != nil {
			i.t.Fatal(err)
		}
		if err := storage.KeyWrite(context.Background(), jwk); err != nil {
			i.t.Fatal(err)
		}
	}
	text, err := storage.JSONPublic(context.Background())
	if err != nil {
		i.t.Fatal(err)
	}
	return text
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	i.gets.Add(1)
	if i.down.Load() {
		http.Error(w, "down", http.StatusBadGateway)
		return
	}
	w.Write(i.set())
}

func (i *issuer) sign(id string, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	i.t.Helper()
	token := jwt.NewWithClaims(method, claims)
	if id != "" {
		token.Header["kid"] = id
	}
	signed, err := token.SignedString(key)
	if err != nil {
		i.t.Fatal(err)
	}
	return signed
}

// claims are good ones, changed: nil leaves a claim out.
func claims(at time.Time, changes jwt.MapClaims) jwt.MapClaims {
	c := jwt.MapClaims{
		"iss": "https://issuer.example", "aud": "countyql", "sub": "somebody", "exp": at.Add(time.Hour).Unix(), RoleClaim: "reader",
	}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

func open(t *testing.T, location string, c *clock) *JWT {
	t.Helper()
	keys, err := OpenKeys(t.Context(), location, discard(), c.now)
	if err != nil {
		t.Fatal(err)
	}
	return NewJWT(keys, "https://issuer.example", "countyql", c.now)
}

func TestJWT(t *testing.T) {
	t.Parallel()
	c := newClock()
	i := newIssuer(t, "k")
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(path, i.set(), 0o600); err != nil {
		t.Fatal(err)
	}
	verifier := open(t, path, c)
	public, err := x509.MarshalPKIXPublicKey(i.keys["k"].Public())
	if err != nil {
		t.Fatal(err)
	}
	other := newIssuer(t, "k")
	es := func(changes jwt.MapClaims) string {
		return i.sign("k", jwt.SigningMethodES256, i.keys["k"], claims(c.at, changes))
	}
	for _, test := range []struct {
		name, token string
		want        *Principal // nil: refused
	}{
		{"good", es(nil), &Principal{Name: "somebody", Role: Reader}},
		{
			"scoped", es(jwt.MapClaims{RoleClaim: "admin", RegionsClaim: []string{"37", "51"}, IndicatorsClaim: []string{"grids"}}),
			&Principal{"somebody", Admin, Scope{[]string{"37", "51"}, []string{"grids"}}},
		},
		{"one of several audiences", es(jwt.MapClaims{"aud": []string{"other", "countyql"}}), &Principal{Name: "somebody", Role: Reader}},
		{"expired within the skew", es(jwt.MapClaims{"exp": c.at.Add(-50 * time.Second).Unix()}), &Principal{Name: "somebody", Role: Reader}},
		{"expired", es(jwt.MapClaims{"exp": c.at.Add(-70 * time.Second).Unix()}), nil},
		{"no expiry", es(jwt.MapClaims{"exp": nil}), nil},
		{"not yet", es(jwt.MapClaims{"nbf": c.at.Add(70 * time.Second).Unix()}), nil},
		{"issued in the future", es(jwt.MapClaims{"iat": c.at.Add(70 * time.Second).Unix()}), nil},
		{"another issuer", es(jwt.MapClaims{"iss": "https://issuer.example/"}), nil},
		{"no issuer", es(jwt.MapClaims{"iss": nil}), nil},
		{"another audience", es(jwt.MapClaims{"aud": "countyql2"}), nil},
		{"no audience", es(jwt.MapClaims{"aud": nil}), nil},
		{"no subject", es(jwt.MapClaims{"sub": nil}), nil},
		{"subject with a line break", es(jwt.MapClaims{"sub": "a\nb"}), nil},
		{"no role", es(jwt.MapClaims{RoleClaim: nil}), nil},
		{"unknown role", es(jwt.MapClaims{RoleClaim: "root"}), nil},
		{"roles", es(jwt.MapClaims{RoleClaim: []string{"reader"}}), nil},
		{"empty scope", es(jwt.MapClaims{RegionsClaim: []string{}}), nil},
		{"scope as text", es(jwt.MapClaims{RegionsClaim: "37"}), nil},
		{"scope of numbers", es(jwt.MapClaims{IndicatorsClaim: []int{37}}), nil},
		{"another's key", i.sign("k", jwt.SigningMethodES256, other.keys["k"], claims(c.at, nil)), nil},
		{"unknown key", i.sign("x", jwt.SigningMethodES256, i.keys["k"], claims(c.at, nil)), nil},
		{"unsigned", i.sign("k", jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims(c.at, nil)), nil},
		{"public key as the secret", i.sign("k", jwt.SigningMethodHS256, public, claims(c.at, nil)), nil},
		{"cut", es(nil)[:100], nil},
		{"nothing", "", nil},
		{"dots", "..", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := verifier.Verify(t.Context(), test.token)
			if test.want == nil {
				wantUnauthenticated(t, err)
			}
			if diff := cmp.Diff(test.want, p); diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

// A key that the issuer adds is known at its first use, one that it withdraws not for long; while the issuer is down, the keys
// known before stay in force.
func TestKeys_followTheIssuer(t *testing.T) {
	t.Parallel()
	c := newClock()
	i := newIssuer(t, "old")
	listening := httptest.NewServer(i)
	defer listening.Close()
	verifier := open(t, listening.URL, c)
	verify := func(id string, key crypto.PrivateKey) error {
		_, err := verifier.Verify(t.Context(), i.sign(id, jwt.SigningMethodES256, key, claims(c.at, nil)))
		return err
	}
	old := i.keys["old"]
	if err := verify("old", old); err != nil {
		t.Error(err)
	}
	i.down.Store(true)
	c.pass(time.Hour)
	if err := verify("old", old); err != nil {
		t.Errorf("while the issuer is down: %v", err)
	}
	i.down.Store(false)
	i.add("new")
	c.pass(unknownKey)
	if err := verify("new", i.keys["new"]); err != nil {
		t.Errorf("a new key: %v", err)
	}
	before := i.gets.Load()
	for range 20 {
		wantUnauthenticated(t, verify("unheard of", old))
	}
	if n := i.gets.Load() - before; n > 1 {
		t.Errorf("unknown keys had the set fetched %d times", n)
	}
	delete(i.keys, "old")
	c.pass(refresh)
	wantUnauthenticated(t, verify("old", old))
}

// An issuer that is down at the start is asked again when a token comes, and until then nobody can be told from anybody.
func TestKeys_downAtStart(t *testing.T) {
	t.Parallel()
	c := newClock()
	i := newIssuer(t, "k")
	i.down.Store(true)
	listening := httptest.NewServer(i)
	defer listening.Close()
	verifier := open(t, listening.URL, c)
	token := i.sign("k", jwt.SigningMethodES256, i.keys["k"], claims(c.at, nil))
	if _, err := verifier.Verify(t.Context(), token); !errors.Is(err, &indicator.Error{Code: indicator.Unavailable}) {
		t.Errorf("%v, want UNAVAILABLE", err)
	}
	i.down.Store(false)
	c.pass(unknownKey)
	if _, err := verifier.Verify(t.Context(), token); err != nil {
		t.Error(err)
	}
}

func TestOpenKeys_refuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	secret := filepath.Join(dir, "empty.json")
	text, err := json.Marshal(map[string]any{"keys": []any{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(secret, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, location := range []string{"http://issuer.example/keys", "ftp://localhost/keys", filepath.Join(dir, "none.json"), secret, dir} {
		if _, err := OpenKeys(t.Context(), location, discard(), nil); err == nil {
			t.Errorf("%s is accepted", location)
		}
	}
}
