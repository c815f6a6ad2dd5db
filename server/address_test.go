package server

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func proxies(t testing.TB, list ...string) Proxies {
	t.Helper()
	p, err := ParseProxies(list)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Only what proxies say that are believed counts, and of that only what they have seen themselves.
func TestProxies_client(t *testing.T) {
	t.Parallel()
	trusted := proxies(t, "10.0.0.0/8", "fd00::/8", "192.0.2.9")
	for _, test := range []struct {
		name, peer  string
		x, standard []string
		want        string
	}{
		{"nobody in between", "198.51.100.1:5", nil, nil, "198.51.100.1"},
		{"a client that names another", "198.51.100.1:5", []string{"203.0.113.1"}, []string{"for=203.0.113.1"}, "198.51.100.1"},
		{"a proxy that says nothing", "10.0.0.1:5", nil, nil, "10.0.0.1"},
		{"a proxy", "10.0.0.1:5", []string{"203.0.113.1"}, nil, "203.0.113.1"},
		{"a single address as a proxy", "192.0.2.9:5", []string{"203.0.113.1"}, nil, "203.0.113.1"},
		{"invented before", "10.0.0.1:5", []string{"203.0.113.7, 203.0.113.1"}, nil, "203.0.113.1"},
		{"invented in a header before", "10.0.0.1:5", []string{"203.0.113.7", "203.0.113.1"}, nil, "203.0.113.1"},
		{"two proxies", "10.0.0.1:5", []string{"203.0.113.7, 203.0.113.1, 10.9.9.9"}, nil, "203.0.113.1"},
		{"proxies only", "10.0.0.1:5", []string{"10.0.0.3, 10.0.0.2"}, nil, "10.0.0.3"},
		{"no address", "10.0.0.1:5", []string{"203.0.113.1, unknown"}, nil, "10.0.0.1"},
		{"no address before a proxy", "10.0.0.1:5", []string{"203.0.113.1, unknown, 10.0.0.2"}, nil, "10.0.0.2"},
		{"an empty header", "10.0.0.1:5", []string{""}, nil, "10.0.0.1"},
		{"with a port", "10.0.0.1:5", []string{"203.0.113.1:99"}, nil, "203.0.113.1"},
		{"IPv6", "[fd00::1]:5", []string{"2001:db8::1"}, nil, "2001:db8::1"},
		{"IPv6 with a port", "[fd00::1]:5", []string{"[2001:db8::1]:99"}, nil, "2001:db8::1"},
		{"IPv4 as IPv6", "[::ffff:10.0.0.1]:5", []string{"::ffff:203.0.113.1"}, nil, "203.0.113.1"},
		{"the standard header", "10.0.0.1:5", nil, []string{`for=203.0.113.7, For="203.0.113.1";proto=https;by=10.0.0.1`}, "203.0.113.1"},
		{"IPv6 in the standard header", "10.0.0.1:5", nil, []string{`proto=https ; for="[2001:db8::1]:99"`}, "2001:db8::1"},
		{"hidden in the standard header", "10.0.0.1:5", nil, []string{`for=203.0.113.1, for=_hidden`}, "10.0.0.1"},
		{"nobody in the standard header", "10.0.0.1:5", nil, []string{`for=203.0.113.1, proto=https`}, "10.0.0.1"},
		{"quotes in the standard header", "10.0.0.1:5", nil, []string{`for=203.0.113.1;host="a,for=203.0.113.7;\",for=203.0.113.8"`}, "203.0.113.1"},
		{"a quote left open", "10.0.0.1:5", nil, []string{`for=203.0.113.7;host="`, `for=203.0.113.1`}, "10.0.0.1"},
		{"a quote that swallows another", "10.0.0.1:5", nil, []string{`for=203.0.113.7;host="\`, `for="203.0.113.1"`}, "10.0.0.1"},
		{"both headers", "10.0.0.1:5", []string{"203.0.113.1"}, []string{"for=203.0.113.1"}, "203.0.113.1"},
		{"headers that contradict", "10.0.0.1:5", []string{"203.0.113.1"}, []string{"for=203.0.113.7"}, "10.0.0.1"},
		{"no peer", "@", []string{"203.0.113.1"}, nil, "invalid IP"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
			r.RemoteAddr = test.peer
			if test.x != nil {
				r.Header["X-Forwarded-For"] = test.x
			}
			if test.standard != nil {
				r.Header["Forwarded"] = test.standard
			}
			if got := trusted.client(r).String(); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			if got := Proxies(nil).client(r); got != parseAddress(test.peer) {
				t.Errorf("%s although nobody is believed", got)
			}
		})
	}
}

func TestParseProxies(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "10.0.0.0", "fd00::1/200", "10.0.0.1/8", "proxy.example", "10.0.0.0/8,192.0.2.1", "::ffff:10.0.0.0/104"} {
		_, err := ParseProxies([]string{text})
		if single := text == "10.0.0.0"; (err == nil) != single {
			t.Errorf("%q: %v", text, err)
		}
		if err != nil && !strings.Contains(err.Error(), "write ") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestNeighbourhood(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "::ffff:192.0.2.1": "192.0.2.1", "nonsense": "invalid IP",
	} {
		if got := neighbourhood(parseAddress(address)); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

// FuzzForwarded: whatever a client writes before what a proxy adds does not change where the request comes from.
func FuzzForwarded(f *testing.F) {
	for _, text := range []string{"", "a", "203.0.113.7", "10.0.0.2", `for="`, `for="a\`, "for=203.0.113.7;", ",,,", "[::1", "\x00"} {
		f.Add(text)
	}
	trusted := proxies(f, "10.0.0.0/8")
	peer, want := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("203.0.113.1")
	f.Fuzz(func(t *testing.T, text string) {
		if got := trusted.origin(peer, forwardedX([]string{text, want.String()})); got != want {
			t.Errorf("%q: %s", text, got)
		}
		got := trusted.origin(peer, forwarded([]string{text, "for=" + want.String()}))
		if got != want && (got != peer || !strings.Contains(text, `"`)) {
			t.Errorf("%q: %s", text, got)
		}
		got = trusted.origin(peer, forwarded([]string{text, `host="a;b,c";for="203.0.113.1:9"`}))
		if got != want && (got != peer || !strings.Contains(text, `"`)) {
			t.Errorf("%q: %s", text, got)
		}
	})
}
