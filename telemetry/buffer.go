package telemetry

import (
	"io"
	"sync"
	"time"
)

// LogBuffer hands lines on to a log together while they come quickly, since writing each takes longer than making it. A line that
// comes alone is written at once, and none waits for longer than Delay but for a log that takes longer to write. Who writes a line does not wait for
// the log, unless that is far behind. It is safe for concurrent use.
type LogBuffer struct {
	w io.Writer

	mu      sync.Mutex
	pending []byte
	spare   []byte // what was pending before
	writing bool   // something is being written, without the lock
	written sync.Cond
	last    time.Time   // of the last writing
	timer   *time.Timer // writes what is pending; nil if nothing ever was
	waiting bool        // the timer runs
	hurried bool        // it has been told not to wait
	err     error       // of a writing that nobody waited for
}

const (
	// Delay is how long a line may wait for others.
	Delay = 50 * time.Millisecond
	// manyPending is how many bytes do not wait any longer, and mostPending how many there may be.
	manyPending, mostPending = 64 << 10, 1 << 20
)

// NewLogBuffer returns a buffer before w.
func NewLogBuffer(w io.Writer) *LogBuffer {
	b := &LogBuffer{w: w}
	b.written.L = &b.mu
	return b
}

// Write takes a line. The error may be that of lines before.
func (b *LogBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.writing && len(b.pending) >= mostPending {
		b.written.Wait()
	}
	if b.err != nil {
		err := b.err
		b.err = nil
		return 0, err
	}
	b.pending = append(b.pending, line...)
	if len(b.pending) >= manyPending {
		if !b.hurried {
			b.hurried = true
			b.await(0)
		}
		return len(line), nil
	}
	if b.waiting {
		return len(line), nil
	}
	now := time.Now()
	if wait := Delay - now.Sub(b.last); wait > 0 || b.writing {
		b.await(max(wait, 0))
		return len(line), nil
	}
	if err := b.flush(now); err != nil {
		return 0, err
	}
	return len(line), nil
}

// await has the timer write what is pending.
func (b *LogBuffer) await(wait time.Duration) {
	b.waiting = true
	if b.timer == nil {
		b.timer = time.AfterFunc(wait, b.late)
	} else {
		b.timer.Reset(wait)
	}
}

// late writes what has waited long enough.
func (b *LogBuffer) late() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting, b.hurried = false, false
	if err := b.flush(time.Now()); err != nil {
		b.err = err
	}
}

// flush writes what is pending, after what is being written. The lock is not held meanwhile.
func (b *LogBuffer) flush(now time.Time) error {
	for b.writing {
		b.written.Wait()
	}
	b.last = now
	if len(b.pending) == 0 {
		return nil
	}
	lines := b.pending
	b.pending, b.writing = b.spare[:0], true
	b.mu.Unlock()
	_, err := b.w.Write(lines)
	b.mu.Lock()
	b.spare, b.writing = lines, false
	b.written.Broadcast()
	return err
}

// Flush writes all that waits.
func (b *LogBuffer) Flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.flush(time.Now())
}
