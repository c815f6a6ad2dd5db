package race

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/countyql/countyql/bench/question"
)

// The peers are asked the questions that there are, about parameters that there are, for the columns that there are.
func TestReadPeers(t *testing.T) {
	for _, name := range []string{"graphjin", "postgraphile"} {
		questions, err := os.ReadFile(filepath.Join("..", "peers", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal([]map[string]any{{"name": name, "address": "localhost:1", "questions": json.RawMessage(questions)}})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "peers.json")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		sides, err := ReadPeers(file, domain())
		if err != nil || len(sides) != 1 || sides[0].Name() != name {
			t.Fatalf("%v, %v", sides, err)
		}
		known := 0
		for _, q := range question.All() {
			line := Line{Question: q, Form: question.Objects}
			if !sides[0].Answers(line) {
				continue
			}
			known++
			way, _ := sides[0].(*Server).find(line)
			if len(way.Fields) < len(q.Names) || len(way.Path) == 0 {
				t.Errorf("%s, %s: %+v", name, q.ID, way)
			}
			for variable, value := range way.Variables(question.NewDrawer(domain(), 1).Draw(q), "") {
				if value == nil {
					t.Errorf("%s, %s: no parameter for %s", name, q.ID, variable)
				}
			}
		}
		if known < 8 {
			t.Errorf("%s answers %d questions", name, known)
		}
		if sides[0].Answers(Line{Question: question.All()[0], Form: question.CSV}) {
			t.Errorf("%s answers files", name)
		}
	}
	if sides, err := ReadPeers("", domain()); err != nil || sides != nil {
		t.Errorf("%v, %v", sides, err)
	}
}

func TestNumbered(t *testing.T) {
	rate := &question.Question{Names: []string{"province", "value"}}
	got := numbered(rate, [][]any{{"7", "1", 4.0}, {8.0, nil, 4.0}})
	if want := [][]any{{7.0, 25.0}, {8.0, nil}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
