package duckdb

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// The environment by which a test starts its own binary as another process that loads.
const (
	helperDir  = "COUNTYQL_TEST_STORE"
	helperStep = "COUNTYQL_TEST_KILL_AT" // the step before which the process kills itself
	helperHold = "COUNTYQL_TEST_HOLD"    // set: hold the lock until standard input ends
	helperID   = "COUNTYQL_TEST_PUBLISH" // set: publish this snapshot instead of loading
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		if err := runHelper(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func runHelper(dir string) error {
	e, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	if os.Getenv(helperHold) != "" {
		w, err := e.Begin(context.Background())
		if err != nil {
			return err
		}
		fmt.Println("holding")
		if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
			return err
		}
		return w.Abort()
	}
	e.atStep = func(step string) {
		if step == os.Getenv(helperStep) {
			// A killed process runs no deferred call and flushes nothing, as after a power cut but for the disk's cache.
			if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
				panic(err)
			}
			select {}
		}
	}
	if id := os.Getenv(helperID); id != "" {
		return e.Publish(context.Background(), id)
	}
	_, err = commit(e, 2)
	return err
}

// tinyTables is a catalogue of one county and one indicator.
func tinyTables() catalog.Tables {
	return catalog.Tables{
		Regions: []indicator.Region{{
			Code: "140403", Scheme: "GB/T 2260", Level: indicator.County, Name: "潞州区", ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		}},
		Units:      []indicator.Unit{{Code: "count", Quantity: "count", Factor: 1}},
		Indicators: []indicator.Indicator{{Code: "grids", NameEn: "Grids", Unit: "count"}},
		Sources:    []indicator.Source{{Code: "daily", Title: "A daily"}},
	}
}

func tinyReport(value float64) store.Report {
	return store.Report{
		Value: value, Period: indicator.Yearly.Containing(indicator.DayOf(2020, time.January, 1)),
		Numerator: math.NaN(), Denominator: math.NaN(),
		PublishedOn: indicator.DayOf(2020, time.March, 2), Printed: "2万余", Offset: 7, Precision: indicator.AtLeast,
	}
}

// commit loads one report with a value.
func commit(e *Engine, value float64) (store.Manifest, error) {
	ctx := context.Background()
	w, err := e.Begin(ctx)
	if err != nil {
		return store.Manifest{}, err
	}
	defer w.Abort()
	if err := w.Append(ctx, []store.Report{tinyReport(value)}); err != nil {
		return store.Manifest{}, err
	}
	c, err := catalog.New(tinyTables())
	if err != nil {
		return store.Manifest{}, err
	}
	if _, err := w.Stage(ctx, c); err != nil {
		return store.Manifest{}, err
	}
	e.atStep("staged")
	return w.Commit(ctx, indicator.Load{ID: fmt.Sprint("load of ", value)}, nil)
}

func open(t *testing.T, dir string, options Options) *Engine {
	t.Helper()
	e, err := Open(dir, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func mustCommit(t *testing.T, e *Engine, value float64) store.Manifest {
	t.Helper()
	m, err := commit(e, value)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// current returns the value of the only figure of the newest snapshot.
func current(t *testing.T, e *Engine) float64 {
	t.Helper()
	s, err := e.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	return onlyValue(t, s)
}

func onlyValue(t *testing.T, s store.Snapshot) float64 {
	t.Helper()
	rows, err := s.Select(t.Context(), store.NewSelect())
	if err != nil {
		t.Fatal(err)
	}
	if rows.Len() != 1 {
		t.Fatalf("%d rows", rows.Len())
	}
	return rows.Value[0]
}
