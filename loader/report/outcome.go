package report

import (
	"context"
	"errors"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/store"
)

// Outcome is the JSON form of how a load or check went.
type Outcome struct {
	Published  bool   `json:"published"`
	Snapshot   string `json:"snapshot,omitempty"`
	Load       string `json:"load,omitempty"`
	Added      int64  `json:"added"`
	Revised    int64  `json:"revised"`
	Withdrawn  int64  `json:"withdrawn"`
	Unchanged  int64  `json:"unchanged"`
	Catalogue  bool   `json:"catalogueChanged"`
	Rows       int64  `json:"rows"`
	Duplicates int64  `json:"duplicates"`
	Rejected   int64  `json:"rejected"` // rows left out, or those for which nothing is published
	// Problems say what is wrong with the rows left out.
	Problems []Problem `json:"problems,omitempty"`
	Notes    []string  `json:"notes,omitempty"`  // how files were read
	Impact   *Impact   `json:"impact,omitempty"` // of dry runs
	Ignored  []string  `json:"ignoredResources,omitempty"`
	Files    []File    `json:"files,omitempty"`
	Checks   *Checks   `json:"checks,omitempty"`
	Seconds  float64   `json:"seconds"`
	Error    *Failure  `json:"error,omitempty"`
}

// File is a file that was read.
type File struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
	Rows   int64  `json:"rows"`
}

// Checks counts the results of the declared checks.
type Checks struct {
	Passed int     `json:"passed"`
	Failed int     `json:"failed"`
	Found  []Check `json:"found"` // what failed
}

// Check is the result of a check that failed.
type Check struct {
	Check      string `json:"check"`
	Severity   string `json:"severity"`
	Region     string `json:"region,omitempty"`
	Indicator  string `json:"indicator,omitempty"`
	Message    string `json:"message"`
	Arithmetic string `json:"arithmetic,omitempty"`
}

// Failure says why nothing was published, or nothing was to be.
type Failure struct {
	Code     string    `json:"code"` // USAGE REJECTED CHECKS_FAILED EMPTY SHRINK LOCKED INTERRUPTED IO
	Message  string    `json:"message"`
	Total    int       `json:"total,omitempty"` // all problems, also those not listed
	Problems []Problem `json:"problems,omitempty"`
	Checks   []Check   `json:"checks,omitempty"`
}

// Problem is one thing that is wrong with the input, at one place.
type Problem struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Field   string `json:"field,omitempty"`
	Code    string `json:"code"`
	Text    string `json:"text,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// New reports a result, or the error instead of one. An error that is not the loader's or the store's has the code IO.
func New(r *loader.Result, err error) *Outcome {
	if err != nil {
		o := &Outcome{Error: newFailure(err)}
		var rejected *loader.Rejected
		if errors.As(err, &rejected) {
			o.Rejected, o.Notes = int64(rejected.Rows), rejected.Notes
		}
		return o
	}
	o := &Outcome{
		Published: r.Published, Snapshot: r.Manifest.ID, Load: r.Load,
		Added: r.Changes.Added, Revised: r.Changes.Revised, Withdrawn: r.Changes.Withdrawn, Unchanged: r.Changes.Unchanged, Catalogue: r.Changes.Catalog,
		Rows: r.Rows, Duplicates: r.Duplicates, Rejected: r.Rejected, Problems: newProblems(r.Problems), Notes: r.Notes, Impact: newImpact(r.Impact),
		Ignored: r.Ignored, Seconds: r.Elapsed.Seconds(),
	}
	for _, f := range r.Files {
		o.Files = append(o.Files, File(f))
	}
	if r.Checks != nil {
		o.Checks = NewChecks(r.Checks)
	}
	return o
}

func newProblems(problems []loader.Problem) []Problem {
	var list []Problem
	for _, p := range problems {
		list = append(list, Problem(p))
	}
	return list
}

// NewChecks counts results and lists those that failed.
func NewChecks(results []indicator.CheckResult) *Checks {
	checks := &Checks{Found: []Check{}}
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

func newCheck(r indicator.CheckResult) Check {
	return Check{
		Check: r.Check, Severity: r.Severity.String(), Region: r.Region, Indicator: r.Indicator,
		Message: r.Message, Arithmetic: r.Arithmetic,
	}
}

func newFailure(err error) *Failure {
	f := &Failure{Code: "IO", Message: err.Error()}
	var (
		rejected *loader.Rejected
		failed   *loader.ChecksFailed
		empty    *loader.EmptyError
		shrink   *loader.ShrinkError
		scope    *loader.ScopeError
		locked   *store.LockedError
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
	case errors.As(err, &scope):
		f.Code = "USAGE"
	case errors.Is(err, context.Canceled):
		f.Code = "INTERRUPTED"
	}
	return f
}
