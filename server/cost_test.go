package server

import (
	"testing"

	"github.com/countyql/countyql/graph"
)

// What the questions of dashboards cost: objects on the heap, engine queries and bytes of the answer. Times are not asserted: they are the
// machine's. The bounds on objects leave room for half as many again at most; one more for every row of an answer goes beyond them.
func TestAnswers_cost(t *testing.T) { //nolint:paralleltest // others would allocate meanwhile
	want := map[string]struct {
		objects float64
		queries int64
		bytes   int
	}{
		"Q01 latest of 10 indicators, fields": {1400, 10, 400},
		"Q01 latest of 10 indicators":         {540, 1, 700},
		"Q02 top 20 of a province":            {510, 1, 2000},
		"Q03 sum by province":                 {500, 1, 1600},
		"Q04 rate by province":                {500, 1, 1700},
		"Q05 series of 5 counties":            {460, 1, 5000},
		"Q06 province x month":                {5000, 1, 80_000},
		"Q07 5 counties x 20 indicators":      {820, 1, 9000},
		"Q09 compare all, objects":            {510, 1, 450_000},
		"Q09 compare all, columns":            {540, 1, 200_000},
		"Q11 page of observations":            {6200, 1, 180_000},
		"Q12 correlate":                       {540, 2, 120},
	}
	making, engine := denseServer(graph.Keeping{Bytes: -1})
	keeping, kept := denseServer(graph.Keeping{})
	for name, document := range denseQuestions() {
		body := bodyOf(document)
		most := want[name]
		answerTo(t, making, body)
		before := engine.Queries()
		size := answerTo(t, making, body).bytes
		if queries := engine.Queries() - before; queries > most.queries {
			t.Errorf("%s: %d engine queries, at most %d are wanted", name, queries, most.queries)
		}
		if size > most.bytes || size < most.bytes/2 {
			t.Errorf("%s: %d bytes, some %d are wanted", name, size, most.bytes)
		}
		if objects := testing.AllocsPerRun(5, func() { answerTo(t, making, body) }); objects > most.objects {
			t.Errorf("%s: %.0f objects, at most %.0f are wanted", name, objects, most.objects)
		}
		answerTo(t, keeping, body)
		before = kept.Queries()
		objects := testing.AllocsPerRun(5, func() { answerTo(t, keeping, body) })
		if queries := kept.Queries() - before; queries > 0 || objects > 120 {
			t.Errorf("%s, kept: %.0f objects and %d engine queries", name, objects, queries)
		}
	}
}
