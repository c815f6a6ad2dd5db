package loader

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Options say how strict a load is and what else it does. The zero value is the strictest.
type Options struct {
	// MaxRejects bounds the rows of figures that may be rejected while the others are published; by default none.
	MaxRejects MaxRejects
	// KeepProblem is handed every problem as it is found, also those that a Rejected only counts. Its error ends the
	// load. It may be nil.
	KeepProblem func(Problem) error
	// Wait is how long a load waits while another one holds the store: 0 fails at once, a negative one waits for as
	// long as it takes.
	Wait time.Duration
	// Waiting is told for whom the load waits; it may be nil.
	Waiting func(*store.LockedError)
	// Replace lists scopes of which the input holds everything: what else is current in them is withdrawn. It does not go
	// with MaxRejects.
	Replace []Replace
	// AllowShrink lets a load withdraw figures though the input has fewer than half of the regions that an indicator had
	// in the scopes it replaces, or none. By default that is a *ShrinkError.
	AllowShrink bool
}

// MaxRejects bounds the rows of figures that may be rejected: by their number or by their share of all rows of figures.
type MaxRejects struct {
	Rows    int64
	Percent float64 // from 0 to 100; decides where it is not 0
}

// ParseMaxRejects reads a number of rows, 20, or a share of them, 0.5%.
func ParseMaxRejects(text string) (MaxRejects, error) {
	if share, ok := strings.CutSuffix(text, "%"); ok {
		percent, err := parseNumber(strings.TrimSpace(share))
		if err != nil || percent < 0 || percent > 100 {
			return MaxRejects{}, limitError(text)
		}
		return MaxRejects{Percent: percent}, nil
	}
	rows, err := strconv.ParseInt(text, 10, 64)
	if err != nil || rows < 0 {
		return MaxRejects{}, limitError(text)
	}
	return MaxRejects{Rows: rows}, nil
}

func limitError(text string) error {
	return &indicator.Error{
		Code: indicator.InvalidInput, Message: quote(text) + " bounds no rows",
		Hint: "give a number of rows, such as 20, or a share of them, such as 0.5%",
	}
}

// String writes the bound as a message names it.
func (m MaxRejects) String() string {
	if m.Percent > 0 {
		return formatNumber(m.Percent) + " %"
	}
	return formatNumber(float64(m.Rows))
}

// allows reports whether so many of the rows read may be rejected.
func (m MaxRejects) allows(rejected, read int64) bool {
	if m.Percent > 0 {
		return float64(rejected)*100 <= m.Percent*float64(read)
	}
	return rejected <= m.Rows
}

// exceeded reports whether more rows are rejected than may be, however many are still to come.
func (m MaxRejects) exceeded(rejected int64) bool { return m.Percent == 0 && rejected > m.Rows }

// EmptyError is the error of a load or check whose input holds no rows that could change anything: more likely an
// export that failed than something meant.
type EmptyError struct {
	Files []indicator.LoadedFile // what was read
}

// Error names the files.
func (e *EmptyError) Error() string {
	names := make([]string, len(e.Files))
	for i, f := range e.Files {
		names[i] = f.Name
	}
	return fmt.Sprintf("the input has no figures and changes nothing in the catalogue: nothing is published (look at %s)",
		strings.Join(names, ", "))
}
