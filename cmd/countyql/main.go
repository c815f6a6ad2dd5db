// Command countyql loads county-level figures and serves them over GraphQL.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/store"
)

// The exit codes.
const (
	exitOK       = 0 // done; of load also: there was nothing to publish
	exitUsage    = 2
	exitRejected = 3 // the input has problems, is empty or would withdraw too much, or a check of severity ERROR failed; of verify: a snapshot is damaged; of serve: a document cannot be served
	exitLocked   = 4 // another load holds the store, or has published since this one began
	exitIO       = 5 // reading or storing failed, or the run was interrupted
)

// cli is the command line.
type cli struct {
	Store  string `default:"./countyql-store" env:"COUNTYQL_STORE" placeholder:"DIR" help:"The store's directory (default ${default})."`
	Engine string `default:"duckdb:" env:"COUNTYQL_ENGINE" placeholder:"URL" help:"The engine that keeps the figures: duckdb:, in the store's directory, or clickhouse://HOST:PORT/DATABASE?cluster=NAME (default duckdb:)."`
	JSON   bool   `name:"json" help:"Write the result as JSON."`

	Serve     serveCmd     `cmd:"" help:"Answer GraphQL over HTTP; load the bundled data first if the store is empty."`
	Load      loadCmd      `cmd:"" help:"Load a data package or files and publish them."`
	Check     checkCmd     `cmd:"" help:"Validate a data package or files and run the checks, changing nothing."`
	Snapshots snapshotsCmd `cmd:"" help:"List, compare, publish, prune and verify the kept snapshots."`
	Tokens    tokensCmd    `cmd:"" help:"Make, list and revoke the tokens a server accepts."`
	Health    healthCmd    `cmd:"" help:"Ask the server on this machine whether it can answer."`
	Reference referenceCmd `cmd:"" hidden:"" help:"Write the reference of all settings as Markdown."`
	Version   versionCmd   `cmd:"" help:"Say which build this is."`
}

// app is what the commands share.
type app struct {
	*cli
	ctx    context.Context // of this run of the command line
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

// usageError is a mistake on the command line, with what to do about it.
type usageError struct {
	message string
	hint    string
}

func (e *usageError) Error() string { return e.message + " (" + e.hint + ")" }

// shown marks an error that the command has reported already.
type shown struct{ error }

func (e shown) Unwrap() error { return e.error }

// exit is thrown by kong where the command line asks for help, which ends the run.
type exit int

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once, whatever it waits for
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run carries out one command line and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	defer func() {
		switch thrown := recover().(type) {
		case nil:
		case exit:
			code = int(thrown)
		default:
			panic(thrown)
		}
	}()
	var c cli
	parsed, err := newParser(&c, stdout, stderr).Parse(args)
	if err == nil {
		err = parsed.Run(&app{cli: &c, ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr})
	}
	return finish(err, stderr)
}

// newParser returns the parser of the command line.
func newParser(c *cli, stdout, stderr io.Writer) *kong.Kong {
	parser, err := kong.New(c,
		kong.Name("countyql"),
		kong.Description("County-level figures: loaded with care, served over GraphQL."),
		kong.Writers(stdout, stderr),
		kong.Vars{"pathHelp": pathHelp},
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		panic(err) // the struct above is wrong
	}
	return parser
}

// finish reports an error that no command has reported and returns the exit code.
func finish(err error, stderr io.Writer) int {
	code := exitCode(err)
	var already shown
	if err == nil || errors.As(err, &already) {
		return code
	}
	var (
		malformed *kong.ParseError
		usage     *usageError
	)
	if errors.As(err, &malformed) && !errors.As(err, &usage) {
		err = &usageError{malformed.Error(), usageHint(malformed)}
	}
	complain(stderr, err)
	return code
}

// complain says what went wrong.
func complain(stderr io.Writer, err error) {
	var locked *store.LockedError
	if errors.As(err, &locked) {
		err = fmt.Errorf("%w (--wait waits until it is not)", err)
	}
	fmt.Fprintf(stderr, "countyql: %v\n", err)
}

// usageHint says where to read on.
func usageHint(malformed *kong.ParseError) string {
	hint := "see countyql --help"
	if ctx := malformed.Context; ctx != nil && ctx.Command() != "" {
		hint = "see " + ctx.Selected().FullPath() + " --help"
		if strings.HasPrefix(malformed.Error(), `expected "<path>`) {
			hint = "PATH is a directory with " + loader.PackageFile + ", or files of tables; " + hint
		}
	}
	return hint
}

func exitCode(err error) int {
	var (
		malformed *kong.ParseError
		usage     *usageError
		rejected  *loader.Rejected
		failed    *loader.ChecksFailed
		empty     *loader.EmptyError
		shrink    *loader.ShrinkError
		scope     *loader.ScopeError
		damaged   foundDamaged
		documents *document.ListError
		unknown   *store.UnknownSnapshotError
		locked    *store.LockedError
		overtaken *store.OvertakenError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &malformed), errors.As(err, &usage), errors.As(err, &scope), errors.As(err, &unknown):
		return exitUsage
	case errors.As(err, &rejected), errors.As(err, &failed), errors.As(err, &empty), errors.As(err, &shrink), errors.As(err, &damaged),
		errors.As(err, &documents):
		return exitRejected
	case errors.As(err, &locked), errors.As(err, &overtaken):
		return exitLocked
	}
	return exitIO
}
