package telemetry

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/countyql/countyql/store"
)

// Metrics counts what happens. Every label has few values: names that clients choose are bounded. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	names    *names

	requests   known[requestLabels, timed]
	inFlight   prometheus.Gauge
	operations known[operationLabels, timed]

	errors   *prometheus.CounterVec
	refusals *prometheus.CounterVec
	panics   prometheus.Counter

	queries    *prometheus.CounterVec
	queryFor   prometheus.Histogram
	queryRows  prometheus.Counter
	slow       prometheus.Counter
	uploads    *prometheus.CounterVec
	answers    known[string, prometheus.Counter]
	answerSize prometheus.Gauge
	evicted    prometheus.Counter
	publishing published
}

// MetricsOptions configure metrics.
type MetricsOptions struct {
	// Operations are the names of operations that have a label of their own. Default: the first 100 that succeed.
	Operations []string
	// Build describes this build, by label. Default: only what Go knows.
	Build map[string]string
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

const namespace = "countyql"

// durations are bounds in seconds: a cached answer takes a millisecond, the largest questions take as long as they may.
var durations = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

// NewMetrics returns metrics in a registry of their own.
func NewMetrics(options MetricsOptions) *Metrics {
	if options.Now == nil {
		options.Now = time.Now
	}
	m := &Metrics{registry: prometheus.NewRegistry(), names: newNames(options.Operations)}
	requests := m.counters("http_requests_total", "Requests that were answered.", "route", "method", "status")
	requestFor := m.histograms("http_request_duration_seconds", "Time to answer a request, connections that stay open left out.", "route")
	m.requests.add = func(l requestLabels) timed {
		return timed{requests.WithLabelValues(l.route, l.method, strconv.Itoa(l.status)), requestFor.WithLabelValues(l.route)}
	}
	m.inFlight = prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: "http_requests_in_flight", Help: "Requests being answered."})
	operations := m.counters("operations_total", "GraphQL operations and exports that were carried out; an outcome of error has at least one.", "operation", "outcome")
	operationFor := m.histograms("operation_duration_seconds", "Time to carry out an operation.", "operation")
	m.operations.add = func(l operationLabels) timed {
		return timed{operations.WithLabelValues(l.operation, l.outcome), operationFor.WithLabelValues(l.operation)}
	}
	m.errors = m.counters("errors_total", "Errors that clients were given, by code.", "code")
	m.refusals = m.counters("refusals_total", "Requests refused by a limit, by its name in the root field budget; by queue where too many wait.", "limit")
	m.panics = m.counter("panics_total", "Panics while answering a request.")
	m.queries = m.counters("engine_queries_total", "Queries of the engine.", "outcome")
	m.queryFor = prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: namespace, Name: "engine_query_duration_seconds", Help: "Time of an engine query, waiting for its turn left out.", Buckets: durations,
	})
	m.queryRows = m.counter("engine_rows_total", "Rows that the engine returned.")
	m.slow = m.counter("engine_slow_queries_total", "Engine queries that took longer than the server was told is slow.")
	m.uploads = m.counters("uploads_total", "Loads over HTTP by outcome.", "outcome")
	answers := m.counters("answers_total", "Answers that may be kept, by how they came.", "how")
	m.answers.add = func(how string) prometheus.Counter { return answers.WithLabelValues(how) }
	m.evicted = m.counter("answers_evicted_total", "Kept answers that made room for others.")
	m.answerSize = prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: "answers_kept_bytes", Help: "What the answers take that are kept."})
	m.publishing.now = options.Now
	m.registry.MustRegister(m.inFlight, m.answerSize, m.queryFor, &m.publishing,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector())
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: namespace, Name: "build_info", Help: "1, with the build in its labels.", ConstLabels: options.Build,
	}, func() float64 { return 1 }))
	return m
}

func (m *Metrics) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help})
	m.registry.MustRegister(c)
	return c
}

func (m *Metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
	m.registry.MustRegister(c)
	return c
}

func (m *Metrics) histograms(name, help string, labels ...string) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: durations}, labels)
	m.registry.MustRegister(h)
	return h
}

