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
		answer := &beganWriter{ResponseWriter: w}
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

// beganWriter knows whether the answer has begun.
type beganWriter struct {
	http.ResponseWriter
	began bool
}

func (w *beganWriter) WriteHeader(status int) {
	w.began = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *beganWriter) Write(part []byte) (int, error) {
	w.began = true
	return w.ResponseWriter.Write(part)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *beganWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
