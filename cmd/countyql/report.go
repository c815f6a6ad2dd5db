package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/store"
)

// outcome is the JSON form of how a load or check went.
type outcome struct {
	Published  bool   `json:"published"`
	Unchanged  bool   `json:"unchanged"`
	Snapshot   string `json:"snapshot,omitempty"`
	Load       string `json:"load,omitempty"`
	Added      int64  `json:"added"`
	Revised    int64  `json:"revised"`
	Withdrawn  int64  `json:"withdrawn"`
	Same       int64  `json:"same"`
	Catalogue  bool   `json:"catalogueChanged"`
	Rows       int64  `json:"rows"`
	Duplicates int64  `json:"duplicates"`
	Rejected   int64  `json:"rejected"` // rows left out, or those for which nothing is published
	// Problems say what is wrong with the rows left out.
	Problems []problemJSON `json:"problems,omitempty"`
	Notes    []string      `json:"notes,omitempty"`  // how files were read
	Impact   *impactJSON   `json:"impact,omitempty"` // of dry runs
	Ignored  []string      `json:"ignoredResources,omitempty"`
	Files    []fileJSON    `json:"files,omitempty"`
	Checks   *checksJSON   `json:"checks,omitempty"`
	Seconds  float64       `json:"seconds"`
	Error    *failureJSON  `json:"error,omitempty"`
}

type fileJSON struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
	Rows   int64  `json:"rows"`
}

type checksJSON struct {
	Passed int         `json:"passed"`
	Failed int         `json:"failed"`
	Found  []checkJSON `json:"found"` // what failed
}

type checkJSON struct {
	Check      string `json:"check"`
	Severity   string `json:"severity"`
	Region     string `json:"region,omitempty"`
	Indicator  string `json:"indicator,omitempty"`
	Message    string `json:"message"`
	Arithmetic string `json:"arithmetic,omitempty"`
}

type failureJSON struct {
	Code     string        `json:"code"` // USAGE REJECTED CHECKS_FAILED EMPTY SHRINK LOCKED INTERRUPTED IO
	Message  string        `json:"message"`
	Total    int           `json:"total,omitempty"` // all problems, also those not listed
	Problems []problemJSON `json:"problems,omitempty"`
	Checks   []checkJSON   `json:"checks,omitempty"`
}

