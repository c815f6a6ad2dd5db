package clickhouse

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"time"

	client "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/countyql/countyql/store"
)

// lock keeps other loads out of the store, from whatever machine. It is a query that runs for as long as the lock is held, on the
// first server of the cluster that answers: a server runs no two queries of one id of a user, and ends the query of a client that
// is gone. So a lock needs no clock and outlives no loader.
type lock struct {
	server *server
	id     string
	token  string
	cancel context.CancelFunc
	ended  chan struct{} // closed when the query has ended, for whatever reason
}

// holder is what a lock's query says of who holds it.
type holder struct {
	Process int       `json:"process"`
	Host    string    `json:"host"`
	Since   time.Time `json:"since"`
	Token   string    `json:"token"` // tells two loads of one process apart
}

// lockPoll is how often the server is asked whether a lock is held or has been given back.
const lockPoll = 5 * time.Millisecond

// longestLoad is when a lock ends that nobody gives back, which is longer than any load.
const longestLoad = 365 * 24 * time.Hour

// takeLock takes the store's lock at once or returns a *store.LockedError.
func (e *Engine) takeLock(ctx context.Context, servers []*server) (*lock, error) {
	host, err := os.Hostname()
	if err != nil {
		host = ""
	}
	l := &lock{server: servers[0], id: "countyql-load-" + e.config.Database, ended: make(chan struct{})}
	l.token = fmt.Sprintf("%s-%d-%d", host, os.Getpid(), time.Now().UnixNano())
	said, err := json.Marshal(holder{Process: os.Getpid(), Host: host, Since: e.options.Now().UTC().Truncate(time.Second), Token: l.token})
	if err != nil {
		return nil, fmt.Errorf("lock the store: %w", err)
	}
	// The client ends the reading of an answer after a time of its own, unless the context has a deadline.
	running, cancel := context.WithDeadline(context.WithoutCancel(ctx), time.Now().Add(longestLoad))
	l.cancel = cancel
	settings := client.Settings{"max_block_size": 1, "max_execution_time": 0, "interactive_delay": 10000, "max_threads": 1}
	// A row comes every moment: a server notices that a client is gone when it has something to send.
	sql := "SELECT sleep(0.02) FROM system.numbers WHERE " + quoted("holder:"+base64.StdEncoding.EncodeToString(said)) + " != ''"
	failed := make(chan error, 1)
	go func() {
		defer close(l.ended)
		failed <- l.server.conn.Exec(client.Context(running, client.WithSettings(settings), client.WithQueryID(l.id)), sql)
	}()
	poll := time.NewTicker(lockPoll)
	defer poll.Stop()
	for {
		held, err := l.holder(ctx)
		if err == nil && held != nil && held.Token == l.token {
			return l, nil
		}
		select {
		case err := <-failed:
			cancel()
			if codeOf(err) == codeSameQuery {
				return nil, l.describeHolder(ctx)
			}
			return nil, fmt.Errorf("lock the store: %w", l.server.outcome(ctx, err))
		case <-ctx.Done():
			cancel()
			<-l.ended
			return nil, ctx.Err()
		case <-poll.C:
		}
	}
}

var holderPattern = regexp.MustCompile(`holder:([A-Za-z0-9+/=]+)`)

// holder is who holds the lock; nil if nobody does.
func (l *lock) holder(ctx context.Context) (*holder, error) {
	var found *holder
	err := l.server.query(ctx, client.Settings{}, "SELECT query FROM system.processes WHERE query_id = "+quoted(l.id), func(scan func(...any) error) error {
		var sql string
		if err := scan(&sql); err != nil {
			return err
		}
		found = &holder{}
		if match := holderPattern.FindStringSubmatch(sql); match != nil {
			if text, err := base64.StdEncoding.DecodeString(match[1]); err == nil {
				_ = json.Unmarshal(text, found) // what it says is for people
			}
		}
		return nil
	})
	return found, err
}

// describeHolder says who holds the lock.
func (l *lock) describeHolder(ctx context.Context) error {
	h, err := l.holder(ctx)
	if err != nil {
		return err
	}
	if h == nil || h.Process == 0 {
		return &store.LockedError{Holder: "another load"}
	}
	return &store.LockedError{
		Holder: fmt.Sprintf("process %d on %s since %s", h.Process, h.Host, h.Since.Format(time.RFC3339)),
		PID:    h.Process, Host: h.Host, Since: h.Since,
	}
}

// held reports an error if the lock has been lost: the server has ended or has ended the query.
func (l *lock) held() error {
	select {
	case <-l.ended:
		return &store.UnavailableError{Detail: "the lock of the load was lost: clickhouse server " + l.server.address + " has ended its query"}
	default:
		return nil
	}
}

// release lets the next load in. It waits until the server has ended the query.
func (l *lock) release() {
	l.cancel()
	<-l.ended
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	poll := time.NewTicker(lockPoll)
	defer poll.Stop()
	for {
		if h, err := l.holder(ctx); err != nil || h == nil || h.Token != l.token {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
		}
	}
}
