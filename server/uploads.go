package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/loader/report"
	"github.com/countyql/countyql/query"
)

// UploadOptions say what may be uploaded.
type UploadOptions struct {
	// MaxBytes bounds one upload. Default: 1 GiB.
	MaxBytes int64
	// AtOnce bounds the uploads under way, and with MaxBytes the disk space they take. Default: 4.
	AtOnce int
	// Stall is how long nothing may arrive of an upload. Default: a minute.
	Stall time.Duration
	// Logger is told of failures. Default: slog.Default().
	Logger *slog.Logger
	// Audit is told of every load: who, what and what came of it. Default: Logger.
	Audit *slog.Logger
	// Observe is told what came of every load: published, unchanged, dry_run, or the code of its failure in small letters.
	// Default: nobody is.
	Observe func(outcome string)
	// Now tells the time. Default: time.Now.
	Now func() time.Time
}

// Uploads takes loads over HTTP: POST /v1/loads with a table as its body, or a form of several, by those with the role
// loader. It runs them through the loader as the command line does and answers with the same report.
type Uploads struct {
	service *query.Service
	options UploadOptions
	spool   *spool
	replays *replays
	slots   chan struct{} // one for each upload under way

	stop    chan struct{} // closed at the end
	running sync.WaitGroup
}

// NewUploads loads into the engine of a service. It keeps what is being uploaded and the keys of what was in a directory, which
// it makes. Close it when the server has ended.
func NewUploads(service *query.Service, dir string, options UploadOptions) (*Uploads, error) {
	if options.MaxBytes <= 0 {
		options.MaxBytes = 1 << 30
	}
	if options.AtOnce <= 0 {
		options.AtOnce = 4
	}
	if options.Stall <= 0 {
		options.Stall = time.Minute
	}
	if options.Logger == nil {
		options.Logger = slog.Default()
	}
	if options.Audit == nil {
		options.Audit = options.Logger
	}
	if options.Observe == nil {
		options.Observe = func(string) {}
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	u := &Uploads{service: service, options: options, slots: make(chan struct{}, options.AtOnce), stop: make(chan struct{})}
	var err error
	if u.spool, err = openSpool(dir); err != nil {
		return nil, fmt.Errorf("uploads: %w", err)
	}
	if u.replays, err = openReplays(filepath.Join(dir, "keys"), options.Now); err != nil {
		return nil, errors.Join(fmt.Errorf("uploads: %w", err), u.spool.close())
	}
	return u, nil
}

// Close cancels the loads under way, of which nothing is published, and waits for them to have ended.
func (u *Uploads) Close() error {
	close(u.stop)
	u.running.Wait()
	return u.spool.close()
}

// statusError is a refusal with its HTTP status.
type statusError struct {
	status  int
	refusal *indicator.Error
}

func (e *statusError) Error() string { return e.refusal.Error() }

// ServeHTTP takes one upload.
func (u *Uploads) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed, indicator.Errorf(indicator.InvalidInput, "loads are sent by POST, and listed by the query loads"))
		return
	}
	principal, _ := access.Of(r.Context()) // there is one: see authorized
	select {
	case u.slots <- struct{}{}:
		defer func() { <-u.slots }()
	default:
		u.refuse(w, r, overloaded("there are as many uploads under way as there may be"))
		return
	}
	u.running.Add(1)
	defer u.running.Done()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go func() {
		select {
		case <-u.stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	if err := u.take(ctx, w, r, principal.Name); err != nil {
		u.refuse(w, r, err)
	}
}

func overloaded(message string) error {
	err := indicator.Errorf(indicator.Overloaded, "%s", message)
	err.Hint = "try again later"
	return &statusError{http.StatusServiceUnavailable, err}
}

// refuse answers for a request that did not come to a load.
func (u *Uploads) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var known *statusError
	switch {
	case errors.As(err, &known):
		if known.status == http.StatusConflict || known.status == http.StatusServiceUnavailable {
			retryAfter(w, lockRetry)
		}
		refuse(w, known.status, known.refusal)
	case r.Context().Err() != nil: // the client has gone, and nobody reads what is said
		u.options.Logger.InfoContext(r.Context(), "an upload was given up", "request", requestID(r.Context()))
		refuse(w, http.StatusServiceUnavailable, indicator.Errorf(indicator.Unavailable, "the upload was given up"))
	default:
		u.options.Logger.ErrorContext(r.Context(), "an upload failed", "request", requestID(r.Context()), "error", err)
		refuse(w, http.StatusInternalServerError, indicator.Errorf(indicator.Internal, "internal error; request %s", requestID(r.Context())))
	}
}

