package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Times bound the phases of connections and of a shutdown.
type Times struct {
	// Notice is how long requests are still accepted after /readyz has begun to say no, so that who sends them can learn it.
	// Default: none.
	Notice time.Duration
	// Grace is how long requests may then take to finish. Default: none.
	Grace time.Duration
}

const (
	// headerTime is how long a client may take to send a request's header, and idleTime how long it may send none.
	headerTime, idleTime = 10 * time.Second, 2 * time.Minute
	// requestTime is how long a client may take to send a request, and answerTime to take an answer once it is there.
	requestTime, answerTime = 30 * time.Second, time.Minute
)

// Serve serves until the context ends. Then readiness turns false, after the notice no connection is accepted any more, and requests
// have the grace to finish; those that have not are interrupted, which is an error.
func Serve(ctx context.Context, listener net.Listener, handler *Handler, times Times) error {
	closing := make(chan struct{})
	requests, interrupt := context.WithCancel(withClosing(context.WithoutCancel(ctx), closing))
	defer interrupt()
	var running sync.WaitGroup
	server := handler.server(requests, &running)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	handler.draining.Store(true)
	if times.Notice > 0 {
		select {
		case err := <-failed:
			return err
		case <-time.After(times.Notice):
		}
	}
	close(closing)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), times.Grace)
	defer cancel()
	err := server.Shutdown(drain)
	if err == nil {
		err = wait(drain, &running) // Shutdown does not wait for WebSockets, which are still to be told
	}
	if err != nil {
		interrupt()
		return errors.Join(fmt.Errorf("requests were still running %s after the end: %w", times.Grace, err), server.Close())
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// server is the HTTP server of the handler, whose requests have the context and are counted. The time of a request ends where all of it has
// been read: from then on the connection is only watched for the client going away.
func (h *Handler) server(requests context.Context, running *sync.WaitGroup) *http.Server {
	return &http.Server{
		Handler: counted(h, running), ErrorLog: h.errors, BaseContext: func(net.Listener) context.Context { return requests },
		ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: requestTime + h.timeout + answerTime, IdleTimeout: idleTime,
	}
}

// counted counts the requests that are being answered, WebSockets until they are closed.
func counted(next http.Handler, running *sync.WaitGroup) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		running.Add(1)
		defer running.Done()
		next.ServeHTTP(w, r)
	})
}

// wait waits until nothing is running or the context ends, which is its error.
func wait(ctx context.Context, running *sync.WaitGroup) error {
	done := make(chan struct{})
	go func() {
		running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// untimed is for answers that go on for as long as there is something to say: they set deadlines of their own for each part.
func untimed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // a connection without deadlines is a test's
		next.ServeHTTP(w, r)
	})
}
