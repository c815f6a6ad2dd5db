package server

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// An upload for which there is no room is refused before it is read, and one that finds none is, too.
func TestSpool_room(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		free   uint64
		known  bool
		length int64
		status int
	}{
		{"room", spoolReserve + 3, true, 3, 0},
		{"a byte too little", spoolReserve + 2, true, 3, http.StatusInsufficientStorage},
		{"an unknown length", spoolReserve, true, -1, 0},
		{"an unknown length and little room", spoolReserve - 1, true, -1, http.StatusInsufficientStorage},
		{"nothing is known", 0, false, 3, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := &spool{dir: t.TempDir(), free: func(string) (uint64, bool) { return test.free, test.known }}
			r := httptest.NewRequest(http.MethodPost, "/v1/loads", strings.NewReader("a,b"))
			r.ContentLength = test.length
			r.Header.Set("Content-Type", "text/csv")
			_, err := s.receive(httptest.NewRecorder(), r, 1<<20, time.Minute)
			var refused *statusError
			status := 0
			if errors.As(err, &refused) {
				status = refused.status
			}
			if status != test.status {
				t.Errorf("%v, want %d", err, test.status)
			}
			if left, _ := os.ReadDir(s.dir); test.status != 0 && len(left) > 0 {
				t.Errorf("%v is left", left)
			}
		})
	}
	var refused *statusError
	if err := noRoomLeft(&os.PathError{Op: "write", Err: syscall.ENOSPC}); !errors.As(err, &refused) || refused.status != http.StatusInsufficientStorage || refused.refusal.LimitName != "disk" {
		t.Errorf("%v", err)
	}
	if free, known := freeSpace(t.TempDir()); !known || free == 0 {
		t.Errorf("%d bytes are free, %v", free, known)
	}
}
