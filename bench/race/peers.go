package race

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"

	"github.com/countyql/countyql/bench/question"
)

// peer is another GraphQL server with the same figures, by their ordinals.
type peer struct {
	Name    string `json:"name"`
	Address string `json:"address"` // host and port; it answers at /graphql
	// Questions are by their number, such as Q1.
	Questions map[string]asked `json:"questions"`
}

// asked is a question as a peer is asked it.
type asked struct {
	Document string `json:"document"`
	// Variables name the parameter that each takes; see question.Params.Argument.
	Variables map[string]string `json:"variables"`
	Path      []string          `json:"path"`
	// Fields are the cells of a row; a rate has those of its two sums last.
	Fields []string `json:"fields"`
}

// ReadPeers reads the description of the peers; none without a file.
func ReadPeers(file string, d *question.Domain) ([]Side, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var peers []peer
	if err := json.Unmarshal(text, &peers); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var sides []Side
	for _, p := range peers {
		sides = append(sides, &Server{
			Process: &Process{Address: p.Address}, Label: p.Name, Way: p.way,
			Read: func(q *question.Question, rows [][]any) [][]any { return q.Named(d, numbered(q, rows)) },
		})
	}
	return sides, nil
}

func (p peer) way(l Line) (question.Way, bool) {
	a, ok := p.Questions[l.Question.ID]
	if !ok || l.Form != question.Objects {
		return question.Way{}, false
	}
	return question.Way{
		Form: question.Objects, Document: a.Document, Path: a.Path, Fields: a.Fields,
		Variables: func(params question.Params, _ string) map[string]any {
			variables := map[string]any{}
			for name, parameter := range a.Variables {
				variables[name] = params.Argument(parameter)
			}
			return variables
		},
	}, true
}

// numbered reads numbers that are written as texts, and divides the sums of a rate.
func numbered(q *question.Question, rows [][]any) [][]any {
	for n, row := range rows {
		for i, cell := range row {
			if text, ok := cell.(string); ok {
				if x, err := strconv.ParseFloat(text, 64); err == nil {
					row[i] = x
				}
			}
		}
		if len(row) <= len(q.Names) {
			continue
		}
		last := len(q.Names) - 1
		above, known := row[last].(float64)
		below, both := row[last+1].(float64)
		row[last] = nil
		if known && both {
			row[last] = 100 * above / below
		}
		rows[n] = slices.Clip(row[:last+1])
	}
	return rows
}