// lockRetry is when to ask again where another load is under way.
const lockRetry = 5 * time.Second

// take receives an upload, loads it, and answers. Its error has not been answered with.
func (u *Uploads) take(ctx context.Context, w http.ResponseWriter, r *http.Request, principal string) error {
	asked, err := parseAsked(r.URL.RawQuery)
	if err != nil {
		return err
	}
	var key *heldKey
	if keys := r.Header.Values("Idempotency-Key"); len(keys) > 0 && !asked.dryRun {
		if err := checkKey(strings.Join(keys, "\n")); err != nil {
			return err
		}
		if key, err = u.replays.hold(principal, keys[0]); err != nil {
			return err
		}
		defer key.release()
	}
	received, err := u.spool.receive(w, r, u.options.MaxBytes, u.options.Stall)
	if err != nil {
		return err
	}
	defer received.remove()
	request := asked.fingerprint(received)
	began := u.options.Now().UTC()
	if key != nil {
		before, err := key.begin(request)
		if err != nil {
			return err
		}
		if before != nil {
			began = before.Began
			outcome := before.Outcome
			if outcome == nil { // the server ended between the load and its record, or before the load
				outcome = u.recover(ctx, before, received)
			}
			if outcome != nil {
				w.Header().Set("Idempotency-Replayed", "true")
				return newAnswer(w, r).end(http.StatusOK, outcome)
			}
		}
	}
	answer := newAnswer(w, r)
	outcome, status := u.load(ctx, received, asked, principal, answer.progress)
	if key != nil {
		err := key.drop
		if status == http.StatusOK {
			err = func() error { return key.keep(request, began, outcome) }
		}
		if err := err(); err != nil {
			u.options.Logger.ErrorContext(ctx, "an Idempotency-Key cannot be recorded", "request", requestID(ctx), "error", err)
		}
	}
	return answer.end(status, outcome)
}

// recover finds the load of a request whose record was cut short; nil if it published nothing.
func (u *Uploads) recover(ctx context.Context, before *replay, received *upload) *report.Outcome {
	session, release, err := u.service.Open(access.With(ctx, access.System()))
	if err != nil {
		return nil
	}
	defer release()
	for _, load := range session.Contents().Loads {
		if load.StartedAt.Before(before.Began) || !received.sameFiles(load.Files) {
			continue
		}
		outcome := &report.Outcome{
			Published: true, Load: load.ID, Added: load.Added, Revised: load.Revised, Withdrawn: load.Withdrawn, Unchanged: load.Unchanged,
			Rejected: load.Rejected, Seconds: load.FinishedAt.Sub(load.StartedAt).Seconds(),
		}
		for _, f := range load.Files {
			outcome.Files = append(outcome.Files, report.File(f))
			outcome.Rows += f.Rows
		}
		return outcome
	}
	return nil
}

// load runs the loader and says what came of it, with the HTTP status for that.
func (u *Uploads) load(ctx context.Context, received *upload, asked *asked, principal string, progress func(loader.Progress)) (*report.Outcome, int) {
	l := &loader.Loader{Engine: u.service.Engine, Now: u.options.Now, Logger: u.options.Logger, Progress: progress, Options: asked.options}
	step := l.Load
	if asked.dryRun {
		step = l.DryRun
	}
	var result *loader.Result
	input, err := received.input(principal)
	if err == nil {
		result, err = step(ctx, input)
	}
	outcome := report.New(result, err)
	status := u.statusOf(ctx, err, outcome)
	u.options.Observe(inOneWord(outcome, asked.dryRun))
	files := make([]string, len(received.files))
	for i, f := range received.files {
		files[i] = f.name + " sha256:" + f.sha256
	}
	u.options.Audit.InfoContext(ctx, "load", "request", requestID(ctx), "principal", principal, "files", files, "dryRun", asked.dryRun,
		"status", status, "published", outcome.Published, "snapshot", outcome.Snapshot, "load", outcome.Load,
		"added", outcome.Added, "revised", outcome.Revised, "withdrawn", outcome.Withdrawn)
	return outcome, status
}

// inOneWord is what came of a load, for metrics.
func inOneWord(outcome *report.Outcome, dryRun bool) string {
	switch {
	case outcome.Error != nil:
		return strings.ToLower(outcome.Error.Code)
	case dryRun:
		return "dry_run"
	case outcome.Published:
		return "published"
	}
	return "unchanged"
}

