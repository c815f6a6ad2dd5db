package clickhouse

import (
	"bytes"
	"context"
	flags "flag" // flag is ours
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	client "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/countyql/countyql/store/duckdb"
)

// testCluster is a cluster on loopback that the tests of a shape share, each with databases of its own.
type testCluster struct {
	dir              string
	shards, replicas int
	secure           bool
	addresses        []string
	own              string // the URL of a cluster that is there already
	once             sync.Once
	err              error
}

var (
	twoByOne = &testCluster{shards: 2, replicas: 1}
	twoByTwo = &testCluster{shards: 2, replicas: 2}
	shapes   = map[string]*testCluster{"2x1": twoByOne, "2x2": twoByTwo}
)

// ownCluster is the variable that names somebody's own cluster by the URL of a loader, to hold it against the suite too. Databases
// are made there, named test_…, and removed again.
const ownCluster = "COUNTYQL_TEST_CLUSTER"

// generatedChecks is how many generated selections of a kind each shape is asked, unless -rapid.checks says otherwise: other ones in each run.
const generatedChecks = "25"

func TestMain(m *testing.M) {
	if os.Getenv(helperURL) != "" {
		os.Exit(runHelper())
	}
	if url := os.Getenv(ownCluster); url != "" {
		shapes["own"] = &testCluster{own: url}
	}
	flags.Parse()
	if checks := flags.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set(generatedChecks); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	for _, c := range []*testCluster{twoByOne, twoByTwo} {
		c.wipe()
	}
	os.Exit(code)
}

// start starts the cluster at its first use. Where there is no server to start, the test is skipped, but never in CI.
func (c *testCluster) start(t *testing.T) {
	t.Helper()
	if c.own != "" {
		return
	}
	if _, err := exec.LookPath("clickhouse-server"); err != nil {
		if _, err := os.Stat("/usr/sbin/clickhouse-server"); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal("there is no clickhouse-server: apt-get install --no-install-recommends clickhouse-server")
			}
			t.Skip("SKIPPED tests of ClickHouse: there is no clickhouse-server; make test installs it where it may")
		}
	}
	c.once.Do(func() { c.err = c.up() })
	if c.err != nil {
		t.Fatal(c.err)
	}
	c.revive(t)
}

// revive starts servers again that have ended by themselves, which versions as old as Debian's may do where a machine has much to do, and shows what
// they wrote last.
func (c *testCluster) revive(t *testing.T) {
	t.Helper()
	for i, address := range c.addresses {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			continue
		}
		number := strconv.Itoa(i + 1)
		for _, name := range []string{"error.log", "output"} {
			text, _ := os.ReadFile(filepath.Join(c.dir, "s"+number, "log", name))
			t.Logf("server %s had ended; the end of its %s: %s", number, name, text[max(0, len(text)-2000):])
		}
		if _, err := c.control("start " + number); err != nil {
			t.Fatal(err)
		}
	}
}

// starting has one cluster at a time look for free ports.
var starting sync.Mutex

func (c *testCluster) up() error {
	starting.Lock()
	defer starting.Unlock()
	var err error
	if c.dir, err = os.MkdirTemp("", "countyql-clickhouse-"); err != nil {
		return err
	}
	port, err := freePorts(400)
	if err != nil {
		return err
	}
	output, err := c.control("up", "SHARDS="+strconv.Itoa(c.shards), "REPLICAS="+strconv.Itoa(c.replicas), "PORT="+strconv.Itoa(port),
		"SECURE="+map[bool]string{true: "1"}[c.secure])
	if err != nil {
		return err
	}
	c.addresses = strings.Fields(output)
	return nil
}

// control runs tools/clickhouse-cluster.
func (c *testCluster) control(command string, environment ...string) (string, error) {
	arguments := append(strings.Fields(command), "")
	copy(arguments[2:], arguments[1:])
	arguments[1] = c.dir
	run := exec.Command("../../tools/clickhouse-cluster", arguments...)
	run.Env = append(os.Environ(), environment...)
	var failed bytes.Buffer
	run.Stderr = &failed
	output, err := run.Output()
	if err != nil {
		return "", fmt.Errorf("clickhouse-cluster %s: %w: %s", command, err, failed.String())
	}
	return string(output), nil
}

func (c *testCluster) wipe() {
	if c.dir == "" {
		return
	}
	if _, err := c.control("wipe"); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// freePorts finds a base of ports of which those that a cluster takes are free.
func freePorts(span int) (int, error) {
	for base := 20000 + os.Getpid()%97*100; base < 60000; base += span {
		free := true
		for _, offset := range []int{1, 2, 3, 4, 101, 102, 103, 104, 201, 202, 203, 204, 301, 302} {
			l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(base+offset))
			if err != nil {
				free = false
				break
			}
			l.Close()
		}
		if free {
			return base, nil
		}
	}
	return 0, fmt.Errorf("no %d ports are free", span)
}

var databases atomic.Int64

// url names a database of its own, or the given one.
func (c *testCluster) url(user, database string) string {
	if database == "" {
		database = fmt.Sprintf("test_%d_%d", os.Getpid(), databases.Add(1))
	}
	if c.own != "" {
		before, options, _ := strings.Cut(c.own, "?")
		scheme, rest, _ := strings.Cut(before, "://")
		hosts, _, _ := strings.Cut(rest, "/")
		return scheme + "://" + hosts + "/" + database + "?" + options
	}
	options := "?cluster=county"
	if c.secure {
		options += "&secure=true&ca=" + filepath.Join(c.dir, "certificate.pem")
	}
	return Scheme + "://" + user + ":test@" + strings.Join(c.addresses, ",") + "/" + database + options
}

func parse(t *testing.T, url string) *Config {
	t.Helper()
	config, err := ParseURL(url, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// stagedIn opens stagings in a directory.
func stagedIn(dir string) func(behind func() []string) (Staging, error) {
	return func(behind func() []string) (Staging, error) {
		return duckdb.Open(dir, duckdb.Options{Behind: behind, Threads: 1})
	}
}

// open opens a store in a database; without a staging it only reads.
func open(t *testing.T, url string, options Options) *Engine {
	t.Helper()
	e, err := Open(parse(t, url), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// openLoader opens a store that is staged in a directory of the test.
func (c *testCluster) openLoader(t *testing.T, database string, options Options) *Engine {
	t.Helper()
	if options.Staging == nil {
		options.Staging = stagedIn(t.TempDir())
	}
	e := open(t, c.url("loader", database), options)
	if c.own != "" {
		t.Cleanup(func() { dropDatabase(t, e) })
	}
	return e
}

// dropDatabase removes what a test made on somebody's own cluster.
func dropDatabase(t *testing.T, e *Engine) {
	ctx := context.WithoutCancel(t.Context())
	cluster, err := e.cluster(ctx)
	if err != nil {
		t.Error(err)
		return
	}
	for _, s := range cluster.servers() {
		if err := s.exec(ctx, "DROP DATABASE IF EXISTS "+e.config.Database); err != nil {
			t.Error(err)
		}
	}
}

// text runs a query on one server and returns its only text.
func text(t *testing.T, e *Engine, s *server, sql string) string {
	t.Helper()
	var out string
	if err := s.query(t.Context(), client.Settings{}, sql, func(scan func(...any) error) error { return scan(&out) }); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return out
}
