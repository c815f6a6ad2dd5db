package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/countyql/countyql/indicator"
)

// The claims that say what the bearer of a signed token may do; its name is the registered claim sub.
const (
	RoleClaim       = "countyql_role"       // reader, loader or admin
	RegionsClaim    = "countyql_regions"    // a list of region codes; left out for all
	IndicatorsClaim = "countyql_indicators" // a list of indicator codes; left out for all
)

// algorithms are those with a public key. One with a shared secret would take the public key for the secret.
var algorithms = []string{
	"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
}

// skew is how far the issuer's clock may be off.
const skew = time.Minute

// JWT verifies tokens that an issuer has signed with a key of its JSON Web Key Set. It is safe for concurrent use.
type JWT struct {
	keys   *Keys
	parser *jwt.Parser
}

// NewJWT returns a verifier of tokens from an issuer for an audience. The clock is time.Now if now is nil.
func NewJWT(keys *Keys, issuer, audience string, now func() time.Time) *JWT {
	if now == nil {
		now = time.Now
	}
	return &JWT{keys: keys, parser: jwt.NewParser(
		jwt.WithValidMethods(algorithms), jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(), jwt.WithLeeway(skew), jwt.WithTimeFunc(now),
	)}
}

// Verify tells who bears the token.
func (j *JWT) Verify(ctx context.Context, token string) (*Principal, error) {
	claims := jwt.MapClaims{}
	_, err := j.parser.ParseWithClaims(token, claims, func(parsed *jwt.Token) (any, error) { return j.keys.find(ctx, parsed) })
	var typed *indicator.Error
	switch {
	case errors.As(err, &typed):
		return nil, typed
	case err != nil:
		return nil, unauthenticated("the token is not accepted: "+reasonOf(err), "get a new one from its issuer")
	}
	principal, err := principalOf(claims)
	if err != nil {
		return nil, unauthenticated("the token is not accepted: "+err.Error(), "ask whoever configures its issuer")
	}
	return principal, nil
}

// reasonOf says why a token is refused. What it says holds nothing of the token.
func reasonOf(err error) string {
	for _, known := range []struct {
		err  error
		text string
	}{
		{jwt.ErrTokenMalformed, "it is malformed"},
		{jwt.ErrTokenExpired, "it has expired"},
		{jwt.ErrTokenNotValidYet, "it is not valid yet"},
		{jwt.ErrTokenUsedBeforeIssued, "it was issued in the future"},
		{jwt.ErrTokenInvalidAudience, "it is meant for another audience"},
		{jwt.ErrTokenInvalidIssuer, "it is from another issuer"},
		{jwt.ErrTokenRequiredClaimMissing, "a required claim is missing: exp, iss and aud are"},
		{jwt.ErrTokenSignatureInvalid, "its signature or its algorithm is not accepted"},
		{jwt.ErrTokenUnverifiable, "its key is not one of the issuer's"},
	} {
		if errors.Is(err, known.err) {
			return known.text
		}
	}
	return "its claims are malformed"
}

// principalOf reads the claims. One that is there and is not what it should be refuses the token: it must not grant more
// than its issuer meant.
func principalOf(claims jwt.MapClaims) (*Principal, error) {
	name, err := claims.GetSubject()
	if err != nil || CheckName(name) != nil {
		return nil, errors.New("the claim sub names nobody")
	}
	text, _ := claims[RoleClaim].(string)
	role, err := ParseRole(text)
	if err != nil {
		return nil, fmt.Errorf("the claim %s is none of reader, loader, admin", RoleClaim)
	}
	p := &Principal{Name: name, Role: role}
	if p.Scope.Regions, err = codesOf(claims, RegionsClaim); err != nil {
		return nil, err
	}
	if p.Scope.Indicators, err = codesOf(claims, IndicatorsClaim); err != nil {
		return nil, err
	}
	return p, nil
}

func codesOf(claims jwt.MapClaims, claim string) ([]string, error) {
	value, stated := claims[claim]
	if !stated {
		return nil, nil
	}
	malformed := fmt.Errorf("the claim %s is no list of codes, and is left out to allow all", claim)
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		return nil, malformed
	}
	codes := make([]string, len(list))
	for i, element := range list {
		if codes[i], ok = element.(string); !ok || codes[i] == "" {
			return nil, malformed
		}
	}
	return codes, nil
}
