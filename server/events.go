package server

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/loader/report"
)

// acceptsEvents reports whether a client asks for server-sent events.
func acceptsEvents(accept []string) bool {
	for _, header := range accept {
		for choice := range strings.SplitSeq(header, ",") {
			if media, parameters, err := mime.ParseMediaType(choice); err == nil && media == "text/event-stream" && parameters["q"] != "0" {
				return true
			}
		}
	}
	return false
}

const (
	// eventPause is how much time passes between two events of one stage, at least.
	eventPause = 250 * time.Millisecond
	// eventSilence is after how long a comment shows that there is still somebody.
	eventSilence = 15 * time.Second
	// writeTime is how long a client may take to take an event or a report.
	writeTime = time.Minute
)

// events writes the progress of a load as server-sent events: progress, and at the end result or error.
type events struct {
	mu         sync.Mutex // between the load and the pulse
	w          http.ResponseWriter
	connection *http.ResponseController
	stage      loader.Stage
	last       time.Time
	stop       chan struct{} // closed at the end
	stopped    sync.WaitGroup
}

func startEvents(w http.ResponseWriter) *events {
	e := &events{w: w, connection: http.NewResponseController(w), stop: make(chan struct{})}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	e.write(": the load begins\n\n")
	e.stopped.Go(e.pulse)
	return e
}

// pulse writes a comment now and then, so that nothing on the way takes a long stage for a dead connection.
func (e *events) pulse() {
	ticker := time.NewTicker(eventSilence)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			e.write(":\n\n")
		case <-e.stop:
			return
		}
	}
}

func (e *events) write(text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	extendWrite(e.connection)
	_, _ = e.w.Write([]byte(text)) // a client that has gone ends the request's context
	_ = e.connection.Flush()       // likewise
}

// extendWrite gives an answer time to be written, however long the load before took.
func extendWrite(connection *http.ResponseController) {
	_ = connection.SetWriteDeadline(time.Now().Add(writeTime)) // a connection without deadlines needs none
}

// progress writes an event for each stage and, within one, now and then.
func (e *events) progress(p loader.Progress) {
	now := time.Now()
	if p.Stage == e.stage && now.Sub(e.last) < eventPause {
		return
	}
	e.stage, e.last = p.Stage, now
	e.send("progress", struct {
		Stage loader.Stage `json:"stage"`
		Rows  int64        `json:"rows"`
		Bytes int64        `json:"bytes"`
		Total int64        `json:"total"`
	}{p.Stage, p.Rows, p.Bytes, p.Total})
}

// end writes what came of the load.
func (e *events) end(status int, outcome *report.Outcome) {
	close(e.stop)
	e.stopped.Wait()
	if status == http.StatusOK {
		e.send("result", outcome)
		return
	}
	e.send("error", struct {
		Status int `json:"status"` // the HTTP status that the answer would have had
		*report.Outcome
	}{status, outcome})
}

func (e *events) send(name string, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err) // the values are ours
	}
	e.write(fmt.Sprintf("event: %s\ndata: %s\n\n", name, data))
}
