package access

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"

	"github.com/countyql/countyql/indicator"
)

const (
	// refresh is how often the key set is fetched again, so that a key its issuer withdraws is withdrawn here.
	refresh = 5 * time.Minute
	// unknownKey is how often, at most, a key that is not known makes the set be fetched again: anybody may name one.
	unknownKey = 10 * time.Second
	// fetchTimeout bounds one fetch.
	fetchTimeout = 5 * time.Second
	// maxKeySet bounds the set in bytes.
	maxKeySet = 1 << 20
)

// Keys are the public keys of an issuer, as its JSON Web Key Set at a URL or in a file lists them. While the set cannot be
// had, the keys known before stay in force. It is safe for concurrent use.
type Keys struct {
	fetch  func(context.Context) ([]byte, error)
	logger *slog.Logger
	now    func() time.Time

	fetching sync.Mutex // held for a fetch
	mu       sync.Mutex
	set      keyfunc.Keyfunc // nil until first fetched
	tried    time.Time       // when the last fetch began
}

// OpenKeys returns the keys of a set at an https URL, at an http URL of this machine, or in a file. A file must be there
// and well-formed; a URL that cannot be reached is tried again when a token comes. The clock is time.Now if now is nil.
func OpenKeys(ctx context.Context, location string, logger *slog.Logger, now func() time.Time) (*Keys, error) {
	if now == nil {
		now = time.Now
	}
	k := &Keys{logger: logger, now: now}
	if !strings.Contains(location, "://") {
		k.fetch = func(context.Context) ([]byte, error) { return readKeySet(location) }
		return k, k.renew(ctx)
	}
	at, err := url.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("key set %q: %w", location, err)
	}
	ip := net.ParseIP(at.Hostname())
	local := at.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if at.Scheme != "https" && !(at.Scheme == "http" && local) {
		return nil, fmt.Errorf("key set %q: only https is safe from keys slipped in on the way", location)
	}
	k.fetch = func(ctx context.Context) ([]byte, error) { return fetchKeySet(ctx, location) }
	if err := k.renew(ctx); err != nil {
		logger.WarnContext(ctx, "the key set cannot be had; it is tried again when a token comes", "error", err)
	}
	return k, nil
}

func readKeySet(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readBounded(file)
}

func readBounded(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxKeySet+1))
	if err == nil && len(text) > maxKeySet {
		err = fmt.Errorf("the key set is larger than %d bytes", maxKeySet)
	}
	return text, err
}

// fetchClient follows no redirection: the set is where it was configured to be.
var fetchClient = &http.Client{
	Timeout:       fetchTimeout,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func fetchKeySet(ctx context.Context, location string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, location, nil)
	if err != nil {
		return nil, err
	}
	response, err := fetchClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("key set %s: %s", location, response.Status)
	}
	return readBounded(response.Body)
}

// renew fetches the set.
func (k *Keys) renew(ctx context.Context) error {
	k.fetching.Lock()
	defer k.fetching.Unlock()
	k.mu.Lock()
	k.tried = k.now()
	k.mu.Unlock()
	text, err := k.fetch(ctx)
	if err != nil {
		return err
	}
	set, err := keyfunc.NewJWKSetJSON(text)
	if err != nil {
		return err
	}
	keys, err := set.Storage().KeyReadAll(ctx)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return errors.New("the key set has no key")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.set = set
	return nil
}

// find returns the key that a token says it was signed with.
func (k *Keys) find(ctx context.Context, token *jwt.Token) (any, error) {
	set := k.current(ctx, refresh)
	if set != nil {
		if key, err := set.KeyfuncCtx(ctx)(token); err == nil {
			return key, nil
		}
	}
	if set = k.current(ctx, unknownKey); set == nil {
		err := indicator.Errorf(indicator.Unavailable, "the issuer's keys cannot be had at present")
		err.Hint = "try again later"
		return nil, err
	}
	return set.KeyfuncCtx(ctx)(token)
}

// current returns the set, fetched anew if the last attempt is older than an age. A fetch is not the request's: it goes on
// when the client leaves, since others wait for the same.
func (k *Keys) current(ctx context.Context, age time.Duration) keyfunc.Keyfunc {
	k.mu.Lock()
	set, since := k.set, k.now().Sub(k.tried)
	due := since >= age || since < 0
	if due {
		k.tried = k.now() // one fetches, the others go on with what there is
	}
	k.mu.Unlock()
	if !due {
		return set
	}
	detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
	defer cancel()
	if err := k.renew(detached); err != nil {
		k.logger.ErrorContext(ctx, "the key set cannot be had, the keys known before stay in force", "error", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.set
}
