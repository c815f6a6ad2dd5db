package access

import (
	"context"
	"strings"
)

// Bearers verifies the tokens of a token file and signed ones; either may be nil.
type Bearers struct {
	Tokens *Tokens
	JWT    *JWT
}

// longestToken bounds a token in bytes.
const longestToken = 16 << 10

// Verify tells who bears the token, of whichever kind it is.
func (b Bearers) Verify(ctx context.Context, token string) (*Principal, error) {
	switch {
	case len(token) > longestToken:
		return nil, unauthenticated("the token is too long", "send the token alone, as Authorization: Bearer TOKEN")
	case b.Tokens != nil && (strings.HasPrefix(token, TokenPrefix) || b.JWT == nil):
		return b.Tokens.Verify(ctx, token)
	case b.JWT != nil && !strings.HasPrefix(token, TokenPrefix):
		return b.JWT.Verify(ctx, token)
	}
	return nil, unauthenticated("the token is not known here", "this server accepts none of its kind")
}
