package kept

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
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
	type question struct {
		Operation
		snapshot, scope string
		day             int32
	}
	a := NewAnswers(0, nil)
	base := question{Operation{Document: "{ a }", Variables: map[string]any{"x": "1"}}, "s", "", 7}
	if _, ok := a.Asked(base.Operation); ok {
		t.Error("a document that was not seen asks something")
	}
	a.Learn("{ a }", "")
	a.Learn("{ b }", "")
	seen, tags := map[Key]question{}, map[string]question{}
	for _, change := range []func(*question){
		func(*question) {}, func(q *question) { q.snapshot = "sr" }, func(q *question) { q.snapshot, q.scope = "s", "r" }, func(q *question) { q.day = 8 },
		func(q *question) { q.snapshot, q.scope = "", "s" }, func(q *question) { q.Document = "{ b }" }, func(q *question) { q.Variables = nil },
		func(q *question) { q.Variables = map[string]any{"x": json.Number("1")} },
	} {
		q := base
		change(&q)
		asked, ok := a.Asked(q.Operation)
		key := Key{Asked: asked, Snapshot: q.snapshot, Scope: q.scope, Day: q.day}
		if other, taken := seen[key]; !ok || taken {
			t.Errorf("%+v has the key of %+v", q, other)
		}
		if other, taken := tags[key.Tag()]; taken {
			t.Errorf("%+v has the tag of %+v", q, other)
		}
		seen[key], tags[key.Tag()] = q, q
	}
}

// A request is recognised by all of its bytes and its kind, however long it is.
func TestRecognise(t *testing.T) {
	t.Parallel()
	a := NewAnswers(0, nil)
	long := strings.Repeat("x", 5000)
	sent := []Request{
		RequestOf('b', []byte("one")), RequestOf('u', []byte("one")), RequestOf('b', nil), RequestOf('b', []byte("bone")),
		RequestOf('b', []byte(long)), RequestOf('u', []byte(long)), RequestOf('b', []byte(long[1:])), RequestOf('b', []byte(long[:1023])),
		RequestOf('b', []byte(long[:1024])),
	}
	for i, r := range sent {
		if _, known := a.Recognise(r); known {
			t.Errorf("request %d is another's", i)
		}
		a.Note(r, Asked{byte(i)})
	}
	for i, r := range sent {
		if asked, known := a.Recognise(r); !known || asked != (Asked{byte(i)}) {
			t.Errorf("request %d is not recognised", i)
		}
	}
}

// of is one of many keys of answers by a snapshot.
func of(snapshot string, n byte) Key { return Key{Asked: Asked{n}, Snapshot: snapshot} }

// Another snapshot's first answer drops those before.
func TestKeep(t *testing.T) {
	t.Parallel()
	a := NewAnswers(0, nil)
	a.Keep(of("1", 1), []byte("old"))
	old, ok := a.Get(of("1", 1))
	if !ok || string(old.Body) != "old" {
		t.Errorf("%q", old)
	}
	if packed := a.Pack(of("1", 1), old, "gzip", []byte("o")); string(packed.Packed["gzip"]) != "o" {
		t.Errorf("%q", packed)
	}
	if both, _ := a.Get(of("1", 1)); string(both.Body) != "old" || string(both.Packed["gzip"]) != "o" {
		t.Errorf("%q", both)
	}
	a.Keep(of("2", 2), []byte("new"))
	a.Pack(of("1", 1), old, "gzip", []byte("o"))
	if _, ok := a.Get(of("1", 1)); ok {
		t.Error("the answer of the snapshot before is kept")
	}
	if _, ok := a.Get(of("2", 2)); !ok {
		t.Error("the new answer is not kept")
	}
}

