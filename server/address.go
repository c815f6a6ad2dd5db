package server

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks of the proxies whose word about where a request comes from is believed.
type Proxies []netip.Prefix

// ParseProxies reads networks such as 10.0.0.0/8, and single addresses.
func ParseProxies(list []string) (Proxies, error) {
	var proxies Proxies
	for _, text := range list {
		network, err := netip.ParsePrefix(text)
		if address, single := netip.ParseAddr(text); single == nil {
			network, err = netip.PrefixFrom(address.WithZone(""), address.BitLen()), nil
		}
		if err != nil || network != network.Masked() {
			return nil, fmt.Errorf("%q is no network: write 10.0.0.0/8, fd00::/8 or a single address", text)
		}
		if network.Addr().Is4In6() {
			return nil, fmt.Errorf("%q is an IPv4 address written as IPv6: write it as IPv4", text)
		}
		proxies = append(proxies, network)
	}
	return proxies, nil
}

func (p Proxies) has(address netip.Addr) bool {
	for _, network := range p {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// client is the address that a request comes from: that of the peer or, as long as that is a proxy which is believed, the one that
// it names. Each proxy adds the address it was asked from at the end, so what stands before the last one that is not a
// proxy's may be invented. The address is invalid if the peer has none.
func (p Proxies) client(r *http.Request) netip.Addr {
	peer := parseAddress(r.RemoteAddr)
	if !peer.IsValid() || !p.has(peer) {
		return peer
	}
	x, standard := r.Header.Values("X-Forwarded-For"), r.Header.Values("Forwarded")
	switch {
	case len(x) > 0 && len(standard) > 0:
		// A proxy writes one of them and may hand on the other as the client has it: only what both say is not invented.
		if a := p.origin(peer, forwardedX(x)); a == p.origin(peer, forwarded(standard)) {
			return a
		}
		return peer
	case len(standard) > 0:
		return p.origin(peer, forwarded(standard))
	}
	return p.origin(peer, forwardedX(x))
}

// origin goes back from a peer that is believed, along the addresses that it and those before it were asked from.
func (p Proxies) origin(peer netip.Addr, hops []string) netip.Addr {
	nearest := peer
	for i := len(hops) - 1; i >= 0; i-- {
		hop := parseAddress(hops[i])
		if !hop.IsValid() {
			break // hidden or malformed: the one who says so is the last who is known
		}
		nearest = hop
		if !p.has(hop) {
			break
		}
	}
	return nearest
}

// forwardedX are the hops of X-Forwarded-For headers.
func forwardedX(headers []string) []string {
	if len(headers) == 0 {
		return nil
	}
	return strings.Split(strings.Join(headers, ","), ",")
}

// forwarded are the hops of Forwarded headers (RFC 7239); an element without one is an empty hop. A quote that a client leaves open
// would swallow what the proxy adds: then nothing is believed.
func forwarded(headers []string) []string {
	var hops []string
	text := strings.Join(headers, ",")
	if unclosed(text) {
		return nil
	}
	for element := range unquotedSplit(text, ',') {
		hop := ""
		for pair := range unquotedSplit(element, ';') {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			if strings.EqualFold(name, "for") {
				hop = strings.Trim(value, `"`)
			}
		}
		hops = append(hops, hop)
	}
	return hops
}

// unclosed reports whether a text ends within quotes.
func unclosed(text string) bool {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quoted:
			i++
		case text[i] == '"':
			quoted = !quoted
		}
	}
	return quoted
}

// unquotedSplit yields the parts of a text between separators that do not stand in quotes.
func unquotedSplit(text string, separator byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		start, quoted := 0, false
		for i := 0; i < len(text); i++ {
			switch c := text[i]; {
			case c == '\\' && quoted:
				i++
			case c == '"':
				quoted = !quoted
			case c == separator && !quoted:
				if !yield(text[start:i]) {
					return
				}
				start = i + 1
			}
		}
		yield(text[start:])
	}
}

// parseAddress reads an IP address with or without a port, IPv6 with or without brackets; invalid if it is none.
func parseAddress(text string) netip.Addr {
	text = strings.TrimSpace(text)
	if pair, err := netip.ParseAddrPort(text); err == nil {
		return pair.Addr().Unmap().WithZone("")
	}
	if inside, ok := strings.CutPrefix(text, "["); ok {
		text = strings.TrimSuffix(inside, "]")
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

// neighbourhood stands for all addresses that one client can have: an IPv4 address, or the /64 of an IPv6 address.
func neighbourhood(address netip.Addr) string {
	const subscriber = 64
	if address.Is6() {
		if network, err := address.Prefix(subscriber); err == nil {
			return network.String()
		}
	}
	return address.String()
}
