package duckdb

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/countyql/countyql/store"
)

// Bounds are the limits of the snapshot that is served. The space for temporary files is, where nothing limits it, DuckDB's share of
// what is free now. Both are 0 while nothing is served.
func (e *Engine) Bounds(context.Context) store.Bounds {
	h, err := e.hold()
	if err != nil {
		return store.Bounds{}
	}
	defer e.release(h)
	return h.db.limits()
}

// temporaryShare is the share of the free disk space that DuckDB takes at most where nothing else is set.
const temporaryShare = 0.9

// readLimits reads the limits of an instance that spills into a directory: those asked for, to the byte, or else what DuckDB says of
// its defaults.
func (d *database) readLimits(ctx context.Context, o Options) error {
	r, err := d.query(ctx, "SELECT current_setting('memory_limit'), current_setting('max_temp_directory_size')")
	if err != nil {
		return fmt.Errorf("limits of the engine: %w", err)
	}
	defer r.close()
	s := &scanner{result: r}
	memory, temporary := nextTexts(s), nextTexts(s)
	if s.err != nil {
		return fmt.Errorf("limits of the engine: %w", s.err)
	}
	size := func(asked, shown string) int64 { return cmp.Or(sizeOf(asked), sizeOf(shown)) }
	d.bounds = store.Bounds{Memory: size(o.MemoryLimit, memory[0]), Temporary: size(o.TempLimit, temporary[0])}
	d.spillsInto = o.TempDir
	return nil
}

// limits are the instance's limits now.
func (d *database) limits() store.Bounds {
	bounds := d.bounds
	if bounds.Temporary == 0 {
		bounds.Temporary = int64(temporaryShare * float64(freeBytes(d.spillsInto)))
	}
	return bounds
}

// freeBytes is the space left on the disk of a directory, or of the one that it is going to be made in; 0 where nobody can tell.
func freeBytes(dir string) uint64 {
	for parent := filepath.Dir(dir); ; dir, parent = parent, filepath.Dir(parent) {
		var disk syscall.Statfs_t
		if syscall.Statfs(dir, &disk) == nil {
			return uint64(disk.Bavail) * uint64(disk.Bsize) //nolint:unconvert,gosec // the types differ between systems; sizes are not negative
		}
		if dir == parent {
			return 0
		}
	}
}

// units are the units of sizes as DuckDB reads and writes them.
var units = map[string]float64{
	"b": 1, "byte": 1, "bytes": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
}

// sizeOf is the number of bytes of a size such as 4GB or 3.7 GiB; 0 for anything else, such as a share.
func sizeOf(text string) int64 {
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	number, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return 0
	}
	return int64(number * units[strings.ToLower(strings.TrimSpace(text[len(digits):]))])
}

// exhausted is the error of a query that the limits of the instance did not suffice for. DuckDB names the setting when it runs out
// of temporary space, whether it is the limit or the disk that is reached.
func (d *database) exhausted(detail string) *store.MemoryError {
	limits := d.limits()
	err := &store.MemoryError{Detail: detail, Limit: limits.Memory}
	if strings.Contains(detail, "max_temp_directory_size") {
		err.Temporary, err.Limit = true, limits.Temporary
	}
	return err
}
