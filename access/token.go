package access

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"time"
)

// TokenPrefix begins every token of the token file, so that people and scanners of leaked secrets recognise one.
const TokenPrefix = "cql_"

// NewToken returns a token of 256 random bits.
func NewToken() string {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // it never fails
	return TokenPrefix + base64.RawURLEncoding.EncodeToString(secret[:])
}

// Hash is what is kept of a token. A token is random enough that a plain hash cannot be turned back.
type Hash [sha256.Size]byte

// HashOf returns the hash of a token.
func HashOf(token string) Hash { return sha256.Sum256([]byte(token)) }

// String is the hash in lower-case hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// equal compares in constant time.
func (h Hash) equal(other Hash) bool { return subtle.ConstantTimeCompare(h[:], other[:]) == 1 }

// Grant is one entry of the token file: a token's hash and what its bearer may do.
type Grant struct {
	Principal
	Hash    Hash
	Created time.Time
	Expires time.Time // zero for never
	Revoked time.Time // zero unless revoked
}

// State says in one word whether the token is accepted at a time: valid, expired or revoked.
func (g *Grant) State(now time.Time) string {
	switch {
	case !g.Revoked.IsZero():
		return "revoked"
	case !g.Expires.IsZero() && !now.Before(g.Expires):
		return "expired"
	}
	return "valid"
}
