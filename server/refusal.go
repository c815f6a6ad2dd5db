package server

import (
	"net/http"
	"strconv"
	"time"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/indicator"
)

// refuse answers with one typed error, in the shape of a GraphQL response.
func refuse(w http.ResponseWriter, status int, refusal *indicator.Error) {
	w.Header().Set("Cache-Control", "no-store")
	graph.WriteRefusal(w, nil, status, refusal)
}

// retryAfter says when to come again, in whole seconds and at least one.
func retryAfter(w http.ResponseWriter, wait time.Duration) {
	const second = time.Second
	w.Header().Set("Retry-After", strconv.FormatInt(max(1, int64((wait+second-1)/second)), 10))
}
