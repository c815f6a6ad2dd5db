package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/indicator"
)

// knownShare is by county the known figure of revision 1; that of revision n is n times as much.
var knownShare = map[string]int{"140403": 1, "370105": 2, "510402": 3, "220721": 4}

// knownPeriod is the day that they are of, which no other figure is of.
const knownPeriod = "2021-01-01"

// knownSum is by token what the known figures of revision 1 that its scope shows add up to. Each of them is asked with.
var knownSum = map[string]int{"": 10, "topics": 10, "province": 2}

// knownTable has the known figures of a revision. Revisions are newer than each other.
func knownTable(revision int) string {
	var b strings.Builder
	b.WriteString(observationsHeader)
	published := (indicator.DayOf(2021, 1, 1) + indicator.Day(revision)).String()
	for _, code := range slices.Sorted(maps.Keys(knownShare)) {
		fmt.Fprintf(&b, "%s,volunteer_teams,%s,%d,jinan_daily_2020_03_30,%s\n", code, knownPeriod, revision*knownShare[code], published)
	}
	return b.String()
}

// knownDocument begins every document: which snapshot it is answered from, and the sum of the known figures, by which an answer
// shows of which snapshot its figures are.
const knownDocument = `snapshot { id } known: aggregate(input: {
	indicators: ["volunteer_teams"], regions: {within: ["CN"], level: COUNTY}, when: {period: "` + knownPeriod + `"}
}) { groups { value } snapshot { id } } `

// asked is a document that is asked again and again.
type asked struct {
	name, text string
	since      bool // has the variable since, a snapshot
	varies     bool // is answered otherwise though the snapshot is the same
}

// soakQuestions has one question for each root field, and the known figures in other ways.
func soakQuestions(region string) []asked {
	documents := maps.Clone(equivalenceDocuments)
	documents["known figures"] = `{
		series(input: {indicators: ["volunteer_teams"], regions: {within: ["CN"], level: COUNTY}, from: "2021-01-01", grain: DAY}) { series { region { code } points { value } } }
		compare(input: {indicators: ["volunteer_teams"], display: {within: ["CN"]}, when: {latest: {}}}) { indicators { statistics { n mean } entries { region { code } value rank } } }
		observations(where: {indicators: ["volunteer_teams"]}) { totalCount nodes { region { code } value source { code } } }
	}`
	documents["everything"] = `{ observations(where: {}, first: 1000) { totalCount nodes { region { code ancestors { code } } indicator { code } value precision source { title } } } }`
	var questions []asked
	for _, name := range slices.Sorted(maps.Keys(documents)) {
		inner := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(documents[name]), "{"), "}")
		inner = strings.ReplaceAll(inner, "REGION", region)
		q := asked{name: strings.ReplaceAll(name, " ", "_"), varies: slices.Contains([]string{"budget", "snapshots", "changes"}, name)}
		head := "query " + q.name + " { "
		if q.since = strings.Contains(inner, `"SNAPSHOT"`); q.since {
			head = "query " + q.name + "($since: ID!) { "
			inner = strings.ReplaceAll(inner, `"SNAPSHOT"`, "$since")
		}
		q.text = head + knownDocument + inner + "}"
		questions = append(questions, q)
	}
	return questions
}

// known is the part of every answer that tells where it is from.
type known struct {
	Data *struct {
		Snapshot struct{ ID string }
		Known    struct {
			Groups   []struct{ Value float64 }
			Snapshot struct{ ID string }
		}
	}
	Errors []struct {
		Message    string
		Extensions struct {
			Code     string
			Argument []string
		}
	}
}

// from is the snapshot that an answer tells it is from, which must have the figures that the answer has; empty if that is not so,
// which is an error.
func (s *soak) from(t *testing.T, q *asked, token string, status int, answer []byte) (snapshot string) {
	t.Helper()
	var decoded known
	if err := json.Unmarshal(answer, &decoded); err != nil {
		t.Errorf("%s as %q: %v in %.300s", q.name, token, err, answer)
		return ""
	}
	if status != http.StatusOK || len(decoded.Errors) > 0 || decoded.Data == nil || len(decoded.Data.Known.Groups) != 1 {
		t.Errorf("%s as %q: %d %.1000s", q.name, token, status, answer)
		return ""
	}
	d := decoded.Data
	sum, share := int(d.Known.Groups[0].Value), knownSum[token]
	if d.Snapshot != d.Known.Snapshot || d.Snapshot.ID == "" || sum%share != 0 {
		t.Errorf("%s as %q is mixed: %.1000s", q.name, token, answer)
		return ""
	}
	s.ledger.revision(t, d.Snapshot.ID, sum/share)
	return d.Snapshot.ID
}

// elsewhere reports whether an answer refuses a question for its snapshot, on which the one served is not built: somebody has gone
// back, or it has been removed.
func (s *soak) elsewhere(t *testing.T, q *asked, since, before string, answer []byte) bool {
	t.Helper()
	var decoded known
	return q.since && (before != since || s.current(t) != since) && json.Unmarshal(answer, &decoded) == nil && len(decoded.Errors) == 1 &&
		decoded.Errors[0].Extensions.Code == "INVALID_INPUT" && slices.Equal(decoded.Errors[0].Extensions.Argument, []string{"since"})
}