// Handler serves the metrics in the formats that Prometheus reads.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, EnableOpenMetrics: true})
}

type requestLabels struct {
	route, method string
	status        int
}

type operationLabels struct{ operation, outcome string }

// timed are what one kind of request or operation is counted by.
type timed struct {
	total prometheus.Counter
	took  prometheus.Observer
}

// known are series by their labels, which have few values: looking them up takes longer than counting.
type known[Labels comparable, Series any] struct {
	add  func(Labels) Series
	list sync.Map
}

func (k *known[Labels, Series]) of(labels Labels) Series {
	if series, ok := k.list.Load(labels); ok {
		return series.(Series) //nolint:forcetypeassert // the map holds nothing else
	}
	series := k.add(labels)
	k.list.Store(labels, series)
	return series
}

// Published tells that another snapshot is served. It does not block.
func (m *Metrics) Published(manifest store.Manifest) { m.publishing.set(manifest) }

// Upload counts a load over HTTP by its outcome, which is one of a few words.
func (m *Metrics) Upload(outcome string) { m.uploads.WithLabelValues(outcome).Inc() }

// Answered counts an answer that may be kept: kept, shared, made or unchanged. Bytes are what is kept by now.
func (m *Metrics) Answered(how string, bytes uint64) {
	m.answers.of(how).Inc()
	m.answerSize.Set(float64(bytes))
}

// Evicted counts an answer that made room for others.
func (m *Metrics) Evicted() { m.evicted.Inc() }

// Panicked counts a panic.
func (m *Metrics) Panicked() { m.panics.Inc() }

// Refused counts an error that a client is given. The limit is empty where none was exceeded.
func (m *Metrics) Refused(code, limit string) {
	m.errors.WithLabelValues(code).Inc()
	if limit != "" {
		m.refusals.WithLabelValues(limit).Inc()
	}
}

// Gauge reports a number that is looked up when it is asked for, such as the length of a queue.
func (m *Metrics) Gauge(name, help string, value func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, value))
}

// Counter reports a number that only grows and is looked up when it is asked for.
func (m *Metrics) Counter(name, help string, value func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, value))
}

// published are the metrics of the snapshot that is served.
type published struct {
	now func() time.Time

	mu       sync.Mutex
	manifest *store.Manifest // nil before the first
	swaps    float64
}

var (
	snapshotInfo    = prometheus.NewDesc(namespace+"_snapshot_info", "1, with the snapshot that is served in its label.", []string{"snapshot"}, nil)
	snapshotAge     = prometheus.NewDesc(namespace+"_snapshot_age_seconds", "Time since the snapshot that is served was published.", nil, nil)
	snapshotFigures = prometheus.NewDesc(namespace+"_snapshot_observations", "Current figures of the snapshot that is served.", nil, nil)
	snapshotSwaps   = prometheus.NewDesc(namespace+"_snapshot_swaps_total", "How often this process began to serve a snapshot.", nil, nil)
)

func (p *published) set(manifest store.Manifest) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.manifest = &manifest
	p.swaps++
}

// Describe sends the metrics' names.
func (*published) Describe(to chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{snapshotInfo, snapshotAge, snapshotFigures, snapshotSwaps} {
		to <- desc
	}
}

// Collect sends the metrics; those of a snapshot only once there is one.
func (p *published) Collect(to chan<- prometheus.Metric) {
	p.mu.Lock()
	manifest, swaps := p.manifest, p.swaps
	p.mu.Unlock()
	to <- prometheus.MustNewConstMetric(snapshotSwaps, prometheus.CounterValue, swaps)
	if manifest == nil {
		return
	}
	to <- prometheus.MustNewConstMetric(snapshotInfo, prometheus.GaugeValue, 1, manifest.ID)
	to <- prometheus.MustNewConstMetric(snapshotAge, prometheus.GaugeValue, p.now().Sub(manifest.PublishedAt).Seconds())
	to <- prometheus.MustNewConstMetric(snapshotFigures, prometheus.GaugeValue, float64(manifest.Observations))
}
