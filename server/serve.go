package server

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	// bodyTime is how long a client may take to send a body, and answerTime to take an answer once it is there.
	bodyTime, answerTime = 30 * time.Second, time.Minute
)

// Serve serves until the context ends. Then readiness turns false, after the notice no connection is accepted any more, and requests
// have the grace to finish; those that have not are interrupted, which is an error.
func Serve(ctx context.Context, listener net.Listener, handler *Handler, times Times) error {
	closing := make(chan struct{})
	requests, interrupt := context.WithCancel(withClosing(context.WithoutCancel(ctx), closing))
	defer interrupt()
	var running sync.WaitGroup
	server := &http.Server{
		Handler: counted(handler, &running), ReadHeaderTimeout: headerTime, IdleTimeout: idleTime,
		ErrorLog: handler.errors, BaseContext: func(net.Listener) context.Context { return requests },
	}
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

// timed gives the body of a request and its answer their time. What follows on the same connection begins anew.
func timed(next http.Handler, timeout time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connection, now := http.NewResponseController(w), time.Now()
		_ = connection.SetWriteDeadline(now.Add(bodyTime + timeout + answerTime)) // a connection without deadlines is a test's
		if r.Body != nil && r.Body != http.NoBody {
			_ = connection.SetReadDeadline(now.Add(bodyTime)) // likewise
			r.Body = &timedBody{r.Body, connection}
		}
		next.ServeHTTP(w, r)
	})
}

// timedBody takes the deadline from the connection once the body has been read: from then on the connection is only watched for
// the client going away, and a deadline would look like that.
type timedBody struct {
	io.ReadCloser
	connection *http.ResponseController
}

func (b *timedBody) Read(part []byte) (int, error) {
	n, err := b.ReadCloser.Read(part)
	if err != nil {
		_ = b.connection.SetReadDeadline(time.Time{}) // likewise
	}
	return n, err
}

// untimed is for streams, which set their own deadlines.
func untimed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connection := http.NewResponseController(w)
		_ = connection.SetReadDeadline(time.Time{}) // likewise
		_ = connection.SetWriteDeadline(time.Time{})
		next.ServeHTTP(w, r)
	})
}
