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
	// Way, if set, has the ways to ask this server, in place of the questions'.
	Way func(Line) (question.Way, bool)
	// Read, if set, turns rows as the server answers them into rows as the questions have them.
	Read func(*question.Question, [][]any) [][]any
}

// Name is the label.
func (s *Server) Name() string { return s.Label }

// Answers reports whether the question has the form.
func (s *Server) Answers(l Line) bool {
	_, ok := s.find(l)
	return ok && (s.Only == nil || s.Only(l))
}

// Spent is the processor time of the process.
func (s *Server) Spent() time.Duration { return s.Process.spent() }

func (s *Server) find(l Line) (question.Way, bool) {
	if s.Way != nil {
		return s.Way(l)
	}
	return l.Question.Find(l.Form)
}

// Prepare writes the request.
func (s *Server) Prepare(l Line, p question.Params) (Request, error) {
	way, _ := s.find(l)
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
	return &caller{server: s, wire: w, question: l.Question}, nil
}

// caller is one client of a server.
type caller struct {
	server   *Server
	wire     *wire
	question *question.Question

	last Request // the request of the last answer
	more bool    // whether another page follows
}

func (c *caller) Ask(_ context.Context, request Request) error {
	if c.question.Paged && c.more {
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
	c.more = c.question.Paged && bytes.Contains(c.wire.body, []byte(`"hasNextPage":true`))
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

func (c *caller) Rows() ([][]any, error) {
	rows, err := c.last.way.Rows(c.wire.body)
	if err == nil && c.server.Read != nil {
		rows = c.server.Read(c.question, rows)
	}
	return rows, err
}

func (c *caller) Close() { c.wire.close() }
