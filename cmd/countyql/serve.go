package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/countyql/countyql/data"
	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
	"github.com/countyql/countyql/store"
	"github.com/countyql/countyql/store/duckdb"
	"github.com/countyql/countyql/store/resident"
	"github.com/countyql/countyql/telemetry"
	"github.com/countyql/countyql/web"
)

// serveCmd answers GraphQL over HTTP from the published snapshot and follows newer ones.
type serveCmd struct {
	Listen        string        `default:"127.0.0.1:8080" env:"COUNTYQL_LISTEN" help:"Address to listen on (default ${default}); port 0 picks a free one." placeholder:"HOST:PORT"`
	ExportRows    int           `default:"5000000" env:"COUNTYQL_EXPORT_ROWS" help:"Most rows of an exported file (default ${default})." placeholder:"N"`
	ExportTimeout time.Duration `default:"10m" env:"COUNTYQL_EXPORT_TIMEOUT" help:"Longest time an export may take."`
	Notice        time.Duration `default:"0s" env:"COUNTYQL_NOTICE" help:"How long requests are accepted at shutdown after /readyz has begun to say no."`
	Connections   int           `default:"1000" env:"COUNTYQL_CONNECTIONS" help:"Most WebSockets and event streams open at a time (default ${default})." placeholder:"N"`
	Grace         time.Duration `default:"15s" env:"COUNTYQL_GRACE" help:"Longest time to finish requests at shutdown."`

	accessFlags
	rateFlags
	originFlags
	tlsFlags
	limitFlags
	residentFlags
	documentFlags
	uploadFlags
	retentionFlags
	telemetryFlags
	configFlags

	file   *configFile    // nil without one
	remote bool           // the engine is a cluster
	list   *document.List // nil if every document is answered
}

// Validate refuses flags that make no sense.
func (c *serveCmd) Validate() error {
	return errors.Join(c.rateFlags.check(), c.originFlags.check(c.Auth), c.tlsFlags.check(), c.limitFlags.check(), c.documentFlags.check(c.PublicRead), c.retentionFlags.check(), c.telemetryFlags.check())
}

// Run opens the store and serves it.
func (c *serveCmd) Run(a *app, line *kong.Context) (err error) {
	if c.PrintConfig {
		return printConfig(a.stdout, line, c.file)
	}
	lines := telemetry.NewLogBuffer(a.stderr)
	defer func() { err = errors.Join(err, lines.Flush()) }()
	logger, err := c.logger(lines)
	if err != nil {
		return err
	}
	var known []string
	if c.list, known, err = c.documentFlags.read(c.onDocuments(), logger); err != nil {
		return err
	}
	measured, flush, err := c.telemetryFlags.open(a.ctx, known, logger)
	if err != nil {
		return err
	}
	publications := query.NewPublications()
	var columns *resident.Engine // nothing is published before it is there
	c.remote = isRemote(a.Engine)
	engine, err := openEngine(a.Engine, a.Store, duckdb.Options{
		Logger: logger, MemoryLimit: c.MemoryLimit, TempLimit: c.TempLimit, Keep: c.Keep, OnQuery: measured.Query,
		OnPublish: func(m store.Manifest) {
			measured.Published(m)
			columns.Announce()
			publications.Announce()
		},
	})
	if err != nil {
		return err
	}
	columns = c.wrap(engine, measured.Metrics, logger)
	return errors.Join(c.serve(a.ctx, engine, columns, publications, measured, a.Store, a.stdout, logger), columns.Close(), flush())
}

