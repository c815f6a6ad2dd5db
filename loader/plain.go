package loader

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader/plain"
	"github.com/countyql/countyql/loader/tabular"
)

// The plain path reads files that have nothing wrong with them, by blocks and on every processor. At the first thing that
// is not plain it gives up, whatever it is: the careful path then reads the file from its start, row by row, and knows
// places and hints. So the plain path reports no problem, and accepts no row that the careful path refuses.

// errCareful says that a file has something for the careful path.
var errCareful = errors.New("not for the plain path")

// blockSize is the text that is read at once: some thousand rows, which are a batch for the store.
const blockSize = 256 << 10

// plainFile is a file of figures as the plain path reads it.
type plainFile struct {
	content io.Reader
	hash    hash.Hash
	bytes   int64
}

// Read implements io.Reader.
func (f *plainFile) Read(p []byte) (int, error) {
	n, err := f.content.Read(p)
	f.hash.Write(p[:n])
	f.bytes += int64(n)
	return n, err
}

// plainBlock is a block under way: one goroutine reads it, a second one resolves it, a third one appends it.
type plainBlock struct {
	buffer  []byte
	text    []byte // of the rows, in buffer
	bytes   int64  // of the file up to the block's end
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
	content, err := source.content()
	if err != nil {
		return false, nil // the careful path says what is wrong
	}
	defer content.Close()
	p := plainPath{run: r, o: o, file: &plainFile{content: content, hash: sha256.New()}, before: r.last}
	err = p.read(ctx)
	if err == nil && p.file.bytes != source.size {
		err = errCareful
	}
	if errors.Is(err, errCareful) {
		r.last, r.newest = p.before, indicator.NoDay
		return false, ctx.Err()
	}
	if err != nil {
		return false, err
	}
	r.figureRows = p.rows
	r.result.Files = append(r.result.Files, indicator.LoadedFile{
		Name: source.name, SHA256: hex.EncodeToString(p.file.hash.Sum(nil)), Bytes: p.file.bytes, Rows: p.rows,
	})
	return true, nil
}

// plainTable reports whether a table may be plain: one file of known length, which can be read again, with commas between its
// cells and our columns.
func plainTable(t *table) bool {
	f := t.file
	return len(t.resource.files) == 1 && f.size >= 0 && f.rows == tabular.Table(f.file) && f.file.Format() == tabular.CSV &&
		f.file.Compression() == "" && (f.options.Delimiter == 0 || f.options.Delimiter == ',') &&
		(f.options.Encoding == "" || strings.EqualFold(f.options.Encoding, "utf-8"))
}

// plainPath is one reading of one file.
type plainPath struct {
	run    *run
	o      *observations
	file   *plainFile
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
		free <- &plainBlock{buffer: make([]byte, blockSize), done: make(chan error, 1)}
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
				b.done <- resolver.resolve(b.text, &b.figures)
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
	blocks := plain.NewBlocks(p.file)
	for first := true; ; first = false {
		var b *plainBlock
		select {
		case b = <-free:
		case <-ctx.Done():
			return ctx.Err()
		}
		text, err := blocks.Next(b.buffer)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && first {
			text, err = p.skipHeader(text)
		}
		if err != nil {
			return errCareful
		}
		b.text, b.bytes = text, p.file.bytes
		work <- b // there is room for every block
		ordered <- b
	}
}

// skipHeader returns what is behind the header, which must be the one that was read before.
func (p *plainPath) skipHeader(text []byte) ([]byte, error) {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	end := bytes.IndexByte(text, '\n') + 1
	if end == 0 {
		end = len(text)
	}
	rows := plain.NewRows(len(p.o.table.checks))
	rows.Reset(slices.Clone(text[:end]))
	cells, err := rows.Next()
	if err != nil {
		return nil, errCareful
	}
	for name, i := range p.o.table.columns {
		if string(cells[i]) != name {
			return nil, errCareful
		}
	}
	return text[end:], nil
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
		p.run.newest = max(p.run.newest, report.PublishedOn)
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
