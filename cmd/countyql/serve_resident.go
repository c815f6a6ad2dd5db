package main

import (
	"context"
	"log/slog"

	"github.com/countyql/countyql/store/resident"
	"github.com/countyql/countyql/telemetry"
)

// residentFlags say how much of the figures a server keeps in memory.
type residentFlags struct {
	ResidentMemory byteSize `default:"1GiB" env:"COUNTYQL_RESIDENT_MEMORY" placeholder:"SIZE" help:"Most memory for current figures that are answered without the engine, such as 4GiB (default ${default}); 0 keeps none."`
}

// wrap returns an engine that answers from memory what it can.
func (f *residentFlags) wrap(engine engine, metrics *telemetry.Metrics, logger *slog.Logger) *resident.Engine {
	columns := resident.New(engine, resident.Options{Bytes: int64(f.ResidentMemory), Logger: logger})
	gauge := func(name, help string, of func(resident.Stats) int64) {
		metrics.Gauge(name, help, func() float64 { return float64(of(columns.Stats())) })
	}
	counter := func(name, help string, of func(resident.Stats) int64) {
		metrics.Counter(name, help, func() float64 { return float64(of(columns.Stats())) })
	}
	gauge("resident_bytes", "Memory that resident blocks take.", func(s resident.Stats) int64 { return s.Bytes })
	gauge("resident_budget_bytes", "Most memory that resident blocks may take.", func(s resident.Stats) int64 { return s.Budget })
	gauge("resident_blocks", "Resident blocks: series of an indicator, slice and status.", func(s resident.Stats) int64 { return s.Blocks })
	counter("resident_hits_total", "Selections and counts answered from resident blocks.", func(s resident.Stats) int64 { return s.Hits })
	counter("resident_fallbacks_total", "Selections and counts answered by the engine.", func(s resident.Stats) int64 { return s.Fallbacks })
	counter("resident_loads_total", "Blocks loaded into memory.", func(s resident.Stats) int64 { return s.Loads })
	counter("resident_evictions_total", "Blocks that made room for others.", func(s resident.Stats) int64 { return s.Evictions })
	return columns
}

// follow runs something beside the server until the returned function is called, which waits for its end.
func follow(ctx context.Context, run func(ctx context.Context)) (stop func()) {
	following, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		run(following)
	}()
	return func() {
		cancel()
		<-ended
	}
}
