package race

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/countyql/countyql/bench/question"
)

// Options say how much is measured.
type Options struct {
	Rounds   int
	Clients  int           // of the measurement with several
	Duration time.Duration // of each measurement, roughly
	Seed     uint64
	// After, if set, is told of every measurement.
	After func(Line, Side, int, Round)
}

// Round is one measurement of one side.
type Round struct {
	P50, P99  time.Duration
	CPU       time.Duration // of the side for one request; 0 where it does not tell
	PerSecond float64
	Requests  int
}

// Result is what the rounds of one side on one line were.
type Result struct {
	Line Line
	Side string
	One  []Round // with one client
	Many []Round // with several
}

// Best is the round with the lowest median, and the one with the most requests a second.
func Best(rounds []Round) (p50 Round, perSecond Round) {
	if len(rounds) == 0 {
		return Round{P50: -1}, Round{}
	}
	p50 = slices.MinFunc(rounds, func(a, b Round) int { return int(a.P50 - b.P50) })
	perSecond = slices.MaxFunc(rounds, func(a, b Round) int { return int(math.Copysign(1, a.PerSecond-b.PerSecond)) })
	return p50, perSecond
}

// fewest and most bound how many requests a measurement has, of each client and altogether.
const fewest, most = 3, 20_000

// lane is one side on one line.
type lane struct {
	line   Line
	side   Side
	result *Result
	pace   map[int]int // requests of a measurement by the number of clients
}

// Lines measures all sides on all lines, in turn in every round. A side that takes longer for one request than a measurement
// lasts is not asked by several clients.
func Lines(ctx context.Context, d *question.Domain, lines []Line, sides []Side, o Options) ([]*Result, error) {
	drawer := question.NewDrawer(d, o.Seed)
	var results []*Result
	var lanes []*lane
	for _, line := range lines {
		for _, side := range sides {
			if side.Answers(line) {
				result := &Result{Line: line, Side: side.Name()}
				results = append(results, result)
				lanes = append(lanes, &lane{line: line, side: side, result: result, pace: map[int]int{}})
			}
		}
	}
	for range o.Rounds {
		for _, l := range lanes {
			if err := l.round(ctx, drawer, o); err != nil {
				return nil, fmt.Errorf("%s, %s: %w", l.line.Name(), l.side.Name(), err)
			}
		}
	}
	return results, nil
}

// round measures a lane with one client and with several.
func (l *lane) round(ctx context.Context, drawer *question.Drawer, o Options) error {
	for _, clients := range []int{1, o.Clients} {
		if clients > 1 && l.result.One[0].P50 > o.Duration {
			return nil
		}
		m := measurement{side: l.side, line: l.line, clients: clients, drawer: drawer}
		if l.pace[clients] == 0 {
			n, err := m.pace(ctx, o.Duration)
			if err != nil {
				return err
			}
			l.pace[clients] = n
		}
		round, err := m.run(ctx, l.pace[clients])
		if err != nil {
			return err
		}
		if o.After != nil {
			o.After(l.line, l.side, clients, round)
		}
		if clients == 1 {
			l.result.One = append(l.result.One, round)
		} else {
			l.result.Many = append(l.result.Many, round)
		}
		if o.Clients == 1 {
			return nil
		}
	}
	return nil
}

// measurement asks one question of one side with some clients.
type measurement struct {
	side    Side
	line    Line
	clients int
	drawer  *question.Drawer
}

// pace finds how many requests take about so long. It also warms up.
func (m measurement) pace(ctx context.Context, d time.Duration) (int, error) {
	n := m.clients
	for {
		began := time.Now()
		if _, err := m.run(ctx, n); err != nil {
			return 0, err
		}
		took := time.Since(began)
		if took < d/8 && n < most {
			n *= 2
			continue
		}
		return min(max(int(float64(n)*float64(d)/float64(took)), fewest*m.clients), most), nil
	}
}

// run asks n requests, which are made beforehand.
func (m measurement) run(ctx context.Context, n int) (Round, error) {
	requests := make([]Request, n)
	for i := range requests {
		var err error
		if requests[i], err = m.side.Prepare(m.line, m.drawer.Draw(m.line.Question)); err != nil {
			return Round{}, err
		}
	}
	clients := make([]Client, m.clients)
	defer func() {
		for _, c := range clients {
			if c != nil {
				c.Close()
			}
		}
	}()
	for i := range clients {
		var err error
		if clients[i], err = m.side.Connect(ctx, m.line); err != nil {
			return Round{}, err
		}
	}
	spender, tells := m.side.(Spender)
	if !tells {
		return ask(ctx, clients, requests)
	}
	before := spender.Spent()
	round, err := ask(ctx, clients, requests)
	round.CPU = (spender.Spent() - before) / time.Duration(n)
	return round, err
}

// ask has clients take requests in turn until none is left.
func ask(ctx context.Context, clients []Client, requests []Request) (Round, error) {
	var (
		next    atomic.Int64
		group   sync.WaitGroup
		taken   = make([]time.Duration, len(requests))
		failure = make([]error, len(clients))
	)
	began := time.Now()
	for i, client := range clients {
		group.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(requests) {
					return
				}
				start := time.Now()
				if failure[i] = client.Ask(ctx, requests[n]); failure[i] != nil {
					next.Store(int64(len(requests)))
					return
				}
				taken[n] = time.Since(start)
			}
		})
	}
	group.Wait()
	elapsed := time.Since(began)
	if err := errors.Join(failure...); err != nil {
		return Round{}, err
	}
	slices.Sort(taken)
	return Round{
		P50: taken[len(taken)/2], P99: taken[len(taken)*99/100], PerSecond: float64(len(requests)) / elapsed.Seconds(),
		Requests: len(requests),
	}, nil
}
