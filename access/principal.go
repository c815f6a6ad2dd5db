package access

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Role is what a principal may do; each includes those before it.
type Role int8

// The roles. The zero value may do nothing.
const (
	NoRole Role = iota
	Reader      // may ask
	Loader      // may load, too
	Admin       // may publish and prune snapshots, too
)

var roleNames = []string{"", "reader", "loader", "admin"}

// String returns the role's name in token files and claims.
func (r Role) String() string {
	if r < 0 || int(r) >= len(roleNames) {
		return "Role(" + strconv.Itoa(int(r)) + ")"
	}
	return roleNames[r]
}

// ParseRole reads a role by its name.
func ParseRole(name string) (Role, error) {
	if at := slices.Index(roleNames, name); at > 0 {
		return Role(at), nil
	}
	return NoRole, fmt.Errorf("there is no role %q: it is one of %s", name, strings.Join(roleNames[1:], ", "))
}

// Scope is the part of the data that a principal may see. An empty list is no restriction.
type Scope struct {
	// Regions are codes, or scheme:code; everything inside a region is within the scope too.
	Regions []string
	// Indicators are codes.
	Indicators []string
}

// Everything reports whether nothing is hidden.
func (s Scope) Everything() bool { return len(s.Regions) == 0 && len(s.Indicators) == 0 }

// Key is equal for scopes that say the same, and different for others: a cache of answers must have it in its keys. It is
// empty for the scope that hides nothing.
func (s Scope) Key() string {
	if s.Everything() {
		return ""
	}
	list := func(codes []string) string {
		quoted := make([]string, len(codes))
		for i, code := range codes {
			quoted[i] = strconv.Quote(code)
		}
		slices.Sort(quoted)
		return strings.Join(slices.Compact(quoted), ",")
	}
	return "regions:" + list(s.Regions) + ";indicators:" + list(s.Indicators)
}

// Principal is who sends a request.
type Principal struct {
	// Name identifies the principal in logs, limits and idempotency keys; empty for somebody without a token.
	Name  string
	Role  Role
	Scope Scope
}

// May reports whether the principal has the role or a higher one.
func (p *Principal) May(role Role) bool { return p.Role >= role }

// Public is somebody without a token, where everybody may read.
func Public() *Principal { return &Principal{Role: Reader} }

// System is the program itself, asking for its own purposes such as readiness.
func System() *Principal { return &Principal{Name: "system", Role: Reader} }

// Key is the key of a context's value that is its *Principal, for contexts that have it among other things.
type Key struct{}

// With returns a context of the principal's requests.
func With(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, Key{}, p)
}

// Of returns the principal of a context, and false if it has none.
func Of(ctx context.Context) (*Principal, bool) {
	p, ok := ctx.Value(Key{}).(*Principal)
	return p, ok
}
