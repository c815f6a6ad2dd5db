package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/dosco/graphjin/core/v3"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver that GraphJin recommends
)

// connections is how many a server may open: one for each client that is measured and some.
const connections = 16

// serveGraphJin answers GraphQL by GraphJin: in production, where a document is compiled once, on a pool of connections that are
// kept, by statements that the driver prepares once.
func serveGraphJin(url string) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	engine, err := core.NewGraphJinWithFS(&core.Config{
		Production: true, DisableProdSecurity: true, DisableAllowList: true, DBType: "postgres", DefaultLimit: 100_000,
	}, db, core.NewOsFS("."))
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, listener.Addr())
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Query     string          `json:"query"`
			Variables json.RawMessage `json:"variables"`
		}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		result, err := engine.GraphQL(r.Context(), asked.Query, asked.Variables, nil)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(result) // a client that has gone is not an error
	}))
}