// serve loads the bundled data into an empty store and serves until the context ends.
func (c *serveCmd) serve(
	ctx context.Context, engine engine, columns *resident.Engine, publications *query.Publications, measured *telemetry.Telemetry,
	dir string, stdout io.Writer, logger *slog.Logger,
) (err error) {
	who, err := c.accessFlags.open(ctx, logger)
	if err != nil {
		return err
	}
	options := server.Options{
		Logger: logger, Access: who, ExportRows: c.ExportRows, ExportTimeout: c.ExportTimeout, Origins: c.CORSOrigin,
		List: c.list, Streams: graph.Streams{Connections: c.Connections}, Telemetry: measured, Profiles: c.Pprof,
	}
	c.onRequests(&options)
	c.answering(&options)
	collecting, stopCollecting := startCollecting()
	defer stopCollecting()
	options.Keeping.Observe = collecting.observe
	listener, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer listener.Close() // Serve closes it too; this one is for the errors before
	listener, scheme, err := c.secure(listener, measured.Metrics, logger)
	if err != nil {
		return err
	}
	if err := c.bound(&options, listener.Addr(), logger); err != nil {
		return err
	}
	if err := c.loadBundled(ctx, engine, logger); err != nil {
		return err
	}
	defer follow(ctx, func(ctx context.Context) {
		if err := engine.Follow(ctx); err != nil {
			logger.Error("following the store ended", "error", err)
		}
	})()
	defer follow(ctx, columns.Follow)()
	service := &query.Service{Engine: columns, Now: time.Now, Publications: publications}
	if bounded, ok := engine.(interface {
		Bounds(ctx context.Context) store.Bounds
	}); ok {
		service.Bounds = bounded.Bounds
	}
	c.onQueries(service)
	watch(measured.Metrics, service)
	var closeAudit, closeUploads func() error
	options.Audit, closeAudit, err = c.openAudit(logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAudit()) }()
	options.Uploads, closeUploads, err = c.uploadFlags.open(service, dir, measured.Upload, options.Audit, logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeUploads()) }()
	if built, ok := web.Dist(); ok {
		options.Pages = built
	}
	handler := server.New(service, options)
	stopOperations, err := c.serveOperations(ctx, handler.Operations(service, options), logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopOperations()) }()
	base := scheme + "://" + reachable(listener.Addr())
	fmt.Fprintf(stdout, "page        %s/\nplayground  %s/playground/\nGraphQL     %s/graphql\n", base, base, base)
	return server.Serve(ctx, listener, handler, server.Times{Notice: c.Notice, Grace: c.Grace})
}

// reachable is an address that a browser on this machine can open: one that listens on every interface is none.
func reachable(listening net.Addr) string {
	host, port, err := net.SplitHostPort(listening.String())
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsUnspecified() {
		return listening.String()
	}
	return net.JoinHostPort("localhost", port)
}

// open listens, on this machine only unless it is said who may read.
func (c *serveCmd) open(ctx context.Context) (net.Listener, error) {
	address, err := net.ResolveTCPAddr("tcp", c.Listen)
	var malformed *net.AddrError
	if errors.As(err, &malformed) {
		return nil, &usageError{"--listen " + c.Listen + " is no address: " + malformed.Err, "write HOST:PORT"}
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", c.Listen, err)
	}
	if err := c.beyond(address); err != nil {
		return nil, err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address.String()) // what was checked, not what the name means by now
	if errors.Is(err, syscall.EADDRINUSE) {
		err = fmt.Errorf("%w (another program listens there: name another address with --listen; port 0 picks a free one)", err)
	}
	return listener, err
}

// loadBundled publishes the bundled data where nothing is published yet, but for a cluster: that is filled by those who load.
func (c *serveCmd) loadBundled(ctx context.Context, engine engine, logger *slog.Logger) error {
	snapshot, err := engine.Pin(ctx)
	if err == nil {
		snapshot.Release()
		return nil
	}
	if !errors.Is(err, store.ErrNoSnapshot) {
		return err
	}
	if c.remote {
		logger.Warn("nothing is published in the cluster: answers begin with the first load")
		return nil
	}
	logger.Info("the store is empty: loading the bundled data")
	bundled := loader.Loader{Engine: engine, Logger: logger}
	_, err = bundled.Load(ctx, loader.Input{Name: "bundled data", FS: data.FS})
	return err
}
