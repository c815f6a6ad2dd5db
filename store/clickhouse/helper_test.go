package clickhouse

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// The environment by which a test starts its own binary as another process that loads, and kills it.
const (
	helperURL  = "COUNTYQL_TEST_CLICKHOUSE"
	helperDir  = "COUNTYQL_TEST_STAGING"
	helperStep = "COUNTYQL_TEST_KILL_AT" // the step before which the process kills itself
)

func runHelper() int {
	config, err := ParseURL(os.Getenv(helperURL), func(string) string { return "" })
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	e, err := Open(config, Options{Staging: stagedIn(os.Getenv(helperDir))})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	e.atStep = func(step string) {
		if step == os.Getenv(helperStep) {
			if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
				panic(err)
			}
			select {}
		}
	}
	if _, err := commit(context.Background(), e, 2); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// killedAt loads in another process, which is killed before a step.
func killedAt(t *testing.T, url, staging, step string) {
	t.Helper()
	run := exec.Command(os.Args[0])
	run.Env = append(os.Environ(), helperURL+"="+url, helperDir+"="+staging, helperStep+"="+step)
	output, err := run.CombinedOutput()
	if state := run.ProcessState; state == nil || state.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the load that is killed before step %q ended by %v: %s", step, err, output)
	}
}

// counties is how many there are in the catalogue of these tests: enough for every shard.
const counties = 8

func tinyCatalog(t fatal) *catalog.Catalog {
	tables := catalog.Tables{
		Units: []indicator.Unit{{Code: "count", Quantity: "count", Factor: 1}},
		Indicators: []indicator.Indicator{
			{Code: "grids", NameEn: "Grids", Unit: "count"}, {Code: "teams", NameEn: "Teams", Unit: "count"},
		},
		Sources: []indicator.Source{{Code: "daily", Title: "A daily"}},
	}
	for n := range counties {
		tables.Regions = append(tables.Regions, indicator.Region{
			Code: fmt.Sprintf("14040%d", n), Scheme: "GB/T 2260", Level: indicator.County, ValidFrom: indicator.NoDay, ValidTo: indicator.NoDay,
		})
	}
	c, err := catalog.New(tables)
	if err != nil {
		t.Fatalf("catalogue: %v", err)
	}
	return c
}

type fatal interface {
	Fatalf(format string, args ...any)
}

// quiet fails by panicking, where there is no test.
type quiet struct{}

func (quiet) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// reports are a value for every county.
func reports(ind int32, value float64) []store.Report {
	var all []store.Report
	for region := range int32(counties) {
		all = append(all, store.Report{
			Indicator: ind, Region: region, Value: value, Period: indicator.Yearly.Containing(indicator.DayOf(2020, time.January, 1)),
			Numerator: math.NaN(), Denominator: math.NaN(), PublishedOn: indicator.DayOf(2020, time.March, int(value)%28+1), Offset: -1,
		})
	}
	return all
}

// commit loads a value of the first indicator for every county.
func commit(ctx context.Context, e *Engine, value float64) (store.Manifest, error) {
	return commitReports(ctx, e, reports(0, value))
}

func commitReports(ctx context.Context, e *Engine, batch []store.Report) (store.Manifest, error) {
	// A server takes moments to notice that a loader is gone.
	waiting, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	w, err := store.BeginWait(waiting, e, nil)
	if err != nil {
		return store.Manifest{}, err
	}
	defer w.Abort()
	if err := w.Append(ctx, batch); err != nil {
		return store.Manifest{}, err
	}
	if _, err := w.Stage(ctx, tinyCatalog(quiet{})); err != nil {
		return store.Manifest{}, err
	}
	return w.Commit(ctx, indicator.Load{ID: fmt.Sprint("load ", len(batch))}, nil)
}

func mustCommit(t *testing.T, e *Engine, value float64) store.Manifest {
	t.Helper()
	m, err := commit(t.Context(), e, value)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// values are the different current values of the first indicator, and how many figures there are.
func values(ctx context.Context, s store.Snapshot) (map[float64]int, error) {
	selection := store.NewSelect()
	selection.Indicators = []int32{0}
	rows, err := s.Select(ctx, selection)
	if err != nil {
		return nil, err
	}
	found := make(map[float64]int)
	for _, v := range rows.Value {
		found[v]++
	}
	return found, nil
}

// served is the one value that all counties have in the published snapshot.
func served(t *testing.T, e *Engine) float64 {
	t.Helper()
	s, err := e.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	found, err := values(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for value, n := range found {
		if n == counties {
			return value
		}
	}
	t.Fatalf("values %v", found)
	return 0
}
