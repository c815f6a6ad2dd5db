package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/duckdb"
)

// asCommand makes the test binary be countyql, for tests that end it from outside.
const asCommand = "COUNTYQL_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"countyql": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			bundled, err := filepath.Abs("../../data")
			if err != nil {
				return err
			}
			env.Setenv("BUNDLED", bundled)
			env.Setenv("GORACE", os.Getenv("GORACE")) // what the race detector is told, for the commands too
			env.Setenv("DOCS", filepath.Join(filepath.Dir(bundled), "docs"))
			return os.CopyFS(filepath.Join(env.WorkDir, "mini"), os.DirFS("../../loader/testdata/mini"))
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":    exits,
			"digest":   digest,
			"holdlock": holdLock,
			"damage":   damage,
			"pipe":     pipe,
			"write":    write,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// exits runs a command and demands an exit code: exits 3 countyql load mini.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// digest writes the names and hashes of a store's files to a file: digest store before.txt. LOCK is left out: it names
// the last to hold it and is no part of what is published.
func digest(ts *testscript.TestScript, _ bool, args []string) {
	var b strings.Builder
	root := os.DirFS(ts.MkAbs(args[0]))
	ts.Check(fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path == "LOCK" {
			return err
		}
		data, err := fs.ReadFile(root, path)
		fmt.Fprintf(&b, "%x %s\n", sha256.Sum256(data), path)
		return err
	}))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o600))
}

// holdLock begins a load and leaves it under way until the script ends: holdlock store.
func holdLock(ts *testscript.TestScript, _ bool, args []string) {
	engine, err := duckdb.Open(ts.MkAbs(args[0]), duckdb.Options{})
	ts.Check(err)
	writer, err := engine.Begin(context.Background())
	ts.Check(err)
	ts.Defer(func() {
		ts.Check(writer.Abort())
		ts.Check(engine.Close())
	})
}

// pipe makes a named pipe, to which nobody writes.
func pipe(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(syscall.Mkfifo(ts.MkAbs(args[0]), 0o600))
}

// damage cuts off the file of the kept snapshots but the published one: damage store.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	current, err := os.ReadFile(filepath.Join(dir, "CURRENT"))
	ts.Check(err)
	files, err := filepath.Glob(filepath.Join(dir, "snapshots", "*"))
	ts.Check(err)
	for _, name := range files {
		if !strings.HasPrefix(filepath.Base(name), strings.TrimSpace(string(current))) {
			ts.Check(os.Truncate(name, 100_000))
		}
	}
}

// writeBig makes a package of the small one's catalogue and so many figures, one for each day.
func writeBig(t *testing.T, rows int) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../loader/testdata/mini")); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "observations.csv")
	old, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	header, _, _ := strings.Cut(string(old), "\n")
	var b strings.Builder
	b.WriteString(header + "\n")
	for n := range rows {
		// Each figure is published on a day of its own: no two rows are one report.
		fmt.Fprintf(&b, "370105,grids,,%04d-01-01,ACTUAL,%d,,,,,,,,daily,20%02d-%02d-%02d,,,\n", 1000+n%1000, n, n/1000/336, n/1000/28%12+1, n/1000%28+1)
	}
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// interrupt starts countyql with the arguments, and with a pipe to which nobody writes as standard input, and sends a signal
// once it has said that it is at a stage. It returns what else it wrote and how it ended.
func interrupt(t *testing.T, stage string, signal os.Signal, args ...string) (string, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), self, args...)
	command.Env = append(os.Environ(), asCommand+"=1")
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var rest strings.Builder
	reached := false
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if reached {
			rest.WriteString(lines.Text() + "\n")
		} else if strings.HasPrefix(lines.Text(), stage) {
			reached = true
			if err := command.Process.Signal(signal); err != nil {
				t.Errorf("signal: %v", err)
			}
		}
	}
	if !reached {
		t.Errorf("countyql did not come to %q", stage)
	}
	return rest.String(), command.Wait()
}

// published opens a store and returns what it has published.
func published(t *testing.T, dir string) []store.Manifest {
	t.Helper()
	engine, err := duckdb.Open(dir, duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	manifests, err := engine.Manifests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return manifests
}

// quietly runs a command line and demands success.
func quietly(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr strings.Builder
	if code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr); code != exitOK {
		t.Fatalf("countyql %s: exit code %d: %s", strings.Join(args, " "), code, stderr.String())
	}
	return stdout.String()
}

// A load that is killed at any stage leaves the snapshot before it published, and the next load goes through.
func TestKilledLoad(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	quietly(t, "load", "--store", dir, "../../loader/testdata/mini")
	before := published(t, dir)
	big := writeBig(t, 200_000)
	for _, stage := range []string{"validating", "staging"} {
		_, err := interrupt(t, stage, syscall.SIGKILL, "load", "--store", dir, big)
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("killed while %s, countyql ended with %v", stage, err)
		}
		after := published(t, dir)
		if len(after) != 1 || after[0].ID != before[0].ID {
			t.Errorf("killed while %s: published %+v, before %+v", stage, after, before)
		}
	}
	if got := quietly(t, "load", "--store", dir, "../../loader/testdata/mini"); !strings.HasPrefix(got, "unchanged") {
		t.Errorf("the next load says %s", got)
	}
	left, err := os.ReadDir(filepath.Join(dir, "staging"))
	if err != nil || len(left) > 0 {
		t.Errorf("staging holds %v, %v", left, err)
	}
}

