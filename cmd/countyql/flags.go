package main

import (
	"fmt"
	"time"

	"github.com/alecthomas/kong"

	"github.com/countyql/countyql/loader"
)

// loadFlags are the flags of load and check.
type loadFlags struct {
	MaxRejects  rejectLimit    `placeholder:"N|N%" help:"Leave out up to N rows of figures with problems, or N % of them; without it one is enough to publish nothing."`
	Rejects     string         `placeholder:"FILE" help:"Write every problem to this CSV file."`
	Replace     []replaceScope `placeholder:"SCOPE" sep:"none" help:"Withdraw what the input lacks of indicator=CODE,CODE or of indicator=CODE,region=CODE; may be repeated."`
	AllowShrink bool           `help:"Let --replace withdraw figures though the input has fewer than half of the regions there were."`
	Mapping     string         `placeholder:"FILE" help:"Read the files as this mapping file says: foreign tables become figures."`
	Wait        waitFlag       `help:"Wait while another load holds the store, --wait=30s for so long at most."`
	Quiet       bool           `short:"q" help:"Write nothing but errors and what was rejected."`

	keep int // snapshots to leave; 0 for all
}

// rejectLimit is the flag --max-rejects.
type rejectLimit struct{ loader.MaxRejects }

// UnmarshalText reads a number of rows or a share.
func (l *rejectLimit) UnmarshalText(text []byte) (err error) {
	l.MaxRejects, err = loader.ParseMaxRejects(string(text))
	return err
}

// replaceScope is the flag --replace.
type replaceScope struct{ loader.Replace }

// UnmarshalText reads a scope.
func (r *replaceScope) UnmarshalText(text []byte) (err error) {
	r.Replace, err = loader.ParseReplace(string(text))
	return err
}

// options are what the flags ask of the loader.
func (f *loadFlags) options() (loader.Options, error) {
	o := loader.Options{MaxRejects: f.MaxRejects.MaxRejects, Wait: f.Wait.limit, AllowShrink: f.AllowShrink}
	for _, scope := range f.Replace {
		o.Replace = append(o.Replace, scope.Replace)
	}
	switch {
	case len(o.Replace) > 0 && o.MaxRejects != (loader.MaxRejects{}):
		return o, &usageError{"--replace and --max-rejects do not go together", "what a rejected row reports is not known to be gone"}
	case len(o.Replace) == 0 && o.AllowShrink:
		return o, &usageError{"--allow-shrink says nothing without --replace", "name what the input replaces"}
	}
	return o, nil
}

// waitFlag is the flag --wait, with or without a duration.
type waitFlag struct{ limit time.Duration }

// IsBool tells the command line that the flag may stand alone.
func (*waitFlag) IsBool() bool { return true }

// Decode reads the duration, if there is one.
func (w *waitFlag) Decode(ctx *kong.DecodeContext) error {
	w.limit = -1
	if ctx.Scan.Peek().Type != kong.FlagValueToken {
		return nil
	}
	text := fmt.Sprint(ctx.Scan.Pop().Value)
	if text == "true" { // what the flag alone stands for
		return nil
	}
	limit, err := time.ParseDuration(text)
	if err != nil || limit <= 0 {
		return fmt.Errorf("%q is no length of time: write 30s, 5m or 1h, or nothing to wait for as long as it takes", text)
	}
	w.limit = limit
	return nil
}
