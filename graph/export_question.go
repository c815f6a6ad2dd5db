package graph

import (
	"context"

	"github.com/countyql/countyql/export"
	"github.com/countyql/countyql/query"
)

// inputQuestion is a question whose argument is named input: the argument paths of its errors begin there.
type inputQuestion struct {
	export.Question
}

// Ask asks the question.
func (q inputQuestion) Ask(ctx context.Context, session *query.Session, bounds export.Bounds) (*export.Table, error) {
	table, err := q.Question.Ask(ctx, session, bounds)
	return table, atInput(err)
}