// What was soon made is wanted when it is made again, which may be forgotten for another; what took long is wanted at once.
func TestWants(t *testing.T) {
	t.Parallel()
	a := NewAnswers(0, nil)
	key := func(n byte) Key { return of("1", n) }
	for n := range byte(100) {
		if a.Wants(key(n), long-1) {
			t.Fatalf("answer %d is wanted when it is first made", n)
		}
	}
	if !a.Wants(key(200), long) {
		t.Error("what took long to make is not wanted at once")
	}
	again := 0
	for n := range byte(100) {
		if a.Wants(key(n), 0) {
			again++
		}
		if !a.Wants(key(n), 0) {
			t.Fatalf("answer %d is not wanted when it has just been made", n)
		}
	}
	if again < 90 {
		t.Errorf("%d of 100 are wanted when they are made again", again)
	}
}

// Answers make room for others, which is told; those of another snapshot are dropped without a word.
func TestKeep_MakesRoom(t *testing.T) {
	t.Parallel()
	const most, answers = 10_000, 100
	var evicted atomic.Int64
	a := NewAnswers(most, func() { evicted.Add(1) })
	for i := range byte(answers) {
		a.Keep(of("1", i), make([]byte, 1000))
		a.answers.CleanUp()
	}
	if left := int64(a.answers.EstimatedSize()); a.Bytes() == 0 || a.Bytes() > most || evicted.Load() != answers-left {
		t.Errorf("%d bytes in %d answers, %d evicted", a.Bytes(), left, evicted.Load())
	}
	before := evicted.Load()
	a.Keep(of("2", 1), nil)
	a.answers.CleanUp()
	if evicted.Load() != before {
		t.Errorf("another snapshot evicted %d", evicted.Load()-before)
	}
}

// What the answers take is told at once, whatever has become of them.
func TestBytes(t *testing.T) {
	t.Parallel()
	a := NewAnswers(100_000, nil)
	held := func(where string, sizes ...int) {
		t.Helper()
		var want uint64
		for _, n := range sizes {
			want += uint64(n) + perAnswer //nolint:gosec // small
		}
		if got := a.Bytes(); got != want {
			t.Errorf("%s: %d bytes, want %d", where, got, want)
		}
	}
	held("empty")
	a.Keep(of("1", 1), make([]byte, 1000))
	a.Keep(of("1", 2), make([]byte, 50))
	held("two", 1000, 50)
	a.Keep(of("1", 1), make([]byte, 70))
	held("one of them another", 70, 50)
	first, _ := a.Get(of("1", 1))
	a.Pack(of("1", 1), first, "gzip", make([]byte, 9))
	a.Pack(of("1", 3), first, "gzip", make([]byte, 9))
	held("one of them packed", 79, 50)
	a.Keep(of("2", 4), make([]byte, 5))
	held("another snapshot", 5)
	for i := range byte(200) {
		a.Keep(of("2", i), make([]byte, 1000))
	}
	a.answers.CleanUp()
	left := make([]int, a.answers.EstimatedSize())
	for i := range left {
		left[i] = 1000
	}
	held("room made", left...)
}

// Equal questions at one time are worked out once. The first to ask may give up, and the others still get the answer; the work
// ends when everybody has given up.
func TestOnce(t *testing.T) {
	t.Parallel()
	var f flights
	works, begun, proceed, ended := 0, make(chan struct{}), make(chan struct{}), make(chan struct{})
	work := func(ctx context.Context, _ context.CancelFunc) any {
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
		if _, _, err := f.join(first, Key{}, 0, work); !errors.Is(err, context.Canceled) {
			t.Errorf("the first: %v", err)
		}
	})
	<-begun
	joined := make(chan struct{})
	for range 3 {
		wait.Go(func() {
			joined <- struct{}{}
			if got, _, err := f.join(t.Context(), Key{}, 0, work); got != "answer" || err != nil {
				t.Errorf("a follower: %v, %v", got, err)
			}
		})
		<-joined
	}
	waiting := func(n int) bool { f.mu.Lock(); defer f.mu.Unlock(); return f.now[Key{}].waiting == n }
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
	wait.Go(func() { _, _, _ = f.join(alone, Key{}, 0, work) })
	<-begun
	giveUp()
	<-ended
	wait.Wait()
}
