package server

import (
	"net/http"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/indicator"
)

// refuse answers with one typed error, in the shape of a GraphQL response.
func refuse(w http.ResponseWriter, status int, refusal *indicator.Error) {
	w.Header().Set("Cache-Control", "no-store")
	graph.WriteRefusal(w, nil, status, refusal)
}
