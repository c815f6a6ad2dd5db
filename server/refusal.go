package server

import (
	"net/http"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/indicator"
)

// refuse answers with one typed error, in the shape of a GraphQL response.
func refuse(w http.ResponseWriter, status int, refusal *indicator.Error) {
	body, err := graph.ErrorResponse(refusal)
	if err != nil {
		http.Error(w, http.StatusText(status), status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone is not an error
}
