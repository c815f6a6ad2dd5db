package race

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Constant is a request that is sent again and again, as it is or with a number in it.
type Constant struct {
	*Process

	Label string
	// Request makes the request; the number counts up.
	Request func(n int) []byte
	Status  int // expected of every answer

	// Rounds are the measurements.
	Rounds []Round

	asked int
	bytes atomic.Int64 // of the last body answered
}

// Bytes is the size of the body answered.
func (c *Constant) Bytes() int64 { return c.bytes.Load() }

// Post makes the request of a JSON body, Get one without a body; header has names and values in turn.
func Post(address, path string, body []byte, header ...string) []byte {
	return httpRequest(address, path, body, header...)
}

// Get makes a request without a body; header has names and values in turn.
func Get(address, path string, header ...string) []byte {
	return httpRequest(address, path, nil, header...)
}

// Once sends the request and returns the answer's body and ETag.
func (c *Constant) Once(ctx context.Context) (body []byte, tag string, err error) {
	one, err := c.connect(ctx)
	if err != nil {
		return nil, "", err
	}
	defer one.Close()
	err = one.Ask(ctx, Request{HTTP: c.Request(0)})
	return one.wire.body, one.wire.tag, err
}

// Constants measures the requests in turn with so many clients, each for o.Duration, or once if that is zero.
func Constants(ctx context.Context, list []*Constant, clients int, o Options) error {
	counts := make([]int, len(list))
	for range o.Rounds {
		for i, c := range list {
			if o.Duration == 0 {
				counts[i] = clients
			}
			if counts[i] == 0 {
				n, err := c.pace(ctx, clients, o.Duration)
				if err != nil {
					return err
				}
				counts[i] = n
			}
			round, err := c.run(ctx, clients, counts[i])
			if err != nil {
				return fmt.Errorf("%s: %w", c.Label, err)
			}
			c.Rounds = append(c.Rounds, round)
		}
	}
	return nil
}

func (c *Constant) pace(ctx context.Context, clients int, d time.Duration) (int, error) {
	n := clients
	for {
		began := time.Now()
		if _, err := c.run(ctx, clients, n); err != nil {
			return 0, fmt.Errorf("%s: %w", c.Label, err)
		}
		took := time.Since(began)
		if took >= d/8 || n >= mostConstant {
			return min(max(int(float64(n)*float64(d)/float64(took)), clients), mostConstant), nil
		}
		n *= 2
	}
}

// mostConstant bounds the requests of a measurement.
const mostConstant = 1 << 18

func (c *Constant) run(ctx context.Context, clients, n int) (Round, error) {
	all := make([]Client, 0, clients)
	defer func() {
		for _, one := range all {
			one.Close()
		}
	}()
	for range clients {
		one, err := c.connect(ctx)
		if err != nil {
			return Round{}, err
		}
		all = append(all, one)
	}
	requests := make([]Request, n)
	for i := range requests {
		c.asked++
		requests[i].HTTP = c.Request(c.asked)
	}
	before := c.spent()
	round, err := ask(ctx, all, requests)
	round.CPU = (c.spent() - before) / time.Duration(n)
	return round, err
}

func (c *Constant) connect(ctx context.Context) (*repeater, error) {
	w, err := dial(ctx, c.Address)
	return &repeater{constant: c, wire: w}, err
}

// repeater is a client that knows what to expect.
type repeater struct {
	constant *Constant
	wire     *wire
}

func (r *repeater) Ask(_ context.Context, request Request) error {
	status, err := r.wire.roundTrip(request.HTTP)
	if err == nil && status != r.constant.Status {
		err = fmt.Errorf("%d, not %d: %.300s", status, r.constant.Status, r.wire.body)
	}
	r.constant.bytes.Store(int64(len(r.wire.body)))
	return err
}

func (*repeater) Rows() ([][]any, error) { return nil, errors.New("nothing reads this answer") }

func (r *repeater) Close() { r.wire.close() }
