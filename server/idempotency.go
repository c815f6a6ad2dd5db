package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/report"
)

// replays keeps, by principal and Idempotency-Key, what was asked and what came of it, in files that outlive the server.
type replays struct {
	dir string
	now func() time.Time

	mu        sync.Mutex
	forgotten time.Time // when old records were last removed
}

// keepReplays is how long a key is remembered.
const keepReplays = 7 * 24 * time.Hour

// replay is the record of a key. It is written before the load begins, so that the key is bound to its request from then
// on, and again with what came of it.
type replay struct {
	Request string          `json:"request"` // a hash of all that was asked
	Began   time.Time       `json:"began"`
	Outcome *report.Outcome `json:"report,omitempty"` // nil until the load is done
}

// openReplays makes the directory and forgets old keys.
func openReplays(dir string, now func() time.Time) (*replays, error) {
	const private = 0o700
	if err := os.MkdirAll(dir, private); err != nil {
		return nil, err
	}
	k := &replays{dir: dir, now: now}
	return k, k.forget()
}

// forget removes the records that are too old, once a day.
func (k *replays) forget() error {
	const day = 24 * time.Hour
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	if now.Sub(k.forgotten) < day {
		return nil
	}
	k.forgotten = now
	entries, err := os.ReadDir(k.dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || now.Sub(info.ModTime()) < keepReplays {
			continue // one that has gone meanwhile is none to remove
		}
		path := filepath.Join(k.dir, entry.Name())
		if strings.HasSuffix(path, lockEnding) {
			lock := flock.New(path)
			if taken, err := lock.TryLock(); err != nil || !taken {
				continue
			}
			defer func() { _ = lock.Unlock() }() // the process ends the lock with itself, too
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// lockEnding ends the name of the file that is locked while a key's request is under way.
const lockEnding = ".lock"

// heldKey is a key whose request is under way. Nobody else, in this process or another, has it until it is released.
type heldKey struct {
	path string
	lock *flock.Flock
	now  func() time.Time
}

// checkKey refuses keys that are no short printable text.
func checkKey(key string) error {
	const longest = 200
	if key == "" || len(key) > longest || strings.ContainsFunc(key, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
		return badRequest("the Idempotency-Key is empty, too long, or has other characters than printable ASCII", "take a random UUID")
	}
	return nil
}

// hold takes a principal's key, unless its request is under way.
func (k *replays) hold(principal, key string) (*heldKey, error) {
	if err := k.forget(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q", principal, key))
	path := filepath.Join(k.dir, hex.EncodeToString(sum[:])+".json")
	lock := flock.New(path + lockEnding)
	taken, err := lock.TryLock()
	if err != nil {
		return nil, err
	}
	if !taken {
		err := indicator.Errorf(indicator.Overloaded, "a load with this Idempotency-Key is under way")
		err.Hint = "ask again when it is done"
		return nil, &statusError{http.StatusConflict, err}
	}
	return &heldKey{path, lock, k.now}, nil
}

func (h *heldKey) release() { _ = h.lock.Unlock() } // the process ends the lock with itself, too

// begin binds the key to a request, and returns what is known of an earlier try of the same request; nil if it is the first. The
// key of another request is refused.
func (h *heldKey) begin(request string) (*replay, error) {
	text, err := os.ReadFile(h.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, h.write(&replay{Request: request, Began: h.now().UTC()})
	}
	if err != nil {
		return nil, err
	}
	var known replay
	if err := json.Unmarshal(text, &known); err != nil {
		return nil, fmt.Errorf("record of an Idempotency-Key: %w", err)
	}
	if known.Request != request {
		err := indicator.Errorf(indicator.InvalidInput, "this Idempotency-Key belongs to another upload")
		err.Hint = "take a new key for each upload, and the same one only to repeat it as it was"
		return nil, &statusError{http.StatusUnprocessableEntity, err}
	}
	return &known, nil
}

// keep remembers what came of the request.
func (h *heldKey) keep(request string, began time.Time, outcome *report.Outcome) error {
	return h.write(&replay{Request: request, Began: began, Outcome: outcome})
}

// drop forgets a request of which nothing came: with the same key it, or a mended one, may be tried again.
func (h *heldKey) drop() error { return os.Remove(h.path) }

// write replaces the record in one step, durably.
func (h *heldKey) write(r *replay) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(h.path), ".new-*")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), h.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return syncDir(filepath.Dir(h.path))
}

// syncDir makes a renaming durable.
func syncDir(dir string) error {
	file, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