// ask asks a question by some transport, by its text, its hash or its place in the list, as somebody, and checks the answer. It
// returns the snapshot that the answer is from.
func (s *soak) ask(t *testing.T, r *rand.Rand, q *asked, since string) (snapshot string) {
	t.Helper()
	token := s.someone(r, q)
	by := pick(r, slices.Sorted(maps.Keys(carriers)))
	request, server := map[string]any{}, s.open
	if q.since {
		request["variables"] = map[string]string{"since": since}
	}
	named := pick(r, []string{"text", "hash", "id of the list", "hash of the list", "text of the list"})
	switch hash := persisted(document.Hash(q.text)); named {
	case "text":
		request["query"] = q.text
	case "hash":
		request["extensions"] = hash
	case "id of the list":
		request["id"], server = q.name, s.listed
	case "hash of the list":
		request["extensions"], server = hash, s.listed
	case "text of the list":
		request["query"], server = q.text, s.listed
	}
	before := s.current(t)
	status, answer := carriers[by](t, server, token, encode(t, request))
	if named == "hash" && strings.Contains(string(answer), "PERSISTED_QUERY_NOT_FOUND") {
		s.ledger.count("hashes not known yet")
		request["query"] = q.text
		status, answer = carriers[by](t, server, token, encode(t, request))
	}
	s.ledger.count("questions by " + by)
	s.ledger.count("questions named by " + named)
	s.ledger.count("questions as " + strconv.Quote(token))
	switch {
	case status == http.StatusServiceUnavailable:
		s.ledger.count("refused for now")
	case s.elsewhere(t, q, since, before, answer):
		s.ledger.count("changes since a snapshot on another line")
	default:
		if snapshot = s.from(t, q, token, status, answer); snapshot != "" && !q.varies {
			s.ledger.answer(t, snapshot, token, q.name, answer)
		}
	}
	return snapshot
}

// someone is a token whose scope lets a question be answered.
func (s *soak) someone(r *rand.Rand, q *asked) string {
	tokens := slices.DeleteFunc(slices.Sorted(maps.Keys(knownSum)), func(token string) bool { return !s.mayAsk(token, q) })
	return pick(r, tokens)
}

func (s *soak) mayAsk(token string, q *asked) bool {
	return slices.Contains(s.answered[token], q.name)
}

// soakFiles are the arguments of exports by field, all about the known figures.
var soakFiles = map[string]string{
	"observations": `{"where": {"indicators": ["volunteer_teams"], "from": "2021-01-01", "to": "2021-01-01"}}`,
	"aggregate":    `{"input": {"indicators": ["volunteer_teams"], "when": {"period": "2021-01-01"}, "groupBy": [{"region": "COUNTY"}]}}`,
	"compare":      `{"input": {"indicators": ["volunteer_teams"], "display": {"within": ["CN"]}, "when": {"period": "2021-01-01"}}}`,
	"series":       `{"input": {"indicators": ["volunteer_teams"], "regions": {"within": ["CN"]}, "from": "2021-01-01", "to": "2021-01-01", "grain": "DAY"}}`,
}

// export asks for a file as somebody and checks its figures.
func (s *soak) export(t *testing.T, r *rand.Rand) {
	t.Helper()
	field, extension := pick(r, slices.Sorted(maps.Keys(soakFiles))), pick(r, slices.Sorted(maps.Keys(exportReaders)))
	token := pick(r, slices.Sorted(maps.Keys(knownSum)))
	target, body := s.open+"/v1/export/"+field+"."+extension+"?missing=false", soakFiles[field]
	if r.IntN(2) == 0 {
		var arguments map[string]json.RawMessage
		if err := json.Unmarshal([]byte(body), &arguments); err != nil {
			t.Fatal(err)
		}
		for name, value := range arguments {
			target += "&" + name + "=" + url.QueryEscape(string(value))
		}
		body = ""
	}
	got := s.fetch(t, token, target, body)
	s.ledger.count("exports of " + field)
	s.ledger.count("exports as " + extension)
	if got.status == http.StatusServiceUnavailable {
		s.ledger.count("refused for now")
		return
	}
	s.checkFile(t, token, field, extension, got)
}

// checkFile asks that a file has the known figures of its snapshot.
func (s *soak) checkFile(t *testing.T, token, field, extension string, got fetched) {
	t.Helper()
	snapshot := got.header.Get("X-Snapshot")
	if got.status != http.StatusOK || snapshot == "" {
		t.Errorf("%s.%s as %q: %d %.300s", field, extension, token, got.status, got.body)
		return
	}
	sum, rows := 0.0, exportReaders[extension](t, got.body)
	for _, row := range rows {
		value, err := strconv.ParseFloat(row["value"], 64)
		if err != nil {
			t.Errorf("%s.%s as %q: %v in %v", field, extension, token, err, row)
		}
		sum += value
	}
	share := knownSum[token]
	if len(rows) == 0 || int(sum)%share != 0 {
		t.Errorf("%s.%s as %q adds up to %g: %v", field, extension, token, sum, rows)
		return
	}
	s.ledger.revision(t, snapshot, int(sum)/share)
	s.ledger.answer(t, snapshot, token, field+"."+extension, got.body)
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
