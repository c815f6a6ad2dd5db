package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/indicator"
)

// Rate bounds how often each client may ask. A client is who bears a token, by name; without one, an IPv4 address or the /64 of
// an IPv6 address.
type Rate struct {
	// PerSecond is how many operations a second a client may ask for in the long run. Default: any number.
	PerSecond float64
	// Burst is how many it may ask for at once after a pause. Default: those of two seconds, and at least 20.
	Burst int
	// Proxies are believed about where a request comes from. Default: none is.
	Proxies Proxies
}

func (r Rate) withDefaults() Rate {
	const seconds, least = 2, 20
	if r.Burst <= 0 {
		r.Burst = max(least, int(math.Ceil(min(seconds*r.PerSecond, math.MaxInt32))))
	}
	return r
}

const (
	// mostClients bounds the clients of each kind that are remembered. Beyond it, those who come least often are forgotten.
	mostClients = 100_000
	// goodFor is how long a good token may be shown, after the last time, by an address from which others guess tokens.
	goodFor = 10 * time.Minute
)

// pace holds clients to their rate; nil holds nobody to any.
type pace struct {
	rate    Rate
	now     func() time.Time
	refused func(code, limit string) // is told of every refusal

	// Names, addresses and guesses are apart so that none can use up or push out what belongs to another kind.
	names     *buckets // by the name of a token's bearer
	addresses *buckets // of those without a token
	guesses   *buckets // by address, for tokens that are not good
	good      *otter.Cache[[sha256.Size]byte, struct{}]
}

func newPace(r Rate, refused func(code, limit string)) *pace {
	if r.PerSecond <= 0 {
		return nil
	}
	r = r.withDefaults()
	return &pace{
		rate: r, now: time.Now, refused: refused, names: newBuckets(r), addresses: newBuckets(r), guesses: newBuckets(r),
		good: otter.Must(&otter.Options[[sha256.Size]byte, struct{}]{
			MaximumSize: mostClients, ExpiryCalculator: otter.ExpiryWriting[[sha256.Size]byte, struct{}](goodFor),
		}),
	}
}

// buckets have a limiter for each client that is remembered. One that has not been used until it is full again is as good as new.
type buckets struct {
	rate  Rate
	known *otter.Cache[string, *rate.Limiter]
}

func newBuckets(r Rate) *buckets {
	const longest = 1e9 // seconds, which fit into a Duration
	full := time.Duration(min(float64(r.Burst)/r.PerSecond, longest)*float64(time.Second)) + time.Second
	return &buckets{r, otter.Must(&otter.Options[string, *rate.Limiter]{
		MaximumSize: mostClients, ExpiryCalculator: otter.ExpiryAccessing[string, *rate.Limiter](full),
	})}
}

func (b *buckets) of(client string) *rate.Limiter {
	if limiter, ok := b.known.GetIfPresent(client); ok {
		return limiter
	}
	limiter, _ := b.known.SetIfAbsent(client, rate.NewLimiter(rate.Limit(b.rate.PerSecond), b.rate.Burst))
	return limiter
}

// client is the limiter of whoever sends a request.
func (p *pace) client(ctx context.Context) *rate.Limiter {
	if principal, known := access.Of(ctx); known && principal.Name != "" {
		return p.names.of(principal.Name)
	}
	return p.addresses.of(neighbourhood(recordOf(ctx).address))
}

// step counts an operation, or refuses it with an *indicator.Error.
func (p *pace) step(ctx context.Context) error {
	if p == nil {
		return nil
	}
	limiter, now := p.client(ctx), p.now()
	if limiter.AllowN(now, 1) {
		return nil
	}
	return p.refusal(limiter, now, "more operations are asked for than this client may have", "ask less often, for more at a time")
}

// guess refuses a token before it is looked at, where so many bad ones came from the same address that this one may be guessed too.
// A token that was good a while ago is not.
func (p *pace) guess(address netip.Addr, token string) error {
	if p == nil {
		return nil
	}
	limiter, now := p.guesses.of(neighbourhood(address)), p.now()
	if limiter.TokensAt(now) >= 1 {
		return nil
	}
	if _, good := p.good.GetIfPresent(sha256.Sum256([]byte(token))); good {
		return nil
	}
	return p.refusal(limiter, now, "too many tokens that are not good come from this address", "come again later, with a good one")
}

// judged says whether a token was good. Bad ones that are judged at the same time go on the account, so that the next have to wait longer.
func (p *pace) judged(address netip.Addr, token string, err error) {
	if p == nil {
		return
	}
	if err == nil {
		p.good.Set(sha256.Sum256([]byte(token)), struct{}{})
		return
	}
	if code, _ := indicator.CodeOf(err); code == indicator.Unauthenticated {
		p.guesses.of(neighbourhood(address)).ReserveN(p.now(), 1)
	}
}

const rateLimit = "rate"

func (p *pace) refusal(limiter *rate.Limiter, now time.Time, message, hint string) *indicator.Error {
	p.refused(string(indicator.Overloaded), rateLimit)
	err := indicator.Errorf(indicator.Overloaded, "%s", message)
	err.Hint = hint
	err.LimitName, err.Limit, err.Estimate = rateLimit, int64(p.rate.Burst), int64(p.rate.Burst)+1
	missing := 1 - limiter.TokensAt(now)
	err.RetryAfter = time.Duration(math.Ceil(missing/p.rate.PerSecond)) * time.Second
	err.RetryAfter = max(err.RetryAfter, time.Second)
	return err
}

// limit is the rate as clients see it.
func (p *pace) limit(ctx context.Context) graph.Limit {
	left := int64(max(0, p.client(ctx).TokensAt(p.now())))
	unit := fmt.Sprintf("operations at once, of which %s come back each second", strconv.FormatFloat(p.rate.PerSecond, 'g', -1, 64))
	return graph.Limit{Name: rateLimit, Unit: unit, Most: int64(p.rate.Burst), Left: &left}
}

// paced counts requests, and refuses those beyond the client's rate.
func paced(next http.Handler, p *pace) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := p.step(r.Context()); err != nil {
			refuseRate(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refuseRate answers a request beyond a rate; the error is an *indicator.Error.
func refuseRate(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *indicator.Error
	if !errors.As(err, &refusal) {
		refusal = indicator.Errorf(indicator.Internal, "internal error")
	}
	retryAfter(w, refusal.RetryAfter)
	w.Header().Set("Cache-Control", "no-store")
	graph.WriteRefusal(w, r.Header.Values("Accept"), http.StatusTooManyRequests, refusal)
}

// located notes where each request comes from. It warns of a proxy that is not believed, whose clients share one rate.
func located(next http.Handler, options Options) http.Handler {
	var once sync.Once
	if options.Access.pace == nil {
		return next // nobody asks
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address := options.Rate.Proxies.client(r)
		recordOf(r.Context()).address = address
		if passedOn(r) && (address.IsPrivate() || address.IsLoopback()) && !options.Rate.Proxies.has(address) {
			once.Do(func() {
				options.Logger.WarnContext(r.Context(), "a proxy passes requests on that is no trusted proxy: those without a token share one rate", "address", address.String())
			})
		}
		next.ServeHTTP(w, r)
	})
}

// passedOn reports whether a request says that a proxy passed it on.
func passedOn(r *http.Request) bool {
	return r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != ""
}
