package telemetry

import (
	"io"
	"sync"
	"time"
)

// LogBuffer hands lines on to a log together while they come quickly, since writing each takes longer than making it. A line that
// comes alone is written at once, and none waits for longer than Delay. It is safe for concurrent use.
type LogBuffer struct {
	w io.Writer

	mu      sync.Mutex
	pending []byte
	last    time.Time   // of the last writing
	timer   *time.Timer // writes what is pending; nil if nothing ever was
	waiting bool        // the timer runs
	err     error       // of a writing that nobody waited for
}

const (
	// Delay is how long a line may wait for others.
	Delay = 50 * time.Millisecond
	// mostPending is how many bytes wait at most.
	mostPending = 64 << 10
)

// NewLogBuffer returns a buffer before w.
func NewLogBuffer(w io.Writer) *LogBuffer { return &LogBuffer{w: w} }

// Write takes a line. The error may be that of lines before.
func (b *LogBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		err := b.err
		b.err = nil
		return 0, err
	}
	b.pending = append(b.pending, line...)
	if b.waiting && len(b.pending) < mostPending {
		return len(line), nil
	}
	now := time.Now()
	if wait := Delay - now.Sub(b.last); wait > 0 && len(b.pending) < mostPending {
		b.waiting = true
		if b.timer == nil {
			b.timer = time.AfterFunc(wait, b.late)
		} else {
			b.timer.Reset(wait)
		}
		return len(line), nil
	}
	if err := b.flush(now); err != nil {
		return 0, err
	}
	return len(line), nil
}

// late writes what has waited long enough.
func (b *LogBuffer) late() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = false
	b.err = b.flush(time.Now())
}

func (b *LogBuffer) flush(now time.Time) error {
	b.last = now
	if len(b.pending) == 0 {
		return nil
	}
	_, err := b.w.Write(b.pending)
	b.pending = b.pending[:0]
	return err
}

// Flush writes all that waits.
func (b *LogBuffer) Flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.flush(time.Now())
}
