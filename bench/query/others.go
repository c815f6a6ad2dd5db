package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/countyql/countyql/bench/question"
	"github.com/countyql/countyql/bench/race"
)

// others measures what is compared with something else than DuckDB: answers that are given again, and exported files.
func (c *command) others(ctx context.Context, r *report, d *question.Domain, server *race.Process) error {
	if c.wants("kept") {
		if err := c.kept(ctx, r, d, server); err != nil {
			return err
		}
	}
	if c.wants("export") {
		return c.export(ctx, r, d, server)
	}
	return nil
}

// kept asks the sums of one indicator again and again: as they are, and whether they have changed.
func (c *command) kept(ctx context.Context, r *report, d *question.Domain, server *race.Process) error {
	plain, err := startPlain(ctx)
	if err != nil {
		return err
	}
	defer plain.Stop()
	q := question.All()[2]
	way, _ := q.Find(question.Objects)
	variables, err := json.Marshal(way.Variables(question.NewDrawer(d, c.Seed).Draw(q), ""))
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{"query": way.Document, "variables": json.RawMessage(variables)})
	if err != nil {
		return err
	}
	address := "/graphql?" + url.Values{"query": {way.Document}, "variables": {string(variables)}}.Encode()
	accept := []string{"Accept", "application/json"}
	same := func(request []byte) func(int) []byte { return func(int) []byte { return request } }
	whole := &race.Constant{
		Label: "kept answer", Process: server, Status: http.StatusOK,
		Request: same(race.Post(server.Address, "/graphql", body, accept...)),
	}
	get := &race.Constant{Process: server, Status: http.StatusOK, Request: same(race.Get(server.Address, address, accept...))}
	answer, tag, err := get.Once(ctx)
	if err != nil {
		return err
	}
	if tag == "" {
		return fmt.Errorf("an answer without ETag: %.200s", answer)
	}
	unchanged := &race.Constant{
		Label: "304", Process: server, Status: http.StatusNotModified,
		Request: same(race.Get(server.Address, address, append(accept, "If-None-Match", tag)...)),
	}
	// The empty handler is sent the same bytes.
	size := fmt.Sprintf("/%d", len(answer))
	empty := &race.Constant{
		Label: "empty handler", Process: plain, Status: http.StatusOK, Request: same(race.Post(plain.Address, size, body, accept...)),
	}
	empty304 := &race.Constant{
		Label: "empty handler, 304", Process: plain, Status: http.StatusNotModified,
		Request: same(race.Get(plain.Address, "/304?"+address[len("/graphql?"):], append(accept, "If-None-Match", tag)...)),
	}
	list := []*race.Constant{whole, empty, unchanged, empty304}
	if err := race.Constants(ctx, list, c.Clients, race.Options{Rounds: c.Rounds, Duration: c.Duration}); err != nil {
		return err
	}
	r.kept(list)
	return nil
}

// exported is how many rows are exported, mostExports how many times at most: as GraphQL it takes long. The star has so many series.
const (
	series      = 200
	exported    = 100_000
	mostExports = 3
)

// export has the same figures, every column of them, written as GraphQL and as files.
func (c *command) export(ctx context.Context, r *report, d *question.Domain, server *race.Process) error {
	document, file, variables := question.Every(d, 1+exported*series*5/4/c.Rows) // a few rows more than are asked for
	arguments := func(n int) any {
		variables["first"] = exported - n // a number of its own, so that no answer is kept for it
		return variables
	}
	body := func(v any) []byte {
		text, err := json.Marshal(v)
		if err != nil {
			panic(err) // of maps and texts
		}
		return text
	}
	list := []*race.Constant{{
		Label: "GraphQL", Process: server, Status: http.StatusOK,
		Request: func(n int) []byte {
			asked := map[string]any{"query": document, "variables": arguments(n)}
			return race.Post(server.Address, "/graphql", body(asked), "Accept", "application/json")
		},
	}}
	for _, form := range []question.Form{question.CSV, "jsonl", "parquet", question.Arrow} {
		list = append(list, &race.Constant{
			Label: string(form), Process: server, Status: http.StatusOK,
			Request: func(n int) []byte { return race.Post(server.Address, file(form), body(arguments(n))) },
		})
	}
	if err := race.Constants(ctx, list, 1, race.Options{Rounds: min(c.Rounds, mostExports)}); err != nil {
		return err
	}
	r.exports(list)
	return nil
}
