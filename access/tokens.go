package access

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"github.com/countyql/countyql/indicator"
)

// Verifier tells who a bearer token is. The error is an *indicator.Error of the code UNAUTHENTICATED, or UNAVAILABLE where
// that cannot be told at present.
type Verifier interface {
	Verify(ctx context.Context, token string) (*Principal, error)
}

// recheck is how old what is known of a file may be: a revocation is honoured after this time.
const recheck = time.Second

// Tokens verifies the tokens of a token file and follows its changes. It is safe for concurrent use.
type Tokens struct {
	path   string
	logger *slog.Logger
	now    func() time.Time

	mu      sync.Mutex
	checked time.Time
	text    []byte // as last read, well-formed or not
	failed  string // the last failure logged; empty while all is well
	grants  []Grant
}

// OpenTokens reads a token file, which need not exist yet. The error is a *FileError. The clock is time.Now if now is nil.
func OpenTokens(path string, logger *slog.Logger, now func() time.Time) (*Tokens, error) {
	if now == nil {
		now = time.Now
	}
	t := &Tokens{path: path, logger: logger, now: now, checked: now()}
	text, err := readBytes(path)
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	if err != nil {
		return nil, err
	}
	t.text = text
	if t.grants, err = parse(path, text); err != nil {
		return nil, err
	}
	return t, nil
}

// Len is the number of tokens in the file, those no longer accepted included.
func (t *Tokens) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.grants)
}

// Verify tells who bears the token.
func (t *Tokens) Verify(ctx context.Context, token string) (*Principal, error) {
	now := t.now()
	hash := HashOf(token)
	var found *Grant
	for _, grant := range t.current(ctx, now) { // all of them, so that the time taken tells nothing
		if grant.Hash.equal(hash) {
			found = &grant
		}
	}
	if found == nil {
		return nil, unauthenticated("the token is not known here", "ask whoever runs this server for one: countyql tokens create")
	}
	if state := found.State(now); state != "valid" {
		return nil, unauthenticated("the token has "+map[string]string{"expired": "expired", "revoked": "been revoked"}[state],
			"ask whoever runs this server for a new one")
	}
	return &found.Principal, nil
}

func unauthenticated(message, hint string) *indicator.Error {
	err := indicator.Errorf(indicator.Unauthenticated, "%s", message)
	err.Hint = hint
	return err
}

// current returns the grants of the file as it is, or as it last was well-formed.
func (t *Tokens) current(ctx context.Context, now time.Time) []Grant {
	t.mu.Lock()
	defer t.mu.Unlock()
	if age := now.Sub(t.checked); age < recheck && age >= 0 {
		return t.grants
	}
	t.checked = now
	text, err := readBytes(t.path)
	if err == nil && t.text != nil && bytes.Equal(text, t.text) {
		return t.grants
	}
	t.text = text
	var grants []Grant
	if err == nil {
		grants, err = parse(t.path, text)
	}
	if err != nil {
		notYet := errors.Is(err, fs.ErrNotExist) && len(t.grants) == 0
		if !notYet && t.failed != err.Error() {
			t.logger.ErrorContext(ctx, "the token file cannot be read, its last good state stays in force", "error", err)
		}
		t.failed = err.Error()
		return t.grants
	}
	t.grants, t.failed = grants, ""
	t.logger.InfoContext(ctx, "the token file was read", "path", t.path, "tokens", len(grants))
	return t.grants
}
