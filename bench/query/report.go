package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/countyql/countyql/bench/question"
	"github.com/countyql/countyql/bench/race"
	"github.com/countyql/countyql/bench/raw"
)

// report prints Markdown.
type report struct {
	command *command
	out     io.Writer
}

func (r *report) printf(format string, args ...any) { fmt.Fprintf(r.out, format, args...) }

// machine says what was measured where.
func (r *report) machine(ctx context.Context, s *raw.Snapshot, p prepared) error {
	duckdb, err := s.Version(ctx)
	if err != nil {
		return err
	}
	version, err := exec.CommandContext(ctx, r.command.Binary, "version").Output()
	if err != nil {
		return fmt.Errorf("%s version: %w", r.command.Binary, err)
	}
	info, err := os.Stat(p.file)
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(version)), "\n")
	c := r.command
	r.printf("%d rows, snapshot file %d MB. %s, %d processors, %s/%s, %s, DuckDB %s, %s. Best of %d rounds of %s [worst]; "+
		"%d clients; %d answers of each kind agreed before.\n\n", c.Rows, info.Size()>>20, model(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH,
		runtime.Version(), strings.TrimPrefix(duckdb, "v"), first, c.Rounds, c.Duration, c.Clients, c.Check)
	return nil
}

// model is the name of the processor, where the system tells.
func model() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

// lines prints a table with a row for each line and side that is compared with DuckDB alone.
func (r *report) lines(results []*race.Result, rows map[string]int) {
	n := r.command.Clients
	r.printf("| question | | rows | raw ms | ms | ratio | goal | CPU ms, raw | CPU ms | raw, %d clients: requests/s | requests/s | ratio | p99 / p50 | goals |\n", n)
	r.printf("|---|---|--:|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|---|\n")
	var base *race.Result
	titled := ""
	for _, result := range results {
		if result.Side == raw.Name {
			base = result
			continue
		}
		if result.Side != countyql && result.Side != engineOnly {
			continue // peers have a table of their own
		}
		q := result.Line.Question
		title := q.ID
		if titled != q.ID {
			titled = q.ID
			title += " " + q.Title
		}
		what := string(result.Line.Form)
		if result.Side != countyql {
			what += ", " + result.Side
		}
		count := rows[result.Line.Name()]
		one, _ := race.Best(result.One)
		baseOne, _ := race.Best(base.One)
		_, many := race.Best(result.Many)
		_, baseMany := race.Best(base.Many)
		ratio := float64(one.P50) / float64(baseOne.P50)
		busy, tail := ratioOf(many.PerSecond, baseMany.PerSecond), tailOf(result.Many)
		g := goalOf(result, count)
		r.printf("| %s | %s | %d | %s | %s | %.2f | %s | %s | %s | %s | %s | %s | %s | %s |\n", title, what, count, milliseconds(base.One),
			milliseconds(result.One), ratio, g.single(one.P50, ratio, baseOne.P50), processor(base.One), processor(result.One),
			perSecond(base.Many), perSecond(result.Many), decimal(busy), decimal(tail), g.several(busy, tail))
	}
	r.printf("\n")
}

// peers prints what other servers took for the same questions.
func (r *report) peers(results []*race.Result, peers []race.Side) {
	for _, peer := range peers {
		r.printf("| question | %[1]s ms | countyql ms | ratio | %[1]s, %[2]d clients: requests/s | requests/s | ratio | goals |\n", peer.Name(), r.command.Clients)
		r.printf("|---|--:|--:|--:|--:|--:|--:|---|\n")
		var own *race.Result
		for _, result := range results {
			switch result.Side {
			case countyql:
				own = result
				continue
			case peer.Name():
			default:
				continue
			}
			one, _ := race.Best(own.One)
			other, _ := race.Best(result.One)
			_, many := race.Best(own.Many)
			_, otherMany := race.Best(result.Many)
			ratio, busy := float64(one.P50)/float64(other.P50), ratioOf(many.PerSecond, otherMany.PerSecond)
			held := ""
			if peer.Name() == heldTo && goalOf(own, 0).busy > 0 {
				held = verdict([]string{"≤ 0.5, ≥ 2"}, ratio <= 0.5 && busy >= 2)
			}
			r.printf("| %s %s | %s | %s | %.2f | %s | %s | %s | %s |\n", result.Line.Question.ID, result.Line.Question.Title, milliseconds(result.One),
				milliseconds(own.One), ratio, perSecond(result.Many), perSecond(own.Many), decimal(busy), held)
		}
		r.printf("\n")
	}
}

