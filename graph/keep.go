package graph

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/graph/kept"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/scratch"
)

// Keeping configures which answers are kept to be given again.
type Keeping struct {
	// Bytes bounds the answers kept. Default: 32 MiB; negative keeps none.
	Bytes int64
	// MaxAge is how long proxies and browsers may give an answer to a GET of nobody in particular again without asking.
	// Default: they ask each time.
	MaxAge time.Duration
	// Scope stands for what the asker may see, and says whether it is somebody in particular. Default: nothing is kept.
	Scope func(ctx context.Context) (scope string, named bool)
	// Observe, if set, is told for every answer that may be kept how it came: kept, shared, made or unchanged; and how many bytes
	// of answers are kept.
	Observe func(ctx context.Context, how string, bytes uint64)
	// Evicted, if set, is called for every answer that makes room for others.
	Evicted func()
	// Packing, if set, is how an answer of so many bytes is compressed for a client, so that it need not be each time it is given: the
	// name of the encoding and the function; empty and nil where it goes as it is.
	Packing func(r *http.Request, bytes int) (encoding string, pack func([]byte) []byte)
}

// keeper gives answers again.
type keeper struct {
	service *query.Service
	checker *document.Checker
	answers *kept.Answers
	options Keeping
	timeout time.Duration // of working an answer out; 0 is none
}

func newKeeper(service *query.Service, checker *document.Checker, options Options) *keeper {
	if options.Keeping.Bytes < 0 || options.Keeping.Scope == nil {
		return nil
	}
	return &keeper{service, checker, kept.NewAnswers(uint64(options.Keeping.Bytes), options.Keeping.Evicted), options.Keeping, options.Timeout} //nolint:gosec // not negative
}

// work is what an operation tells whose answer may be kept, and what its answer is written in before it is.
type work struct {
	snapshot string // answered from
	scratch  scratch.Scratch
	end      context.CancelFunc // of the work: it gives up then
}

// workKey is where the context of such an operation has its *work.
type workKey struct{}

// made is an answer worked out.
type made struct {
	snapshot string // answered from
	status   int
	body     []byte // its own: it may be kept
	whole    bool   // without errors, and so the same for all who ask
}

// recognise is the request that consists of the bytes sent.
func (k *keeper) recognise(r *http.Request, sent []byte) kept.Request {
	if k == nil {
		return kept.Request{}
	}
	kind := byte('u')
	if r.Method == http.MethodPost {
		kind = 'b'
	}
	return kept.RequestOf(kind, sent)
}

// again answers a request that has been made before, if its answer is kept or the client has it: the request is not even decoded.
func (k *keeper) again(w http.ResponseWriter, r *http.Request, media string, seen kept.Request) bool {
	if k == nil || wantsStats(nil, r.Header) {
		return false
	}
	asked, known := k.answers.Recognise(seen)
	if !known {
		return false
	}
	key, ok := k.key(r.Context(), asked)
	return ok && k.give(w, r, media, key)
}

// give answers if the answer is kept or the client has it.
func (k *keeper) give(w http.ResponseWriter, r *http.Request, media string, key kept.Key) bool {
	if answer, found := k.answers.Get(key); found {
		k.tell(r.Context(), "kept")
		k.send(w, r, media, key, answer)
		return true
	}
	if clients := tagsOf(r); len(clients) > 0 {
		if tag := key.Tag(); namesTag(clients, tag) {
			k.tell(r.Context(), "unchanged")
			k.send(w, r, media, key, &kept.Answer{Tag: tag})
			return true
		}
	}
	return false
}

// serve answers an operation whose answer may be kept; false if it may not be, or the document has errors. Seen is the request that
// the parameters were read from.
func (k *keeper) serve(
	w http.ResponseWriter, r *http.Request, media string, seen kept.Request, params *graphql.RawParams,
	run func(context.Context) (*graphql.Response, int), internal func(context.Context, error) *gqlerror.Error,
) bool {
	if k == nil || wantsStats(params.Extensions, params.Headers) { // what it took is of one operation only
		return false
	}
	ctx := r.Context()
	asked, ok := k.asked(params)
	if !ok {
		return false
	}
	key, ok := k.key(ctx, asked)
	if !ok {
		return false
	}
	if k.give(w, r, media, key) {
		k.answers.Note(seen, asked) // what is asked twice in the same words may be asked again
		return true
	}
	result, shared, err := k.answers.Once(ctx, key, k.timeout, func(ctx context.Context, end context.CancelFunc) any {
		return k.make(ctx, end, key, run, internal)
	})
	if err != nil {
		write(w, media, http.StatusServiceUnavailable, &graphql.Response{Errors: typed(tooLong(err))})
		return true
	}
	answer, _ := result.(*made)
	k.tell(ctx, map[bool]string{true: "shared", false: "made"}[shared])
	if !answer.whole || answer.snapshot != key.Snapshot {
		w.Header().Set("Cache-Control", "no-store")
		sendEncoded(w, media, answer.status, answer.body)
		return true
	}
	k.send(w, r, media, key, &kept.Answer{Body: answer.body, Tag: key.Tag()})
	return true
}

