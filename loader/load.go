package loader

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Loader loads data packages into a store. It keeps nothing between loads and may be used for several, one at a time.
type Loader struct {
	Engine store.Engine
	// Now dates loads; time.Now if nil.
	Now func() time.Time
	// Logger is told what was read, staged and published; slog.Default if nil.
	Logger *slog.Logger
	// Progress is called at the start of each stage and every some thousand rows; it may be nil. It must not block.
	Progress func(Progress)
	Options  Options
}

// Stage is a step of a load.
type Stage string

// The stages, in order.
const (
	StageRead     Stage = "read"     // the package's description and catalogue tables
	StageValidate Stage = "validate" // the figures
	StageStage    Stage = "stage"
	StageCheck    Stage = "check"
	StagePublish  Stage = "publish"
)

// Progress says how far a load has come.
type Progress struct {
	Stage Stage
	// Rows and Bytes count what has been read of all files, Total the bytes of all files.
	Rows, Bytes, Total int64
}

// Result is what a load or check did.
type Result struct {
	// Published says that a new snapshot was published. It is false where the input changes nothing, and for checks.
	Published bool
	// Manifest describes the snapshot published; the zero value if none was.
	Manifest store.Manifest
	Load     string // the load's identifier; empty if nothing was published
	Changes  store.Changes
	// Rows counts the rows of all tables, Duplicates the rows of figures that repeat an earlier row word for word.
	Rows, Duplicates int64
	Files            []indicator.LoadedFile
	// Rejected counts the rows of figures that have problems and were left out, as Options.MaxRejects allows; Problems
	// says what is wrong with them, sorted by file, line and column, and lists at most MaxProblems of Total.
	Rejected int64
	Problems []Problem
	Total    int
	// Notes say what people should know of how the input was read, such as the encoding that was recognised, and a day of
	// publication that is to come.
	Notes []string
	// Impact says what publishing would change; nil but for dry runs.
	Impact *Impact
	// Ignored names the package's resources that are no table of ours.
	Ignored []string
	// Checks are the results of the declared checks; nil if a load changes nothing, because none were run.
	Checks  []indicator.CheckResult
	Elapsed time.Duration
}

// batchSize is how many reports are handed to the store at once.
const batchSize = 8192

// Load reads, validates, stages and checks a package and publishes it as a new snapshot, unless it changes nothing.
// The error is a *Rejected if the input has more problems than are allowed, an *EmptyError if it holds nothing, a
// *ScopeError or *ShrinkError if it may not replace what the options say, a *ChecksFailed if a check of severity ERROR
// fails, a *store.LockedError if another load runs, and otherwise one of reading or storing. After an error, and after
// the context ended, the store is as it was.
func (l *Loader) Load(ctx context.Context, input Input) (*Result, error) {
	return l.run(ctx, input, publishing)
}

// DryRun does what Load does up to publication, publishes nothing, and says in Result.Impact what would change.
func (l *Loader) DryRun(ctx context.Context, input Input) (*Result, error) {
	return l.run(ctx, input, rehearsing)
}

// Check does what Load does up to and including the checks and publishes nothing. The checks run even if the package
// would change nothing.
func (l *Loader) Check(ctx context.Context, input Input) (*Result, error) {
	return l.run(ctx, input, checking)
}

// purpose is what a run of the loader is for.
type purpose int8

const (
	publishing purpose = iota
	rehearsing
	checking
)

// Lint validates a package by itself, as if for an empty store and without one. The declared checks are not run.
func Lint(ctx context.Context, input Input) (*Result, error) {
	r := run{input: input, discard: true, progress: func(Progress) {}, problems: &problems{}}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	return &r.result, nil
}

func (l *Loader) run(ctx context.Context, input Input, aim purpose) (*Result, error) {
	now, logger, progress := l.Now, l.Logger, l.Progress
	if now == nil {
		now = time.Now
	}
	if logger == nil {
		logger = slog.Default()
	}
	if progress == nil {
		progress = func(Progress) {}
	}
	logger = logger.With("input", input.Name)
	started := now()
	if err := l.Options.checkReplace(); err != nil {
		return nil, err
	}
	writer, err := l.begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin the load: %w", err)
	}
	r := run{
		started: started, reach: newReach(), input: input, options: l.Options, writer: writer, progress: progress, logger: logger,
		problems: &problems{keep: l.Options.KeepProblem},
	}
	err = r.upToChecks(ctx, aim)
	if err == nil && aim == publishing && r.result.Changes.Any() {
		err = r.publish(ctx, started, now)
	}
	if err := errors.Join(err, writer.Abort()); err != nil {
		return nil, err
	}
	r.result.Elapsed = now().Sub(started)
	return &r.result, nil
}

