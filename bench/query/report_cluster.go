package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countyql/countyql/bench/race"
)

// clusterLoads prints what writing the figures took, beside DuckDB's load where that was measured.
func (r *report) clusterLoads(f *fleet) {
	row := func(name string, t took, base took) {
		if t.elapsed == 0 {
			return
		}
		of := func(own, other float64) string {
			if other == 0 {
				return ""
			}
			return fmt.Sprintf("%.2f", own/other)
		}
		r.printf("| %s | %.1f | %.0f | %s | %.1f | %.1f | %s | %.1f | %s |\n", name, t.elapsed.Seconds(), float64(r.command.Rows)/t.elapsed.Seconds(),
			of(float64(t.elapsed), float64(base.elapsed)), t.cpu.Seconds(), t.servers.Seconds(), of(float64(t.cpu+t.servers), float64(base.cpu)),
			float64(t.bytes)/1e6, of(float64(t.bytes), float64(base.bytes)))
	}
	r.printf("| writing | seconds | rows/s | of DuckDB's load | CPU seconds | of the servers | CPU of DuckDB's load | MB on disk | of DuckDB's |\n")
	r.printf("|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	row("load, DuckDB", f.loaded, f.loaded)
	for _, l := range f.clusters {
		row("copy, "+l.name(), l.copied, f.loaded)
		row("load, "+l.name(), l.loaded, f.loaded)
	}
	r.printf("\n")
}

// clusters prints what each question took of the sides whose names end so, as ratios to DuckDB's.
func (r *report) clusters(f *fleet, results []*race.Result, rows map[string]int, ending string) {
	names := []string{duckdbEngine}
	for _, l := range f.clusters {
		names = append(names, l.name())
	}
	r.printf("Milliseconds of the median with one client [worst], those of processors in brackets, requests a second of %d clients; then as "+
		"ratios to DuckDB%s: time (processor time), requests a second.\n\n", r.command.Clients, ending)
	r.printf("| question | rows | DuckDB | %s |\n|---|--:|--:|%s\n", strings.Join(names[1:], " | "), strings.Repeat("--:|", len(names)-1))
	for _, line := range f.lines() {
		find := func(name string) *race.Result {
			i := slices.IndexFunc(results, func(x *race.Result) bool { return x.Line.Name() == line.Name() && x.Side == name+ending })
			if i < 0 {
				return nil
			}
			return results[i]
		}
		base := find(duckdbEngine)
		if base == nil {
			continue
		}
		r.printf("| %s %s | %d | %s (%s), %s/s |", line.Question.ID, line.Question.Title, rows[line.Name()], milliseconds(base.One), processor(base.One),
			perSecond(base.Many))
		for _, name := range names[1:] {
			r.printf(" %s |", ratios(find(name), base))
		}
		r.printf("\n")
	}
	r.printf("\n")
}

// ratios compares a side with another.
func ratios(own, base *race.Result) string {
	one, _ := race.Best(own.One)
	baseOne, _ := race.Best(base.One)
	_, many := race.Best(own.Many)
	_, baseMany := race.Best(base.Many)
	return fmt.Sprintf("%.2f (%.2f), %s", float64(one.P50)/float64(baseOne.P50), cpuRatio(leastCPU(own.One), leastCPU(base.One)),
		decimal(ratioOf(many.PerSecond, baseMany.PerSecond)))
}

// cpuRatio is that of processor times; 0 where a request took less than the system counts.
func cpuRatio(own, base time.Duration) float64 {
	if base == 0 {
		return 0
	}
	return float64(own) / float64(base)
}
