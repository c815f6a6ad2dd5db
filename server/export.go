package server

import (
	"bufio"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/countyql/countyql/export"
	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// exporter answers /v1/export/{field}.{format}: the questions of GraphQL, answered as files.
type exporter struct {
	service *query.Service
	exports *graph.Exports
	most    int // rows of a file
	stall   time.Duration
	logger  *slog.Logger
	observe graph.Observer
}

func newExporter(service *query.Service, asked graph.Options, options Options) http.Handler {
	x := &exporter{
		service: service, exports: graph.NewExports(asked),
		most: options.ExportRows, stall: options.ExportStall, logger: options.Logger, observe: asked.Observer,
	}
	return limited(withTimeout(x, options.ExportTimeout), options.MaxBody)
}

// ServeHTTP answers one request. Everything that can be refused is refused with a typed error; what fails once the file has begun
// ends the connection, so that nobody takes half a file for a whole one.
func (x *exporter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	field, extension, _ := strings.Cut(r.PathValue("file"), ".")
	out := &exportStream{ResponseWriter: w, controller: http.NewResponseController(w), stall: x.stall}
	err := x.observed(out, r, field, extension)
	var unfit *refusal // a body that does not come in time looks like a client that has gone
	left := errors.Is(r.Context().Err(), context.Canceled) && !errors.As(err, &unfit)
	switch {
	case err == nil:
	case out.begun || left:
		level := slog.LevelError
		if out.gone || left {
			level = slog.LevelInfo // clients leave as they like
		}
		x.logger.Log(r.Context(), level, "export broken off", "request", requestID(r.Context()), "error", err)
		panic(http.ErrAbortHandler)
	default:
		x.refuse(w, r, field, err)
	}
}

// observed answers a request for a file that there is as an operation of its own.
func (x *exporter) observed(out *exportStream, r *http.Request, field, extension string) error {
	request, err := x.read(r, field, extension)
	if err != nil {
		return err
	}
	ctx, end := x.observe.Operation(r.Context(), "export", "export_"+field+"_"+extension)
	finished := graph.Finished{Errors: 1} // unless it is said that all went well
	defer func() { end(finished) }()
	if err := x.serve(ctx, out, r, request, &finished.Spent); err != nil {
		return err
	}
	finished.Errors = 0
	return nil
}

// serve answers a request and says what that took.
func (x *exporter) serve(ctx context.Context, out *exportStream, r *http.Request, request *exportRequest, spent *query.Spent) error {
	question, err := x.exports.Question(ctx, request.field, request.arguments)
	if err != nil {
		return err
	}
	if err := export.CheckColumns(question, request.columns); err != nil {
		return err
	}
	session, release, err := x.service.Open(ctx)
	if err != nil {
		x.logger.ErrorContext(ctx, "no snapshot", "error", err)
		unavailable := indicator.Errorf(indicator.Unavailable, "no snapshot is published")
		unavailable.Hint = "load data first: countyql load"
		return unavailable
	}
	defer release()
	session.AllowPages(x.most + 1) // one more shows that there are more
	defer func() { *spent = session.Spent() }()
	snapshot := session.SnapshotID()
	header := http.Header{}
	header.Set("X-Snapshot", snapshot)
	scope, _ := scopeOf(ctx)
	header.Set("ETag", request.etag(snapshot, scope, indicator.DayAt(x.service.Now())))
	out.Header().Add("Vary", "Authorization")
	header.Set("Cache-Control", "private, no-cache")
	if matches(r.Header.Get("If-None-Match"), header.Get("ETag")) {
		copyHeader(out.Header(), header)
		out.WriteHeader(http.StatusNotModified)
		return nil
	}
	table, err := question.Ask(ctx, session, export.Bounds{
		Rows: x.most, Present: request.present, Unwarned: request.unwarned, Columns: request.columns, Part: exportPart,
	})
	if err != nil {
		return err
	}
	header.Set("Content-Type", request.format.MediaType)
	header.Set("Content-Disposition", request.disposition(snapshot))
	if codes := warningCodes(table.Warnings); codes != "" {
		header.Set("X-Warnings", codes)
	}
	out.head = header
	if r.Method == http.MethodHead {
		out.begin()
		return nil
	}
	options := request.options
	options.Snapshot, options.Warnings, options.Rows = snapshot, table.Warnings, table.Rows
	if err := write(ctx, out, request.format, table, options); err != nil {
		return err
	}
	session.Scratch().Free() // all of the answer has been read
	return nil
}

// exportPart is how many cells of a file are in memory at a time, about. What is less is worked out once, as a whole.
const exportPart = 1 << 15

// exportBuffers are what files are gathered in before they are sent: *bufio.Writer.
var exportBuffers sync.Pool

// write writes the whole file.
func write(ctx context.Context, out *exportStream, format export.Format, table *export.Table, options export.Options) error {
	to, ok := exportBuffers.Get().(*bufio.Writer)
	if !ok {
		const buffered = 64 << 10
		to = bufio.NewWriterSize(nil, buffered)
	}
	to.Reset(out)
	defer func() {
		to.Reset(nil)
		exportBuffers.Put(to)
	}()
	file, err := format.Open(to, table.Columns, options)
	if err != nil {
		return err
	}
	if err := table.Each(ctx, file.Write); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if err := to.Flush(); err != nil {
		return err
	}
	if !out.begun {
		out.begin() // a file of nothing, such as JSON lines without rows
	}
	return nil
}

// warningCodes are the distinct codes of the warnings in their order.
func warningCodes(warnings []query.Warning) string {
	var codes []string
	seen := make(map[query.WarningCode]bool)
	for _, w := range warnings {
		if !seen[w.Code] {
			seen[w.Code] = true
			codes = append(codes, string(w.Code))
		}
	}
	return strings.Join(codes, ", ")
}

// exportStream sends the headers before the first byte, and gives up a client that takes nothing for a while.
type exportStream struct {
	http.ResponseWriter
	controller *http.ResponseController
	stall      time.Duration
	head       http.Header
	begun      bool
	gone       bool // the client takes no more
}

func (s *exportStream) begin() {
	s.begun = true
	copyHeader(s.Header(), s.head)
	s.WriteHeader(http.StatusOK)
}

// Write sends a part of the file.
func (s *exportStream) Write(part []byte) (int, error) {
	if !s.begun {
		s.begin()
	}
	// Where the connection knows no deadlines, as in tests without one, the request's own time is the bound.
	if err := s.controller.SetWriteDeadline(time.Now().Add(s.stall)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	n, err := s.ResponseWriter.Write(part)
	s.gone = s.gone || err != nil
	return n, err
}

func copyHeader(to, from http.Header) {
	for name, values := range from {
		to[name] = values
	}
}

// refuse answers with a typed error.
func (x *exporter) refuse(w http.ResponseWriter, r *http.Request, field string, err error) {
	var refused *refusal
	status := 0
	if errors.As(err, &refused) {
		status, err = refused.status, refused.cause
		copyHeader(w.Header(), refused.header)
	}
	w.Header().Set("Cache-Control", "no-store")
	x.exports.WriteError(w, r, field, status, err)
}