// heldTo is the peer that short questions are held to.
const heldTo = "GraphJin"

// tailOf is the 99th percentile over the median, of the round in which it is lowest; NaN without rounds.
func tailOf(rounds []race.Round) float64 {
	tail := math.NaN()
	for _, r := range rounds {
		if t := float64(r.P99) / float64(r.P50); !(t >= tail) {
			tail = t
		}
	}
	return tail
}

// ratioOf is NaN where one side was not measured.
func ratioOf(own, other float64) float64 {
	if own == 0 || other == 0 {
		return math.NaN()
	}
	return own / other
}

func decimal(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return fmt.Sprintf("%.1f", x)
}

// goal is what a line is held to; zero fields are no goal.
type goal struct {
	ratio float64       // of raw, for the median of one client
	above time.Duration // allowed on top of the ratio
	most  time.Duration // whatever raw takes
	busy  float64       // times the requests a second of raw with several clients
	tail  float64       // p99 over p50 with several clients
}

// goalOf is the goal of a side's line, whose answer has so many rows.
func goalOf(r *race.Result, rows int) goal {
	if r.Side == engineOnly {
		return goal{ratio: 1.3, above: 300 * time.Microsecond}
	}
	switch id, form := r.Line.Question.ID, r.Line.Form; {
	case slices.Contains([]string{"Q1", "Q2", "Q3", "Q4", "Q5", "Q7"}, id) && form != question.CSV && form != question.Arrow:
		return goal{ratio: 0.25, most: time.Millisecond, busy: 5, tail: 8}
	case id == "Q6" && form == question.Objects:
		return goal{ratio: 1}
	case id == "Q6" && form != question.CSV:
		return goal{ratio: 0.5}
	case id == "Q8" && form == question.Objects:
		return goal{ratio: 0.1}
	case id == "Q9" && form == question.Objects:
		return goal{most: time.Duration(rows) * 4 * time.Microsecond}
	case id == "Q9" && form == question.Columns:
		return goal{most: time.Duration(rows) * time.Microsecond / 2}
	}
	return goal{}
}

// single is the goal for the median of one client, and whether it is met.
func (g goal) single(p50 time.Duration, ratio float64, raw time.Duration) string {
	var goals []string
	met := true
	if g.ratio > 0 {
		text := fmt.Sprintf("≤ %g", g.ratio)
		if g.above > 0 {
			text += fmt.Sprintf(" + %g ms", ms(g.above))
		}
		goals = append(goals, text)
		met = ratio <= g.ratio || g.above > 0 && float64(p50) <= g.ratio*float64(raw)+float64(g.above)
	}
	if g.most > 0 {
		goals = append(goals, fmt.Sprintf("≤ %.3g ms", ms(g.most)))
		met = met && p50 <= g.most
	}
	return verdict(goals, met)
}

func (g goal) several(busy, tail float64) string {
	var goals []string
	met := true
	if g.busy > 0 {
		goals = append(goals, fmt.Sprintf("≥ %g", g.busy))
		met = busy >= g.busy
	}
	if g.tail > 0 {
		goals = append(goals, fmt.Sprintf("≤ %g", g.tail))
		met = met && tail <= g.tail
	}
	return verdict(goals, met)
}

