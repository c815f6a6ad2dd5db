package race

import (
	"context"
	"fmt"

	"github.com/countyql/countyql/bench/question"
)

// Agree compares the answers of sides with those of the first, on every line, to so many requests. It returns how many rows an
// answer has, by the name of the line.
func Agree(ctx context.Context, d *question.Domain, lines []Line, sides []Side, requests int, seed uint64) (map[string]int, error) {
	rows := map[string]int{}
	for _, line := range lines {
		for _, side := range sides[1:] {
			if !side.Answers(line) {
				continue
			}
			n, err := agree(ctx, line, sides[0], side, question.NewDrawer(d, seed), requests)
			if err != nil {
				return nil, fmt.Errorf("%s: %s and %s differ: %w", line.Name(), sides[0].Name(), side.Name(), err)
			}
			rows[line.Name()] = max(rows[line.Name()], n)
		}
	}
	return rows, nil
}

func agree(ctx context.Context, line Line, a, b Side, drawer *question.Drawer, requests int) (rows int, err error) {
	clients := make([]Client, 2)
	for i, side := range []Side{a, b} {
		if clients[i], err = side.Connect(ctx, line); err != nil {
			return 0, err
		}
		defer clients[i].Close()
	}
	for range requests {
		params := drawer.Draw(line.Question)
		answers := make([][][]any, 2)
		for i, side := range []Side{a, b} {
			request, err := side.Prepare(line, params)
			if err != nil {
				return 0, err
			}
			if err := clients[i].Ask(ctx, request); err != nil {
				return 0, err
			}
			if answers[i], err = clients[i].Rows(); err != nil {
				return 0, err
			}
		}
		if err := line.Question.Differ(answers[0], answers[1]); err != nil {
			return 0, fmt.Errorf("%w, asked %+v", err, params)
		}
		rows = max(rows, len(answers[0]))
	}
	return rows, nil
}
