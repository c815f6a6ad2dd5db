package server

import (
	"math"
	"runtime"
	"testing"

	"github.com/countyql/countyql/graph"
)

// What the questions of dashboards cost: objects and bytes on the heap, engine queries and bytes of the answer. Times are not asserted: they are the
// machine's. The bounds on objects leave room for half as many again at most; one more for every row of an answer goes beyond them.
func TestAnswers_cost(t *testing.T) { //nolint:paralleltest // others would allocate meanwhile
	want := map[string]struct {
		objects float64
		queries int64
		bytes   int
		garbage uint64 // KB of memory that is not used again; pools drop some of it under the race detector
	}{
		"Q01 latest of 10 indicators, fields": {1400, 10, 400, 120},
		"Q01 latest of 10 indicators":         {540, 1, 700, 80},
		"Q02 top 20 of a province":            {510, 1, 2000, 80},
		"Q03 sum by province":                 {500, 1, 1600, 330},
		"Q04 rate by province":                {500, 1, 1700, 330},
		"Q05 series of 5 counties":            {460, 1, 5000, 100},
		"Q06 province x month":                {5000, 1, 80_000, 4600},
		"Q07 5 counties x 20 indicators":      {820, 1, 9000, 150},
		"Q09 compare all, objects":            {510, 1, 450_000, 1750},
		"Q09 compare all, columns":            {540, 1, 200_000, 1700},
		"Q11 page of observations":            {6200, 1, 180_000, 860},
		"Q12 correlate":                       {540, 2, 120, 900},
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
		if garbage := garbageOf(func() { answerTo(t, making, body) }) >> 10; garbage > most.garbage {
			t.Errorf("%s: %d KB of memory, at most %d are wanted", name, garbage, most.garbage)
		}
		for range 2 { // what is soon made is kept when it is asked for again
			answerTo(t, keeping, body)
		}
		before = kept.Queries()
		objects := testing.AllocsPerRun(5, func() { answerTo(t, keeping, body) })
		if queries := kept.Queries() - before; queries > 0 || objects > 120 {
			t.Errorf("%s, kept: %.0f objects and %d engine queries", name, objects, queries)
		}
	}
}

// garbageOf is how many bytes a step takes from the heap, on average: the least of some rounds, since a collection between two steps empties pools.
func garbageOf(step func()) uint64 {
	const rounds, times = 4, 8
	least := uint64(math.MaxUint64)
	for range rounds {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range times {
			step()
		}
		runtime.ReadMemStats(&after)
		least = min(least, (after.TotalAlloc-before.TotalAlloc)/times)
	}
	return least
}