// asked is what parameters ask, if its answer may be kept.
func (k *keeper) asked(params *graphql.RawParams) (kept.Asked, bool) {
	operation := kept.Operation{Document: params.Query, Name: params.OperationName, Variables: params.Variables}
	if asked, ok := k.answers.Asked(operation); ok {
		return asked, true
	}
	if _, errs := k.checker.Check(params.Query); len(errs) > 0 {
		return kept.Asked{}, false
	}
	k.answers.Learn(params.Query, params.OperationName)
	return k.answers.Asked(operation)
}

// key is the key of what is asked of the snapshot that is served now; false if there is none.
func (k *keeper) key(ctx context.Context, asked kept.Asked) (kept.Key, bool) {
	snapshot, ok := k.served(ctx)
	scope, _ := k.options.Scope(ctx)
	return kept.Key{Asked: asked, Snapshot: snapshot, Scope: scope, Day: int32(indicator.DayAt(k.service.Now()))}, ok
}

// served is the snapshot that is served now; false if there is none.
func (k *keeper) served(ctx context.Context) (string, bool) {
	id, err := k.service.Serving(ctx)
	return id, err == nil
}

// make works an answer out and keeps it if it has no errors and is of the snapshot that its key says.
func (k *keeper) make(
	ctx context.Context, end context.CancelFunc, key kept.Key,
	run func(context.Context) (*graphql.Response, int), internal func(context.Context, error) *gqlerror.Error,
) (answer *made) {
	answer = &made{}
	defer func() {
		if panicked := recover(); panicked != nil { // no transport stands above this goroutine
			answer.status, answer.body = http.StatusInternalServerError, answerOf(unexpected(ctx, internal, panicked)).encode()
		}
	}()
	var response *graphql.Response
	work, begun := &work{end: end}, time.Now()
	response, answer.status = run(context.WithValue(ctx, workKey{}, work))
	answer.snapshot = work.snapshot
	answer.whole = answer.status == http.StatusOK && len(response.Errors) == 0 && response.Data != nil
	answer.body = answerOf(response).encode()
	work.scratch.Free() // the response is not looked at again
	if answer.whole && answer.snapshot == key.Snapshot && k.answers.Wants(key, time.Since(begun)) {
		if served, ok := k.served(ctx); ok && served == key.Snapshot {
			k.answers.Keep(key, answer.body)
		}
	}
	return answer
}

func (k *keeper) tell(ctx context.Context, how string) {
	if k.options.Observe != nil {
		k.options.Observe(ctx, how, k.answers.Bytes())
	}
}

// Values of headers that most answers have. Nobody adds to them.
var (
	askedEachTime = []string{"private, no-cache"}
	jsonContent   = []string{mediaJSON + "; charset=utf-8"}
)

// send sends an answer without errors, or that it is what the client has.
func (k *keeper) send(w http.ResponseWriter, r *http.Request, media string, key kept.Key, answer *kept.Answer) {
	_, named := k.options.Scope(r.Context())
	control := askedEachTime
	if r.Method != http.MethodPost && !named && k.options.MaxAge > 0 {
		control = []string{fmt.Sprintf("public, max-age=%d", int64(k.options.MaxAge.Seconds()))}
	}
	h := w.Header()
	h["Cache-Control"] = control
	h["Etag"] = []string{answer.Tag} // as http.Header writes it, here and below
	if namesTag(tagsOf(r), answer.Tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	sendEncoded(w, media, http.StatusOK, k.packed(w, r, key, answer))
}

// packed is the body of an answer as the client takes it. Compressed it is kept beside an answer that is kept; any other is left to
// whoever compresses what goes out.
func (k *keeper) packed(w http.ResponseWriter, r *http.Request, key kept.Key, answer *kept.Answer) []byte {
	if k.options.Packing == nil {
		return answer.Body
	}
	encoding, pack := k.options.Packing(r, len(answer.Body))
	if pack == nil {
		return answer.Body
	}
	body, known := answer.Packed[encoding]
	if !known {
		kept, given := k.answers.Get(key)
		if !given {
			return answer.Body
		}
		if body, known = kept.Packed[encoding]; !known {
			body = pack(kept.Body)
			k.answers.Pack(key, kept, encoding, body)
		}
	}
	w.Header().Set("Content-Encoding", encoding)
	return body
}

// sendEncoded is write for an answer that is JSON already.
func sendEncoded(w http.ResponseWriter, media string, status int, body []byte) {
	if media == mediaJSON && status == http.StatusBadRequest {
		status = http.StatusOK
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(retrySeconds))
	}
	if media == mediaJSON {
		w.Header()["Content-Type"] = jsonContent
	} else {
		w.Header().Set("Content-Type", media+"; charset=utf-8")
	}
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone is not an error
}

// tagsOf are the entity tags of answers that a client has, as it lists them; nil if its request asks for none but a whole answer.
func tagsOf(r *http.Request) []string {
	if r.Method == http.MethodPost {
		return nil
	}
	return r.Header.Values("If-None-Match")
}

// namesTag reports whether lists of entity tags have one. The comparison is the weak one.
func namesTag(lists []string, tag string) bool {
	for candidate := range strings.SplitSeq(strings.Join(lists, ","), ",") {
		if strings.TrimPrefix(strings.TrimSpace(candidate), "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}