type problemJSON struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Field   string `json:"field,omitempty"`
	Code    string `json:"code"`
	Text    string `json:"text,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// errInterrupted stands for whatever was cut short by a signal.
var errInterrupted = errors.New("interrupted, nothing is published")

// report writes how a load or check went, to stdout or, for people, an error to stderr; it returns the error. Quietly,
// people are told of errors only.
func (a *app) report(result *loader.Result, err error, quiet bool) error {
	switch {
	case a.JSON:
		encoder := json.NewEncoder(a.stdout)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		if encodeErr := encoder.Encode(newOutcome(result, err)); encodeErr != nil {
			return errors.Join(err, encodeErr)
		}
	case err != nil:
		if errors.Is(err, context.Canceled) {
			err = errInterrupted
		}
		var rejected *loader.Rejected
		var failed *loader.ChecksFailed
		switch {
		case errors.As(err, &rejected):
			fmt.Fprintln(a.stderr, rejected)
		case errors.As(err, &failed):
			fmt.Fprintln(a.stderr, failed)
		default:
			fmt.Fprintf(a.stderr, "countyql: %v\n", err)
		}
	default:
		if result.Rejected > 0 {
			writeRejected(a.stderr, result, quiet)
		}
		if !quiet {
			writeResult(a.stdout, result)
		}
	}
	if err != nil {
		return shown{err}
	}
	return nil
}

// writeRejected warns of the rows that were left out.
func writeRejected(w io.Writer, r *loader.Result, quiet bool) {
	if !quiet {
		for _, p := range r.Problems {
			fmt.Fprintln(w, p)
		}
		if more := r.Total - len(r.Problems); more > 0 {
			fmt.Fprintf(w, "… and %d more\n", more)
		}
	}
	rows := "rows are"
	if r.Rejected == 1 {
		rows = "row is"
	}
	fmt.Fprintf(w, "warning: %d %s rejected and left out\n", r.Rejected, rows)
}

// writeResult tells people what a load or check did.
func writeResult(w io.Writer, r *loader.Result) {
	unchanged := !r.Changes.Any()
	switch {
	case r.Published:
		fmt.Fprintf(w, "published %s: %d figures of %d regions and %d indicators\n",
			r.Manifest.ID, r.Manifest.Observations, r.Manifest.Regions, r.Manifest.Indicators)
	case unchanged:
		fmt.Fprintln(w, "unchanged: the store holds all of it already")
	case r.Impact != nil:
		fmt.Fprintln(w, "dry run: nothing was published")
	default:
		fmt.Fprintln(w, "checked: nothing was published")
	}
	catalogue := ""
	if r.Changes.Catalog {
		catalogue = ", catalogue changed"
	}
	withdrawn, rejected := "", ""
	if r.Changes.Withdrawn > 0 {
		withdrawn = fmt.Sprintf(" (%d of them withdrawn)", r.Changes.Withdrawn)
	}
	if r.Rejected > 0 {
		rejected = fmt.Sprintf(", %d rejected", r.Rejected)
	}
	fmt.Fprintf(w, "%d added, %d revised%s, %d unchanged%s; %d rows in %d files, %d duplicates%s, %.1f s\n",
		r.Changes.Added, r.Changes.Revised, withdrawn, r.Changes.Unchanged, catalogue, r.Rows, len(r.Files), r.Duplicates, rejected,
		r.Elapsed.Seconds())
	for _, note := range r.Notes {
		fmt.Fprintf(w, "note: %s\n", note)
	}
	if len(r.Ignored) > 0 {
		fmt.Fprintf(w, "ignored resources: %s\n", strings.Join(r.Ignored, ", "))
	}
	if r.Impact != nil {
		writeImpact(w, r.Impact)
	}
	if r.Checks == nil {
		return
	}
	checks := newChecks(r.Checks)
	fmt.Fprintf(w, "checks: %d passed, %d failed\n", checks.Passed, checks.Failed)
	for _, c := range checks.Found {
		fmt.Fprintf(w, "  %s %s: %s\n", c.Severity, c.Check, c.sentence())
	}
}

// sentence is a check's finding on one line.
func (c *checkJSON) sentence() string {
	subject := strings.TrimSpace(c.Region + " " + c.Indicator)
	text := c.Message
	if subject != "" {
		text = subject + ": " + text
	}
	if c.Arithmetic != "" {
		text += ": " + c.Arithmetic
	}
	return text
}

func newOutcome(r *loader.Result, err error) *outcome {
	if err != nil {
		o := &outcome{Error: newFailure(err)}
		var rejected *loader.Rejected
		if errors.As(err, &rejected) {
			o.Rejected = int64(rejected.Rows)
		}
		return o
	}
	o := &outcome{
		Published: r.Published, Unchanged: !r.Changes.Any(), Snapshot: r.Manifest.ID, Load: r.Load,
		Added: r.Changes.Added, Revised: r.Changes.Revised, Withdrawn: r.Changes.Withdrawn, Same: r.Changes.Unchanged, Catalogue: r.Changes.Catalog,
		Rows: r.Rows, Duplicates: r.Duplicates, Rejected: r.Rejected, Problems: newProblems(r.Problems), Notes: r.Notes, Impact: newImpact(r.Impact),
		Ignored: r.Ignored, Seconds: r.Elapsed.Seconds(),
	}
	for _, f := range r.Files {
		o.Files = append(o.Files, fileJSON(f))
	}
	if r.Checks != nil {
		o.Checks = newChecks(r.Checks)
	}
	return o
}

func newProblems(problems []loader.Problem) []problemJSON {
	var list []problemJSON
	for _, p := range problems {
		list = append(list, problemJSON(p))
	}
	return list
}

func newChecks(results []indicator.CheckResult) *checksJSON {
	checks := &checksJSON{Found: []checkJSON{}}
	for _, r := range results {
		if r.Status == indicator.Passed {
			checks.Passed++
			continue
		}
		checks.Failed++
		checks.Found = append(checks.Found, newCheck(r))
	}
	return checks
}

func newCheck(r indicator.CheckResult) checkJSON {
	return checkJSON{
		Check: r.Check, Severity: r.Severity.String(), Region: r.Region, Indicator: r.Indicator,
		Message: r.Message, Arithmetic: r.Arithmetic,
	}
}

func newFailure(err error) *failureJSON {
	f := &failureJSON{Code: "IO", Message: err.Error()}
	var (
		rejected *loader.Rejected
		failed   *loader.ChecksFailed
		empty    *loader.EmptyError
		shrink   *loader.ShrinkError
		scope    *loader.ScopeError
		locked   *store.LockedError
		usage    *usageError
	)
	switch {
	case errors.As(err, &rejected):
		f.Code, f.Message, f.Total = "REJECTED", "the input has problems", rejected.Total
		f.Problems = newProblems(rejected.Problems)
	case errors.As(err, &failed):
		f.Code, f.Message, f.Total = "CHECKS_FAILED", "checks of severity ERROR failed", len(failed.Results)
		for _, r := range failed.Results {
			f.Checks = append(f.Checks, newCheck(r))
		}
	case errors.As(err, &empty):
		f.Code = "EMPTY"
	case errors.As(err, &shrink):
		f.Code = "SHRINK"
	case errors.As(err, &locked):
		f.Code = "LOCKED"
	case errors.As(err, &usage), errors.As(err, &scope):
		f.Code = "USAGE"
	case errors.Is(err, context.Canceled):
		f.Code = "INTERRUPTED"
	}
	return f
}
