package clickhouse

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseURL(t *testing.T) {
	environment := map[string]string{UserVariable: "envuser", PasswordVariable: "envsecret"}
	getenv := func(name string) string { return environment[name] }
	c, err := ParseURL("clickhouse://me:p%40ss:w@one,two:9001,[::1]:9002/figures?cluster=county&query_timeout=5s&query_memory=7&connections=3", getenv)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Addresses, []string{"one:9000", "two:9001", "[::1]:9002"}) || c.Database != "figures" || c.Cluster != "county" ||
		c.User != "me" || c.password != "p@ss:w" || c.QueryTimeout != 5*time.Second || c.QueryMemory != 7 || c.Connections != 3 || c.TLS != nil {
		t.Errorf("config %+v", c)
	}
	c, err = ParseURL("clickhouse://one?cluster=c&secure=true&server_name=figures.example", getenv)
	if err != nil {
		t.Fatal(err)
	}
	if c.Addresses[0] != "one:9440" || c.Database != "countyql" || c.User != "envuser" || c.password != "envsecret" ||
		c.TLS == nil || c.TLS.ServerName != "figures.example" || c.TLS.InsecureSkipVerify {
		t.Errorf("config %+v", c)
	}
}

func TestParseURL_Refused(t *testing.T) {
	for url, want := range map[string]string{
		"http://one/x?cluster=c":                                             "does not begin with",
		"clickhouse://me:secret@one/x":                                       "names no cluster",
		"clickhouse://me:secret@one/x;DROP?cluster=c":                        "other characters",
		"clickhouse://me:secret@one/x?cluster=c'":                            "names no cluster",
		"clickhouse://me:secret@one,,two/x?cluster=c":                        "empty host",
		"clickhouse://me:secret%zz@one/x?cluster=c":                          "percent-encoded",
		"clickhouse://me:secret@one/x?cluster=c&colour=red":                  "an unknown option; there are",
		"clickhouse://me:secret@one/x?cluster=c&secure=maybe":                "option secure",
		"clickhouse://me:secret@one/x?cluster=c&ca=x.pem":                    "without secure",
		"clickhouse://me:secret@one/x?cluster=c&connections=0":               "not positive",
		"clickhouse://me:secret@one/x?cluster=c&query_timeout=1ms":           "less than a second",
		"clickhouse://me:secret@one/x?cluster=c&secure=true&ca=/nowhere.pem": "certificates",
	} {
		_, err := ParseURL(url, func(string) string { return "" })
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", url, err, want)
		}
	}
}

func TestIDOf(t *testing.T) {
	e := &Engine{config: &Config{Database: "db"}}
	const id = "20200302T030900Z-0a1b2c3d"
	for _, name := range e.tables(id).names() {
		table, _ := strings.CutPrefix(name, "db.")
		got, loading, ok := idOf(table)
		if got != id || !ok || loading != strings.HasPrefix(table, loadingPrefix) {
			t.Errorf("%s belongs to %q, loading %t, %t", table, got, loading, ok)
		}
	}
	for _, name := range []string{logTable, "figure_x", "other_20200302T030900Z_0a1b2c3d"} {
		if id, _, ok := idOf(name); ok {
			t.Errorf("%s belongs to %q", name, id)
		}
	}
}

// FuzzParseURL never panics, and never tells a password.
func FuzzParseURL(f *testing.F) {
	f.Add("me", "one:9000,two/x?cluster=c&secure=true")
	f.Add("", "[::1]/?cluster=c")
	f.Add("?", "0")
	f.Add("?secure=", "0")
	f.Fuzz(func(t *testing.T, user, rest string) {
		const secret = "hunter2"
		c, err := ParseURL("clickhouse://"+user+":"+secret+"@"+rest, func(string) string { return "" })
		if err != nil {
			if strings.Contains(err.Error(), secret) && !strings.Contains(user+rest, secret) {
				t.Errorf("the error tells the password: %v", err)
			}
			return
		}
		if len(c.Addresses) == 0 || !name.MatchString(c.Database) || !name.MatchString(c.Cluster) {
			t.Errorf("config %+v", c)
		}
	})
}
