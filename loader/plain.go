package loader

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/tabular"
)

// The plain path reads files that have nothing wrong with them, by blocks and on every processor. At the first thing that
// is not plain it gives up, whatever it is: the careful path then reads the file from its start, row by row, and knows
// places and hints. So the plain path reports no problem, and accepts no row that the careful path refuses.

// errCareful says that a file has something for the careful path.
var errCareful = errors.New("not for the plain path")

// plainBlock is a block under way: one goroutine reads it, a second one resolves it, a third one appends it.
type plainBlock struct {
	buffer  []byte        // of CSV
	columns tabular.Block // of Parquet
	rows    plainRows
	bytes   int64 // of the file up to the block's end
	figures plainFigures
	done    chan error // says that figures are resolved, or why they are not
}

// plain reads the package's figures and appends them to the batch. It returns false, and has changed nothing but the batch,
// if the file is one for the careful path.
func (r *run) plain(ctx context.Context, o *observations) (bool, error) {
	if !plainTable(o.table) {
		return false, nil
	}
	source := &o.table.resource.files[0]
	file, err := openPlain(o.table)
	if err != nil {
		return false, nil // the careful path says what is wrong
	}
	defer file.close()
	p := plainPath{run: r, o: o, file: file, before: r.last}
	err = p.read(ctx)
	if err == nil && file.bytes() != source.size {
		err = errCareful
	}
	if errors.Is(err, errCareful) {
		r.last, r.reach = p.before, newReach()
		return false, ctx.Err()
	}
	if err != nil {
		return false, err
	}
	r.figureRows, r.last.Bytes = p.rows, p.before.Bytes+file.bytes()
	r.result.Files = append(r.result.Files, indicator.LoadedFile{
		Name: source.name, SHA256: file.sha256(), Bytes: file.bytes(), Rows: p.rows,
	})
	return true, nil
}

// plainPath is one reading of one file.
type plainPath struct {
	run    *run
	o      *observations
	file   plainFile
	before Progress
	rows   int64
	keys   keyHashes
	// The ordinals of the slices and definitions that each resolver met, by its own numbers.
	slices, definitions [][]int32
}

// read runs a reader, a resolver for every processor, and appends what they resolve in the order of the file.
func (p *plainPath) read(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	resolvers := runtime.GOMAXPROCS(0)
	free := make(chan *plainBlock, 2*resolvers+1)
	for range cap(free) {
		free <- &plainBlock{done: make(chan error, 1)}
	}
	work, ordered := make(chan *plainBlock, cap(free)), make(chan *plainBlock, cap(free))
	var failed error // of reading; set before ordered is closed
	running.Go(func() {
		defer close(ordered)
		defer close(work)
		failed = p.split(ctx, free, work, ordered)
	})
	p.slices, p.definitions = make([][]int32, resolvers), make([][]int32, resolvers)
	seed := rand.Uint64()
	for n := range resolvers {
		resolver := newPlainResolver(p.o, n, seed)
		running.Go(func() {
			for b := range work {
				b.done <- resolver.resolve(b.rows, &b.figures)
			}
		})
	}
	for b := range ordered {
		if err := <-b.done; err != nil {
			return err
		}
		if err := p.append(ctx, b); err != nil {
			return err
		}
		free <- b
	}
	if failed != nil {
		return failed
	}
	if p.keys.repeated() {
		return errCareful // to find out which rows these are, and whether they say the same
	}
	return nil
}

// split reads the blocks and hands them to the resolvers.
func (p *plainPath) split(ctx context.Context, free <-chan *plainBlock, work, ordered chan<- *plainBlock) error {
	for {
		var b *plainBlock
		select {
		case b = <-free:
		case <-ctx.Done():
			return ctx.Err()
		}
		err := p.file.fill(b)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errCareful
		}
		b.bytes = p.file.bytes()
		work <- b // there is room for every block
		ordered <- b
	}
}

// append gives slices and definitions their ordinals, in the order in which the file mentions them first, and appends the
// block's reports to the batch.
func (p *plainPath) append(ctx context.Context, b *plainBlock) error {
	f := &b.figures
	ordinals, definitions := p.slices[f.resolver], p.definitions[f.resolver]
	for _, s := range f.slices {
		ordinals = append(ordinals, p.o.use(s.indicator, s.slice))
	}
	for _, text := range f.definitions {
		definitions = append(definitions, p.o.definition(text))
	}
	p.slices[f.resolver], p.definitions[f.resolver] = ordinals, definitions
	for i := range f.reports {
		report := &f.reports[i]
		report.Slice, report.Definition = ordinals[report.Slice], definitions[report.Definition]
		p.run.reach.add(report)
	}
	p.keys.add(f.keys)
	p.rows += int64(len(f.reports))
	p.run.last.Rows, p.run.last.Bytes = p.before.Rows+p.rows, p.before.Bytes+b.bytes
	p.run.progress(p.run.last)
	if err := ctx.Err(); err != nil || p.run.discard || len(f.reports) == 0 {
		return err
	}
	return p.run.writer.Append(ctx, f.reports)
}