// run is one load under way.
type run struct {
	started  time.Time
	input    Input
	options  Options
	writer   store.Writer
	discard  bool // nothing is staged: the reports read are dropped
	progress func(Progress)
	logger   *slog.Logger
	problems *problems
	last     Progress

	reach      reach            // of the batch
	scopes     []store.Scope    // what the batch replaces, without a day
	figureRows int64            // the rows of figures read, whatever became of them
	tabled     bool             // the package has a table of figures
	catalog    *catalog.Catalog // of the merged tables; nil until read
	result     Result
}

func (r *run) enter(stage Stage) {
	r.last.Stage = stage
	r.progress(r.last)
}

// upToChecks runs all stages but the last.
func (r *run) upToChecks(ctx context.Context, aim purpose) error {
	if err := r.read(ctx); err != nil {
		return err
	}
	r.remarkReach()
	r.enter(StageStage)
	if err := r.withdraw(ctx); err != nil {
		return fmt.Errorf("withdraw: %w", err)
	}
	staged, err := r.writer.Stage(ctx, r.catalog)
	if err != nil {
		return err
	}
	r.result.Changes = staged.Changes
	r.logger.InfoContext(ctx, "staged", "added", staged.Changes.Added, "revised", staged.Changes.Revised,
		"unchanged", staged.Changes.Unchanged, "rejected", r.result.Rejected, "catalogue", staged.Changes.Catalog)
	if err := r.guard(staged.Changes); err != nil {
		return err
	}
	if r.empty() {
		return &EmptyError{Files: r.result.Files}
	}
	if aim == rehearsing {
		if err := r.measure(ctx, staged); err != nil {
			return fmt.Errorf("compare: %w", err)
		}
	}
	if aim != checking && !staged.Changes.Any() {
		return nil
	}
	r.enter(StageCheck)
	r.result.Checks, err = runChecks(ctx, r.writer.Parent(), staged, r.catalog)
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	return checksError(r.result.Checks)
}

// measure compares what is staged with what is published.
func (r *run) measure(ctx context.Context, staged *store.Staged) error {
	var before *view
	from := int32(0)
	if parent := r.writer.Parent(); parent != nil {
		before = &view{staged.Parent, parent.Catalog}
		from = int32(len(parent.Loads))
	}
	var err error
	r.result.Impact, err = measure(ctx, before, &view{staged.Reader, r.catalog}, from, r.withdrawn(staged.Changes))
	return err
}

// empty reports whether the input holds nothing that a load could be about. Tables of the catalogue alone may be loaded
// again, and change nothing then.
func (r *run) empty() bool {
	if r.options.AllowShrink && len(r.scopes) > 0 {
		return false
	}
	return r.figureRows == 0 && !r.result.Changes.Catalog && (r.tabled || r.result.Rows == 0)
}

// read reads and validates the package and appends its figures to the batch.
func (r *run) read(ctx context.Context) error {
	r.enter(StageRead)
	d, err := r.input.describe(r.problems)
	if err != nil {
		return err
	}
	r.last.Total = d.bytes
	r.result.Ignored = d.ignored
	var parent *catalog.Catalog
	if !r.discard {
		if contents := r.writer.Parent(); contents != nil {
			parent = contents.Catalog
		}
	}
	tables, err := mapCatalogue(d, parent, r.problems, func(t *table) {
		r.last.Rows += t.rows
		r.last.Bytes += t.bytes()
		r.progress(r.last)
	})
	if err != nil {
		return err
	}
	r.result.Files = tables.files
	if r.input.Mapping != nil {
		r.result.Files = append(r.result.Files, r.input.Mapping.file)
	}
	var merged *catalog.Catalog
	if r.problems.total == 0 {
		merged = tables.build()
	}
	if merged != nil {
		// A wrong code is said before the figures are read.
		if r.scopes, err = r.options.scopes(merged); err != nil {
			return err
		}
	}
	r.enter(StageValidate)
	if err := r.figures(ctx, d, merged, tables); err != nil {
		return err
	}
	r.result.Rows = r.last.Rows
	if err := r.problems.verdict(r.options.MaxRejects, r.figureRows); err != nil {
		return err
	}
	r.result.Notes = r.problems.notes
	r.result.Rejected, r.result.Problems, r.result.Total = int64(r.problems.rows), r.problems.sorted(), r.problems.total
	r.catalog, err = catalog.New(tables.Tables)
	return err
}