func verdict(goals []string, met bool) string {
	switch {
	case len(goals) == 0:
		return ""
	case met:
		return "✓ " + strings.Join(goals, ", ")
	}
	return "✗ " + strings.Join(goals, ", ")
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// milliseconds is the best median of the rounds, and the worst.
func milliseconds(rounds []race.Round) string {
	best, _ := race.Best(rounds)
	worst := slices.MaxFunc(rounds, func(a, b race.Round) int { return int(a.P50 - b.P50) })
	return fmt.Sprintf("%.3g [%.3g]", ms(best.P50), ms(worst.P50))
}

// processor is the least processor time of a request, in milliseconds; nothing where a side does not tell.
func processor(rounds []race.Round) string {
	if best := leastCPU(rounds); best > 0 {
		return fmt.Sprintf("%.3g", ms(best))
	}
	return ""
}

// microseconds is the same in microseconds.
func microseconds(rounds []race.Round) string { return fmt.Sprintf("%.1f", ms(leastCPU(rounds))*1000) }

func leastCPU(rounds []race.Round) time.Duration {
	return slices.MinFunc(rounds, func(a, b race.Round) int { return int(a.CPU - b.CPU) }).CPU
}

// perSecond is the most requests a second of the rounds, and the least.
func perSecond(rounds []race.Round) string {
	if len(rounds) == 0 {
		return ""
	}
	_, best := race.Best(rounds)
	least := best.PerSecond
	for _, r := range rounds {
		least = min(least, r.PerSecond)
	}
	return fmt.Sprintf("%.0f [%.0f]", best.PerSecond, least)
}

// given says whether any of the answers above had been given before, which none should have.
func (r *report) given(ctx context.Context, p *race.Process) {
	kept, _ := p.Metric(ctx, `countyql_answers_total{how="kept"}`)
	r.printf("%.0f of these answers had been given before.\n\n", kept)
}

// kept prints answers given again; each is followed by the empty handler that it is compared with.
func (r *report) kept(list []*race.Constant) {
	r.printf("| given again, %d clients | bytes | CPU us | requests/s | p99 / p50 | of the empty handler | goal |\n|---|--:|--:|--:|--:|--:|---|\n", r.command.Clients)
	goals := []float64{0.6, 0.8}
	for i := 0; i+1 < len(list); i += 2 {
		_, own := race.Best(list[i].Rounds)
		_, plain := race.Best(list[i+1].Rounds)
		ratio, least := own.PerSecond/plain.PerSecond, goals[i/2]
		r.printf("| %s | %d | %s | %s | %s | %.2f | %s |\n", list[i].Label, list[i].Bytes(), microseconds(list[i].Rounds), perSecond(list[i].Rounds),
			decimal(tailOf(list[i].Rounds)), ratio, verdict([]string{fmt.Sprintf("≥ %g", least)}, ratio >= least))
		r.printf("| %s | %d | %s | %s | %s | | |\n", list[i+1].Label, list[i+1].Bytes(), microseconds(list[i+1].Rounds), perSecond(list[i+1].Rounds),
			decimal(tailOf(list[i+1].Rounds)))
	}
	r.printf("\n")
}

// exports prints files; the first is GraphQL, with which the others are compared.
func (r *report) exports(list []*race.Constant) {
	r.printf("| %d rows, every column | MB | ms | CPU us a row | of GraphQL | of its CPU | goal |\n|---|--:|--:|--:|--:|--:|---|\n", exported)
	base, _ := race.Best(list[0].Rounds)
	for i, c := range list {
		best, _ := race.Best(c.Rounds)
		ratio := float64(best.P50) / float64(base.P50)
		held := ""
		if i > 0 {
			held = verdict([]string{"≤ 0.1"}, ratio <= 0.1)
		}
		r.printf("| %s | %.1f | %s | %.2f | %.2f | %.2f | %s |\n", c.Label, float64(c.Bytes())/1e6, milliseconds(c.Rounds),
			ms(leastCPU(c.Rounds))*1000/exported, ratio, float64(leastCPU(c.Rounds))/float64(leastCPU(list[0].Rounds)), held)
	}
	r.printf("\n")
}

// resident is the metric of the bytes of the columns in memory.
const resident = "countyql_resident_bytes"

// server prints what the server took so far.
func (r *report) server(ctx context.Context, p *race.Process) {
	ready := 500*time.Millisecond + time.Duration(r.command.Rows)*150*time.Millisecond/1_000_000
	r.printf("Ready after %.2f s: %s. ", p.Ready.Seconds(), verdict([]string{fmt.Sprintf("≤ %.2f s", ready.Seconds())}, p.Ready <= ready))
	const mb = 1_000_000
	peak := float64(p.Peak()) / mb
	r.printf("Peak memory %.0f MB", peak)
	if columns, ok := p.Metric(ctx, resident); ok {
		most := 300 + 1.3*columns/mb
		r.printf(", resident columns %.0f MB: %s", columns/mb, verdict([]string{fmt.Sprintf("≤ %.0f MB", most)}, peak <= most))
	}
	r.printf(".\n\n")
}
