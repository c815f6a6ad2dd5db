package loader

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/countyql/countyql/store"
)

func TestHarmlessTexts(t *testing.T) {
	for text, want := range map[string]string{
		"":                 "",
		"12x":              "12x",
		"近2000个":           "近2000个",
		"=1+1":             "'=1+1",
		"+4":               "'+4",
		"-3.2":             "'-3.2",
		"@SUM(A1)":         "'@SUM(A1)",
		"＝1":               "'＝1",
		"\t=1":             `\t=1`,
		"a\x00b":           `a\x00b`,
		"370\u200b105":     `370\u200b105`,
		"\ufeff370105":     `\ufeff370105`,
		"bad \xff byte":    `bad \xff byte`,
		"two\nlines\r\n":   `two\nlines\r\n`,
		"a, \"quoted\" \\": `a, "quoted" \`,
	} {
		if got := harmless(text); got != want {
			t.Errorf("%q is written as %q, want %q", text, got, want)
		}
	}
}

// Whatever a text holds, no cell begins a formula, and none holds a character that does not show.
func TestRejectsAreHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.SampledFrom([]string{"", "=", "+", "-", "@", "\t", "\r", "\x00", "\xff", "'"}).Draw(t, "start")
		text := start + rapid.String().Draw(t, "text")
		var b strings.Builder
		w, err := NewRejectsWriter(&b)
		if err = errors.Join(err, w.Write(Problem{File: text, Field: text, Code: text, Text: text, Message: text, Hint: text}), w.Flush()); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, cell := range rows[1] {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("%q begins a formula", cell)
			}
			if strings.ContainsFunc(cell, unicode.IsControl) {
				t.Errorf("%q holds a control character", cell)
			}
		}
	})
}

func TestParseMaxRejects(t *testing.T) {
	for text, want := range map[string]MaxRejects{
		"0": {}, "20": {Rows: 20}, "0.5%": {Percent: 0.5}, "100%": {Percent: 100}, "0%": {}, "5 %": {Percent: 5},
	} {
		if got, err := ParseMaxRejects(text); err != nil || got != want {
			t.Errorf("%q is read as %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-1", "1.5", "101%", "-1%", "NaN%", "%", "ten", "1e3"} {
		if got, err := ParseMaxRejects(text); err == nil {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

// rejecting loads rows over an empty store and allows some of them to be rejected.
func rejecting(t *testing.T, allowed MaxRejects, rows ...string) (*memory, *Result, []Problem, error) {
	t.Helper()
	engine := &memory{}
	l := newLoader(engine)
	var kept []Problem
	l.Options = Options{MaxRejects: allowed, KeepProblem: func(p Problem) error {
		kept = append(kept, p)
		return nil
	}}
	result, err := l.Load(t.Context(), Input{FS: mini(t, map[string]string{"observations.csv": figuresOf(rows...)})})
	return engine, result, kept, err
}

func TestMaxRejects(t *testing.T) {
	good := figure(map[string]string{"period": "2020-03-01"})
	bad := figure(map[string]string{"value": "12x", "definition": "only here", "slice": "households=gt_300", "note": "n"})
	torn := `370105,gri"ds,,2020-03-30`
	for _, c := range []struct {
		name     string
		allowed  MaxRejects
		rows     []string
		rejected int64 // -1: the load is rejected
		values   []float64
	}{
		{"strict", MaxRejects{}, []string{good, bad}, -1, nil},
		{"as many as allowed", MaxRejects{Rows: 1}, []string{good, bad}, 1, []float64{1}},
		{"one more than allowed", MaxRejects{Rows: 1}, []string{bad, good, bad}, -1, nil},
		{"the share allowed", MaxRejects{Percent: 50}, []string{bad, good}, 1, []float64{1}},
		{"more than the share", MaxRejects{Percent: 49}, []string{bad, good}, -1, nil},
		{"all", MaxRejects{Percent: 100}, []string{bad, bad}, 2, nil},
		{"malformed rows", MaxRejects{Rows: 2}, []string{torn, good, "370105,grids"}, 2, []float64{1}},
		{"an open quote", MaxRejects{Rows: 9}, []string{good, `"370105`, good}, -1, nil},
		{"two that contradict each other", MaxRejects{Rows: 2}, []string{good, figure(nil), figure(map[string]string{"value": "2"})}, 2, []float64{1}},
		{"three that contradict each other", MaxRejects{Rows: 3}, []string{figure(nil), figure(map[string]string{"value": "2"}), good, figure(nil)}, 3, []float64{1}},
		{"a rejected row and one like it", MaxRejects{Rows: 1}, []string{figure(map[string]string{"unit": "parsec", "value": "7"}), figure(nil)}, 1, []float64{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			engine, result, kept, err := rejecting(t, c.allowed, c.rows...)
			var rejected *Rejected
			if c.rejected < 0 {
				if !errors.As(err, &rejected) || engine.contents != nil || engine.locked {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if result.Rejected != c.rejected || engine.contents.Loads[0].Rejected != c.rejected || len(result.Problems) != len(kept) || len(kept) < int(c.rejected) {
				t.Errorf("%d rejected, load %+v, %d problems, %d kept", result.Rejected, engine.contents.Loads[0], len(result.Problems), len(kept))
			}
			var values []float64
			for _, r := range engine.reports {
				values = append(values, r.Value)
			}
			if diff := cmp.Diff(c.values, values); diff != "" {
				t.Error(diff)
			}
			if n := len(engine.contents.Catalog.Slices()); n > 1 {
				t.Errorf("the slices of rejected rows are in the catalogue: %v", engine.contents.Catalog.Slices())
			}
			if texts := engine.contents.Catalog.Tables().Definitions; len(texts) > 1 {
				t.Errorf("the definitions of rejected rows are in the catalogue: %q", texts)
			}
		})
	}
}

// What is wrong outside the rows of figures is never skipped.
func TestMaxRejectsKeepsTheCatalogueStrict(t *testing.T) {
	l := newLoader(&memory{})
	l.Options.MaxRejects = MaxRejects{Percent: 100}
	for name, text := range map[string]string{
		"units.csv":        "code,name_zh,name_en,dimension,factor\n1,,,ratio,one\n",
		"observations.csv": "region,indicator\n370105,grids\n",
	} {
		_, err := l.Load(t.Context(), Input{FS: mini(t, map[string]string{name: text})})
		var rejected *Rejected
		if !errors.As(err, &rejected) || rejected.Structural == 0 || !strings.Contains(err.Error(), "outside the rows of figures") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Every problem is kept, also those that are not listed, and none of them in memory.
func TestEveryProblemIsKept(t *testing.T) {
	rows := make([]string, 3*MaxProblems)
	for n := range rows {
		rows[n] = figure(map[string]string{"region": fmt.Sprintf("x%d", n)})
	}
	_, result, kept, err := rejecting(t, MaxRejects{Rows: int64(len(rows))}, rows...)
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) != len(rows) || len(result.Problems) != MaxProblems || result.Total != len(rows) {
		t.Errorf("%d kept, %d listed of %d", len(kept), len(result.Problems), result.Total)
	}
	for n, p := range kept {
		if want := fmt.Sprintf("x%d", n); p.Text != want || p.Line != n+2 || p.Code != "UNKNOWN_REGION" || p.Hint == "" {
			t.Fatalf("problem %d is %+v", n, p)
		}
	}
}

func TestKeepingProblemsFails(t *testing.T) {
	full := errors.New("no space left")
	engine := &memory{}
	l := newLoader(engine)
	l.Options = Options{MaxRejects: MaxRejects{Rows: 5}, KeepProblem: func(Problem) error { return full }}
	_, err := l.Load(t.Context(), Input{FS: mini(t, map[string]string{"observations.csv": figuresOf(figure(map[string]string{"value": "x"}))})})
	if !errors.Is(err, full) || engine.contents != nil || engine.locked {
		t.Errorf("got %v", err)
	}
}

func TestEmptyInput(t *testing.T) {
	engine := &memory{}
	if _, err := load(t, engine, nil); err != nil {
		t.Fatal(err)
	}
	before := engine.contents
	var empty *EmptyError
	if _, err := load(t, engine, map[string]string{"observations.csv": observationsHeader}); !errors.As(err, &empty) {
		t.Errorf("got %v", err)
	}
	units := files(map[string]string{
		PackageFile: describe("units", "code,name_zh,name_en,dimension,factor"), "units.csv": "code,name_zh,name_en,dimension,factor\n",
	})
	if _, err := newLoader(engine).Load(t.Context(), Input{FS: units}); !errors.As(err, &empty) {
		t.Errorf("got %v", err)
	}
	if engine.contents != before || engine.locked {
		t.Error("the store was touched")
	}
}

// A load that waits goes on when the other one ends, and not before.
func TestWaitForTheLock(t *testing.T) {
	other := &waited{memory: memory{}, refusals: 2}
	l := newLoader(other)
	l.Options.Wait = -1
	if _, err := l.Load(t.Context(), Input{FS: mini(t, nil)}); err != nil || other.refusals != 0 {
		t.Errorf("got %v, %d refusals are left", err, other.refusals)
	}
	l.Options.Wait = 1
	other.refusals = 1 << 30
	var locked *store.LockedError
	if _, err := l.Load(t.Context(), Input{FS: mini(t, nil)}); !errors.As(err, &locked) {
		t.Errorf("got %v", err)
	}
}

// A load stops when the context ends, also where no row is good and nothing is handed to the store.
func TestLoadStopsAmongRejectedRows(t *testing.T) {
	rows := make([]string, 8*pulseRows)
	for n := range rows {
		rows[n] = figure(map[string]string{"value": "x"})
	}
	ctx, cancel := context.WithCancel(t.Context())
	l := newLoader(&memory{})
	read := int64(0)
	l.Progress = func(p Progress) {
		read = p.Rows
		if p.Stage == StageValidate && p.Rows > pulseRows {
			cancel()
		}
	}
	_, err := l.Load(ctx, Input{FS: mini(t, map[string]string{"observations.csv": figuresOf(rows...)})})
	if !errors.Is(err, context.Canceled) || read > 3*pulseRows {
		t.Errorf("got %v after %d rows", err, read)
	}
}