// figures validates the observations and appends them to the batch for as long as nothing is wrong.
func (r *run) figures(ctx context.Context, d *descriptor, merged *catalog.Catalog, tables *catalogueTables) error {
	o, err := openObservations(d, merged, tables, r.problems)
	if errors.Is(err, errNoTable) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { o.table.close() }()
	r.tabled = true
	if merged != nil && plainTable(o.table) {
		if done, err := r.plain(ctx, o); done || err != nil {
			return err
		}
		if o, err = r.startAgain(ctx, d, merged, tables, o); err != nil {
			return err
		}
	}
	return r.carefully(ctx, o, merged == nil)
}

// startAgain drops what the plain path appended and opens the figures anew.
func (r *run) startAgain(ctx context.Context, d *descriptor, merged *catalog.Catalog, tables *catalogueTables, o *observations) (*observations, error) {
	if !r.discard {
		if err := r.writer.Clear(ctx); err != nil {
			return o, fmt.Errorf("append: %w", err)
		}
	}
	again, err := openObservations(d, merged, tables, r.problems)
	if err != nil {
		return o, fmt.Errorf("read %s again: %w", o.table.resource.name, err)
	}
	return again, o.table.close()
}

// carefully reads the figures row by row, for their form only if there is no catalogue to resolve them against.
func (r *run) carefully(ctx context.Context, o *observations, formOnly bool) error {
	before := r.last
	advance := func() {
		r.last.Rows, r.last.Bytes = before.Rows+o.table.rows, before.Bytes+o.table.bytes()
		r.figureRows = o.table.rows
		r.progress(r.last)
	}
	o.table.pulse = func() error {
		advance()
		return ctx.Err()
	}
	if formOnly {
		err := o.table.drain()
		advance()
		return err
	}
	batch := make([]store.Report, 0, batchSize)
	flush := func() error {
		if len(batch) == 0 || r.discard || r.problems.hopeless(r.options.MaxRejects) {
			batch = batch[:0]
			return r.problems.failed
		}
		if err := r.writer.Append(ctx, batch); err != nil {
			return fmt.Errorf("append: %w", err)
		}
		batch = batch[:0]
		return nil
	}
	for {
		report, ok, err := o.next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		r.reach.add(&report)
		batch = append(batch, report)
		if len(batch) < batchSize {
			continue
		}
		if err := flush(); err != nil {
			return err
		}
	}
	advance()
	if err := flush(); err != nil {
		return err
	}
	r.result.Files = append(r.result.Files, o.table.done...)
	r.result.Duplicates = o.duplicates
	if r.discard {
		return nil
	}
	// The first of rows that contradict each other has been appended before the second was read.
	return r.writer.Discard(ctx, o.contradicted)
}

// publish makes the staged snapshot the published one.
func (r *run) publish(ctx context.Context, started time.Time, now func() time.Time) error {
	r.enter(StagePublish)
	load := indicator.Load{
		ID:        r.loadID(started),
		StartedAt: started.UTC(), FinishedAt: now().UTC(),
		Files: r.result.Files,
		Added: r.result.Changes.Added, Revised: r.result.Changes.Revised,
		Withdrawn: r.result.Changes.Withdrawn, Unchanged: r.result.Changes.Unchanged,
		Rejected:      r.result.Rejected,
		ChecksEdition: checksEdition,
	}
	manifest, err := r.writer.Commit(ctx, load, r.result.Checks)
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	r.result.Published, r.result.Manifest, r.result.Load = true, manifest, load.ID
	r.logger.InfoContext(ctx, "published", "snapshot", manifest.ID, "load", load.ID, "observations", manifest.Observations)
	return nil
}

// loadID names a load by its start and its files' content, and counts on where a load of the parent has that name.
func (r *run) loadID(started time.Time) string {
	h := sha256.New()
	for _, f := range r.result.Files {
		fmt.Fprintln(h, f.Name, f.SHA256)
	}
	base := started.UTC().Format("20060102T150405Z-") + hex.EncodeToString(h.Sum(nil)[:4])
	var loads []indicator.Load
	if parent := r.writer.Parent(); parent != nil {
		loads = parent.Loads
	}
	id := base
	for n := 2; slices.ContainsFunc(loads, func(l indicator.Load) bool { return l.ID == id }); n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	return id
}
