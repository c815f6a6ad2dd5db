package race

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/countyql/countyql/bench/question"
)

// Server is a side that is asked over HTTP by the documents and files of the questions.
type Server struct {
	*Process

	Label string
	// Only, if set, narrows the lines that are asked.
	Only func(Line) bool
}

// Name is the label.
func (s *Server) Name() string { return s.Label }

// Answers reports whether the question has the form.
func (s *Server) Answers(l Line) bool {
	_, ok := l.Question.Find(l.Form)
	return ok && (s.Only == nil || s.Only(l))
}

// Spent is the processor time of the process.
func (s *Server) Spent() time.Duration { return s.Process.spent() }

// Prepare writes the request.
func (s *Server) Prepare(l Line, p question.Params) (Request, error) {
	way, _ := l.Question.Find(l.Form)
	body, err := s.write(way, way.Variables(p, ""))
	return Request{HTTP: body, way: way, params: p}, err
}

func (s *Server) write(way question.Way, variables map[string]any) ([]byte, error) {
	if way.File != "" {
		body, err := json.Marshal(variables)
		return httpRequest(s.Address, way.File, body), err
	}
	body, err := json.Marshal(map[string]any{"query": way.Document, "variables": variables})
	return httpRequest(s.Address, "/graphql", body, "Accept", "application/json"), err
}

// Connect opens a connection.
func (s *Server) Connect(ctx context.Context, l Line) (Client, error) {
	w, err := dial(ctx, s.Address)
	if err != nil {
		return nil, err
	}
	return &caller{server: s, wire: w, paged: l.Question.Paged}, nil
}

// caller is one client of a server.
type caller struct {
	server *Server
	wire   *wire
	paged  bool

	last Request // the request of the last answer
	more bool    // whether another page follows
}

func (c *caller) Ask(_ context.Context, request Request) error {
	if c.paged && c.more {
		cursor, ok := between(c.wire.body, []byte(`"endCursor":"`), '"')
		if !ok {
			return fmt.Errorf("no cursor in %.200s", c.wire.body)
		}
		request = c.last
		var err error
		if request.HTTP, err = c.server.write(request.way, request.way.Variables(request.params, string(cursor))); err != nil {
			return err
		}
	}
	status, err := c.wire.roundTrip(request.HTTP)
	if err != nil {
		return err
	}
	c.last = request
	if status != http.StatusOK || request.way.File == "" && !bytes.HasPrefix(c.wire.body, []byte(`{"data":{`)) {
		return fmt.Errorf("%s answers %d: %.500s", c.server.Label, status, c.wire.body)
	}
	c.more = c.paged && bytes.Contains(c.wire.body, []byte(`"hasNextPage":true`))
	return nil
}

// between returns what follows a mark up to a byte.
func between(text, mark []byte, end byte) ([]byte, bool) {
	_, rest, found := bytes.Cut(text, mark)
	if !found {
		return nil, false
	}
	n := bytes.IndexByte(rest, end)
	return rest[:max(n, 0)], n >= 0
}

func (c *caller) Rows() ([][]any, error) { return c.last.way.Rows(c.wire.body) }

func (c *caller) Close() { c.wire.close() }