// statusOf is the HTTP status of an outcome. It takes out of the outcome what is none of a client's business.
func (u *Uploads) statusOf(ctx context.Context, err error, outcome *report.Outcome) int {
	var typed *indicator.Error
	switch {
	case err == nil:
		return http.StatusOK
	case outcome.Error.Code == "LOCKED":
		outcome.Error.Message = "another load is under way"
		return http.StatusConflict
	case outcome.Error.Code == "INTERRUPTED" || ctx.Err() != nil:
		outcome.Error.Code, outcome.Error.Message = "INTERRUPTED", "the load was interrupted, nothing is published"
		return http.StatusServiceUnavailable
	case errors.As(err, &typed):
		return http.StatusUnprocessableEntity
	case outcome.Error.Code != "IO":
		return http.StatusUnprocessableEntity
	}
	u.options.Logger.ErrorContext(ctx, "a load failed", "request", requestID(ctx), "error", err)
	outcome.Error.Message = "internal error; request " + requestID(ctx)
	return http.StatusInternalServerError
}

// asked is what the address asks of a load.
type asked struct {
	dryRun  bool
	options loader.Options
	text    string // all of it but the name, in one order
}

// longestWait bounds how long an upload may wait for another load.
const longestWait = 10 * time.Minute

// parseAsked reads the parameters of the address. One that is not known is refused: whoever writes dryrun=true must not publish.
func parseAsked(raw string) (*asked, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, badRequest("the parameters of the address cannot be read", "write them like ?name=figures.csv&dryRun=true")
	}
	a := &asked{}
	for name, list := range values {
		if len(list) > 1 && name != "replace" {
			return nil, badRequest("the parameter "+quotable(name)+" is given twice", "give it once")
		}
		var err error
		switch value := list[0]; name {
		case "name":
		case "dryRun":
			a.dryRun, err = strconv.ParseBool(value)
		case "maxRejects":
			a.options.MaxRejects, err = loader.ParseMaxRejects(value)
		case "replace":
			err = a.replace(list)
		case "allowShrink":
			a.options.AllowShrink, err = strconv.ParseBool(value)
		case "wait":
			a.options.Wait, err = time.ParseDuration(value)
			if err == nil && (a.options.Wait < 0 || a.options.Wait > longestWait) {
				return nil, badRequest("wait is "+value+", and may be 0 to "+longestWait.String(), "write wait=30s")
			}
		default:
			return nil, badRequest("there is no parameter "+quotable(name), "there are name, dryRun, maxRejects, replace, allowShrink and wait")
		}
		if err != nil {
			return nil, badRequest("the parameter "+name+" is malformed", "write dryRun=true, maxRejects=20 or 0.5%25, replace=indicator=CODE,region=CODE, wait=30s")
		}
	}
	if len(a.options.Replace) > 0 && a.options.MaxRejects != (loader.MaxRejects{}) {
		return nil, badRequest("replace and maxRejects do not go together", "what a rejected row reports is not known to be gone")
	}
	values.Del("name")
	values.Del("wait") // how long to wait is no part of what to do
	a.text = values.Encode()
	return a, nil
}

// replace adds the scopes of which the upload has all there is.
func (a *asked) replace(list []string) error {
	for _, text := range list {
		scope, err := loader.ParseReplace(text)
		if err != nil {
			return err
		}
		a.options.Replace = append(a.options.Replace, scope)
	}
	return nil
}

// fingerprint is equal for requests that ask for the same.
func (a *asked) fingerprint(received *upload) string {
	sum := sha256.Sum256([]byte(a.text + "\n" + received.hash))
	return hex.EncodeToString(sum[:])
}

// answer answers a load: with its report at the end or, for those who accept text/event-stream, with its progress on the way.
type answer struct {
	w      http.ResponseWriter
	events *events // nil unless asked for
}

func newAnswer(w http.ResponseWriter, r *http.Request) *answer {
	a := &answer{w: w}
	if acceptsEvents(r.Header.Values("Accept")) {
		a.events = startEvents(w)
	}
	return a
}

func (a *answer) progress(p loader.Progress) {
	if a.events != nil {
		a.events.progress(p)
	}
}

func (a *answer) end(status int, outcome *report.Outcome) error {
	if a.events != nil {
		a.events.end(status, outcome)
		return nil
	}
	body, err := json.Marshal(outcome)
	if err != nil {
		return err
	}
	if status == http.StatusConflict || status == http.StatusServiceUnavailable {
		retryAfter(a.w, lockRetry)
	}
	extendWrite(http.NewResponseController(a.w))
	a.w.Header().Set("Content-Type", "application/json")
	a.w.Header().Set("Cache-Control", "no-store")
	a.w.WriteHeader(status)
	_, _ = a.w.Write(append(body, '\n')) // a client that has gone is not an error
	return nil
}
