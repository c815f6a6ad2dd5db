package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/loader/report"
)

// errInterrupted stands for whatever was cut short by a signal.
var errInterrupted = errors.New("interrupted, nothing is published")

// report writes how a load or check went, to stdout or, for people, an error to stderr; it returns the error. Quietly,
// people are told of errors only.
func (a *app) report(result *loader.Result, err error, quiet bool) error {
	switch {
	case a.JSON:
		if encodeErr := writeJSON(a.stdout, outcomeOf(result, err)); encodeErr != nil {
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
			complain(a.stderr, err)
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
		fmt.Fprintf(w, "published %s: %s of %s and %s\n", r.Manifest.ID,
			indicator.Counted(r.Manifest.Observations, "figure"), indicator.Counted(r.Manifest.Regions, "region"), indicator.Counted(r.Manifest.Indicators, "indicator"))
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
	fmt.Fprintf(w, "%d added, %d revised%s, %d unchanged%s; %s in %s, %s%s, %.1f s\n",
		r.Changes.Added, r.Changes.Revised, withdrawn, r.Changes.Unchanged, catalogue, indicator.Counted(r.Rows, "row"),
		indicator.Counted(len(r.Files), "file"), indicator.Counted(r.Duplicates, "duplicate"), rejected, r.Elapsed.Seconds())
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
	checks := report.NewChecks(r.Checks)
	fmt.Fprintf(w, "checks: %d passed, %d failed\n", checks.Passed, checks.Failed)
	for _, c := range checks.Found {
		fmt.Fprintf(w, "  %s %s: %s\n", c.Severity, c.Check, findingOf(&c))
	}
}

// findingOf is a check's finding on one line.
func findingOf(c *report.Check) string {
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

// outcomeOf is the JSON form of how a load or check went, to which the command line adds its own mistakes.
func outcomeOf(result *loader.Result, err error) *report.Outcome {
	outcome := report.New(result, err)
	var usage *usageError
	if errors.As(err, &usage) {
		outcome.Error.Code = "USAGE"
	}
	return outcome
}