// A load that is asked to end says so and leaves nothing behind.
func TestTerminatedLoad(t *testing.T) {
	big := writeBig(t, 200_000)
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		for _, stage := range []string{"validating", "staging"} {
			t.Run(fmt.Sprint(signal, " while ", stage), func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "store")
				rest, err := interrupt(t, stage, signal, "load", "--store", dir, big)
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != exitIO {
					t.Errorf("countyql ended with %v", err)
				}
				if !strings.Contains(rest, "countyql: interrupted, nothing is published") {
					t.Errorf("countyql said %s", rest)
				}
				if got := published(t, dir); len(got) > 0 {
					t.Errorf("published %+v", got)
				}
				left, err := os.ReadDir(filepath.Join(dir, "staging"))
				if err != nil || len(left) > 0 {
					t.Errorf("staging holds %v, %v", left, err)
				}
			})
		}
	}
}

// A load that waits for its input ends at the first signal.
func TestTerminatedWhileWaitingForInput(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	quietly(t, "load", "--store", dir, "../../loader/testdata/mini")
	rest, err := interrupt(t, "validating", os.Interrupt, "load", "--store", dir, "-")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitIO || rest != "countyql: interrupted, nothing is published\n" {
		t.Errorf("countyql said %q and ended with %v", rest, err)
	}
	if got := published(t, dir); len(got) != 1 {
		t.Errorf("published %+v", got)
	}
}

// Eight loads at once, each with a figure of its own. Those that wait all go through and none loses another's figure; of
// those that do not, the ones that find the store locked say by whom.
func TestConcurrentLoads(t *testing.T) {
	const loads = 8
	packages := make([]string, loads)
	for n := range packages {
		packages[n] = t.TempDir()
		if err := os.CopyFS(packages[n], os.DirFS("../../loader/testdata/mini")); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(packages[n], "observations.csv")
		old, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		row := fmt.Sprintf("370105,grids,,2020-05-%02d,ACTUAL,%d,,,,,,,,daily,2020-05-30,,,\n", n+1, n)
		if err := os.WriteFile(name, append(old, row...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run := func(dir string, flags ...string) (codes map[int]int, said []string) {
		codes, said = make(map[int]int), make([]string, loads)
		var commands []*exec.Cmd
		outs := make([]strings.Builder, loads)
		for n := range loads {
			command := exec.CommandContext(t.Context(), self, append([]string{"load", "--store", dir, packages[n]}, flags...)...)
			command.Env = append(os.Environ(), asCommand+"=1")
			command.Stderr = &outs[n]
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			commands = append(commands, command)
		}
		for n, command := range commands {
			if err := command.Wait(); err != nil && command.ProcessState == nil {
				t.Fatal(err)
			}
			codes[command.ProcessState.ExitCode()]++
			said[n] = outs[n].String()
			if code := command.ProcessState.ExitCode(); code == exitLocked && (!strings.Contains(said[n], "the store is locked by ") || !strings.Contains(said[n], "--wait")) {
				t.Errorf("a load that found the store locked said %s", said[n])
			}
		}
		return codes, said
	}
	waited := filepath.Join(t.TempDir(), "store")
	codes, said := run(waited, "--wait")
	if codes[exitOK] != loads {
		t.Fatalf("exit codes %v: %s", codes, said)
	}
	manifests := published(t, waited)
	if len(manifests) != loads || manifests[0].Observations != 11+loads {
		t.Errorf("%d snapshots, the newest with %d figures", len(manifests), manifests[0].Observations)
	}
	hasty := filepath.Join(t.TempDir(), "store")
	codes, said = run(hasty)
	if codes[exitOK] == 0 || codes[exitOK]+codes[exitLocked] != loads {
		t.Errorf("exit codes %v: %s", codes, said)
	}
	if manifests := published(t, hasty); len(manifests) != codes[exitOK] || manifests[0].Observations != int64(11+codes[exitOK]) {
		t.Errorf("%d loads published %d snapshots, the newest with %d figures", codes[exitOK], len(manifests), manifests[0].Observations)
	}
}

// A load that another one has overtaken ends like one that finds the store locked, and says what to do. Its lock reaches every loader of a directory, so that only those that share servers
// meet, and none of them can be made to overtake another at a given moment.
func TestFinish_Overtaken(t *testing.T) {
	t.Parallel()
	for before, want := range map[string]string{
		"s1": "countyql: load april: another load has published s2 since this one began from s1, and this one was not published: run it again, and it begins from s2\n",
		"":   "countyql: load april: another load has published s2 since this one began from an empty store, and this one was not published: run it again, and it begins from s2\n",
	} {
		var said strings.Builder
		code := finish(fmt.Errorf("load april: %w", &store.OvertakenError{Published: "s2", Before: before}), &said)
		if code != exitLocked || said.String() != want {
			t.Errorf("exit code %d, said %q, want %d and %q", code, said.String(), exitLocked, want)
		}
	}
}
