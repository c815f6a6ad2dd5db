package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/telemetry"
)

// contained answers a request whose handler panics with an internal error, or breaks off the answer that has begun. It is
// logged and counted.
func contained(next http.Handler, t *telemetry.Telemetry, logger *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := w.(*answerWriter) // of observed
		if !ok {
			answer = &answerWriter{ResponseWriter: w}
		}
		defer func() {
			thrown := recover()
			if thrown == nil {
				return
			}
			if err, ok := thrown.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(http.ErrAbortHandler) // meant to break off the answer
			}
			t.Panicked()
			id := requestID(r.Context())
			logger.ErrorContext(r.Context(), "panic", "request", id, "panic", fmt.Sprint(thrown), "stack", string(debug.Stack()))
			if answer.began {
				panic(http.ErrAbortHandler)
			}
			err := indicator.Errorf(indicator.Internal, "internal error of request %s", id)
			graph.WriteRefusal(w, r.Header.Values("Accept"), http.StatusInternalServerError, err)
		}()
		next.ServeHTTP(answer, r)
	})
}
