package kept

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

func TestNormal(t *testing.T) {
	t.Parallel()
	const plain = `query Q($n: Int, $a: String) { regions(first: $n, after: $a, where: {scheme: "x", levels: [COUNTY]}) { ...f } } fragment f on RegionConnection { totalCount }`
	for name, test := range map[string]struct {
		text string
		same bool
	}{
		"itself":         {plain, true},
		"white space":    {"query Q ( $n : Int $a:String ) {\n# a comment\n regions(first:$n,after:$a,where:{scheme:\"x\",levels:[COUNTY]}){...f}}\nfragment f on RegionConnection{totalCount}", true},
		"arguments":      {`query Q($n: Int, $a: String) { regions(where: {levels: [COUNTY], scheme: "x"}, after: $a, first: $n) { ...f } } fragment f on RegionConnection { totalCount }`, true},
		"variables":      {`query Q($a: String, $n: Int) { regions(first: $n, after: $a, where: {scheme: "x", levels: [COUNTY]}) { ...f } } fragment f on RegionConnection { totalCount }`, true},
		"unused":         {plain + ` fragment g on Region { code } query R { regions { nodes { ...g } } }`, true},
		"another field":  {`query Q($n: Int, $a: String) { regions(first: $n, after: $a, where: {scheme: "x", levels: [COUNTY]}) { ...f } } fragment f on RegionConnection { nodes { code } }`, false},
		"another value":  {`query Q($n: Int, $a: String) { regions(first: $n, after: $a, where: {scheme: "y", levels: [COUNTY]}) { ...f } } fragment f on RegionConnection { totalCount }`, false},
		"another alias":  {`query Q($n: Int, $a: String) { r: regions(first: $n, after: $a, where: {scheme: "x", levels: [COUNTY]}) { ...f } } fragment f on RegionConnection { totalCount }`, false},
		"another length": {`query Q($n: Int = 5, $a: String) { regions(first: $n, after: $a, where: {scheme: "x", levels: [COUNTY]}) { ...f } } fragment f on RegionConnection { totalCount }`, false},
	} {
		if got := Normal(test.text, "Q") == Normal(plain, "Q"); got != test.same {
			t.Errorf("%s: same %t: %s", name, got, Normal(test.text, "Q"))
		}
	}
	for _, text := range []string{`{ budget { name } }`, `{ ...f } fragment f on Query { ... on Query { s: snapshots { totalCount } } }`, `mutation { x }`, `subscription { x }`, `{`} {
		if got := Normal(text, ""); got != "" {
			t.Errorf("%s is kept as %s", text, got)
		}
	}
}

// Each part of a question makes another key, and parts do not run together.
func TestKey(t *testing.T) {
	t.Parallel()
	a := NewAnswers(0, nil)
	base := Question{Snapshot: "s", Day: "d", Scope: "", Document: "{ a }", Variables: map[string]any{"x": "1"}}
	if _, ok := a.Key(base); ok {
		t.Error("a document that was not seen has a key")
	}
	a.Learn("{ a }", "")
	a.Learn("{ b }", "")
	seen := map[Key]Question{}
	for _, change := range []func(*Question){
		func(*Question) {}, func(q *Question) { q.Snapshot = "sd" }, func(q *Question) { q.Snapshot, q.Day = "sd", "" }, func(q *Question) { q.Day = "e" },
		func(q *Question) { q.Scope = "r" }, func(q *Question) { q.Document = "{ b }" }, func(q *Question) { q.Variables = nil },
		func(q *Question) { q.Variables = map[string]any{"x": 1} },
	} {
		q := base
		change(&q)
		key, ok := a.Key(q)
		if other, taken := seen[key]; !ok || taken {
			t.Errorf("%+v has the key of %+v", q, other)
		}
		seen[key] = q
	}
}

// Another snapshot's first answer drops those before.
func TestKeep(t *testing.T) {
	t.Parallel()
	a := NewAnswers(0, nil)
	a.Keep("1", Key{1}, []byte("old"))
	if got, ok := a.Get(Key{1}); !ok || string(got) != "old" {
		t.Errorf("%q", got)
	}
	a.Keep("2", Key{2}, []byte("new"))
	if _, ok := a.Get(Key{1}); ok {
		t.Error("the answer of the snapshot before is kept")
	}
	if _, ok := a.Get(Key{2}); !ok {
		t.Error("the new answer is not kept")
	}
}

// Answers make room for others, which is told; those of another snapshot are dropped without a word.
func TestKeep_MakesRoom(t *testing.T) {
	t.Parallel()
	const most, answers = 10_000, 100
	var evicted atomic.Int64
	a := NewAnswers(most, func() { evicted.Add(1) })
	for i := range byte(answers) {
		a.Keep("1", Key{i}, make([]byte, 1000))
		a.answers.CleanUp()
	}
	if left := int64(a.answers.EstimatedSize()); a.Bytes() == 0 || a.Bytes() > most || evicted.Load() != answers-left {
		t.Errorf("%d bytes in %d answers, %d evicted", a.Bytes(), left, evicted.Load())
	}
	before := evicted.Load()
	a.Keep("2", Key{1}, nil)
	a.answers.CleanUp()
	if evicted.Load() != before {
		t.Errorf("another snapshot evicted %d", evicted.Load()-before)
	}
}

// Equal questions at one time are worked out once. The first to ask may give up, and the others still get the answer; the work
// ends when everybody has given up.
func TestOnce(t *testing.T) {
	t.Parallel()
	var f flights
	works, begun, proceed, ended := 0, make(chan struct{}), make(chan struct{}), make(chan struct{})
	work := func(ctx context.Context) any {
		works++
		close(begun)
		select {
		case <-proceed:
			return "answer"
		case <-ctx.Done():
			close(ended)
			return nil
		}
	}
	first, giveUp := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	wait.Go(func() {
		if _, _, err := f.join(first, Key{1}, work); !errors.Is(err, context.Canceled) {
			t.Errorf("the first: %v", err)
		}
	})
	<-begun
	joined := make(chan struct{})
	for range 3 {
		wait.Go(func() {
			joined <- struct{}{}
			if got, _, err := f.join(t.Context(), Key{1}, work); got != "answer" || err != nil {
				t.Errorf("a follower: %v, %v", got, err)
			}
		})
		<-joined
	}
	waiting := func(n int) bool { f.mu.Lock(); defer f.mu.Unlock(); return f.now[Key{1}].waiting == n }
	for !waiting(4) {
	}
	giveUp()
	for !waiting(3) {
	}
	close(proceed)
	wait.Wait()
	if works != 1 {
		t.Errorf("worked out %d times", works)
	}
	alone, giveUp := context.WithCancel(t.Context())
	begun, proceed = make(chan struct{}), make(chan struct{})
	wait.Go(func() { _, _, _ = f.join(alone, Key{1}, work) })
	<-begun
	giveUp()
	<-ended
	wait.Wait()
}
