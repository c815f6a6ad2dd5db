package race

import (
	"context"
	"time"

	"github.com/countyql/countyql/bench/question"
)

// Line is what is measured: a question in one form of answer.
type Line struct {
	Question *question.Question
	Form     question.Form
}

// Name is that of the line, such as Q1 objects.
func (l Line) Name() string { return l.Question.ID + " " + string(l.Form) }

// Side answers questions.
type Side interface {
	Name() string
	// Answers reports whether the side has an answer to a line.
	Answers(Line) bool
	// Prepare makes a request. It is not timed.
	Prepare(Line, question.Params) (Request, error)
	// Connect opens what one client asks through.
	Connect(context.Context, Line) (Client, error)
}

// Request is one that is ready to be sent: SQL to a database, bytes to a server.
type Request struct {
	SQL  string
	HTTP []byte

	// The way and the parameters write the request for the next page.
	way    question.Way
	params question.Params
}

// Client asks one question at a time.
type Client interface {
	// Ask sends a request and reads the whole answer. It is timed. Where a question is paged, a request continues the one before.
	Ask(context.Context, Request) error
	// Rows is the last answer.
	Rows() ([][]any, error)
	// Close ends the connection, whose answers have been read.
	Close()
}

// Spender is a side that tells how much processor time it has spent so far.
type Spender interface {
	Spent() time.Duration
}
