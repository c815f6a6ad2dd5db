package clickhouse

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Scheme is what the URL of this engine begins with.
const Scheme = "clickhouse"

// The environment variables that say who connects, where the URL does not.
const (
	UserVariable     = "COUNTYQL_CLICKHOUSE_USER"
	PasswordVariable = "COUNTYQL_CLICKHOUSE_PASSWORD"
)

// Config says where a cluster is and who connects.
type Config struct {
	// Addresses are the servers to ask, HOST:PORT of the native protocol.
	Addresses []string
	Database  string
	// Cluster is the name under which the servers know their shards and replicas.
	Cluster        string
	User, password string
	// TLS is how connections are secured; nil where they are not.
	TLS *tls.Config
	// QueryTimeout and QueryMemory bound each query on the server; the memory in bytes, 0 for the server's limit.
	QueryTimeout time.Duration
	QueryMemory  int64
	// Connections bounds those to each server.
	Connections int

	readTimeout time.Duration // the client's
}

// The defaults of a URL.
const (
	defaultPort         = "9000"
	defaultSecurePort   = "9440"
	defaultDatabase     = "countyql"
	defaultUser         = "default"
	defaultQueryTimeout = time.Minute
	defaultConnections  = 32
)

// name is what databases and clusters may be called: their names are part of statements.
var name = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)

// ParseURL reads clickhouse://[USER[:PASSWORD]@]HOST[:PORT][,HOST[:PORT]…][/DATABASE]?cluster=NAME and its options. Errors never
// have the password.
func ParseURL(text string, environment func(string) string) (*Config, error) {
	rest, ok := strings.CutPrefix(text, Scheme+"://")
	if !ok {
		return nil, errors.New("the URL does not begin with " + Scheme + "://")
	}
	rest, query, _ := strings.Cut(rest, "?")
	c := &Config{User: environment(UserVariable), password: environment(PasswordVariable)}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		if err := c.setUser(rest[:at]); err != nil {
			return nil, err
		}
		rest = rest[at+1:]
	}
	if c.User == "" {
		c.User = defaultUser
	}
	hosts, database, _ := strings.Cut(rest, "/")
	c.Database = database
	if database == "" {
		c.Database = defaultDatabase
	}
	if !name.MatchString(c.Database) {
		return nil, fmt.Errorf("the database %q has a name of other characters than letters, digits and _", c.Database)
	}
	if err := c.setOptions(query); err != nil {
		return nil, err
	}
	return c, c.setAddresses(hosts)
}

func (c *Config) setUser(text string) error {
	user, password, has := strings.Cut(text, ":")
	var err error
	if c.User, err = url.PathUnescape(user); err != nil {
		return errors.New("the user in the URL is not percent-encoded")
	}
	if has {
		if c.password, err = url.PathUnescape(password); err != nil {
			return errors.New("the password in the URL is not percent-encoded")
		}
	}
	return nil
}

func (c *Config) setAddresses(hosts string) error {
	port := defaultPort
	if c.TLS != nil {
		port = defaultSecurePort
	}
	for host := range strings.SplitSeq(hosts, ",") {
		if host == "" {
			return errors.New("the URL has an empty host; write " + Scheme + "://HOST:PORT,HOST:PORT/DATABASE?cluster=NAME")
		}
		if _, _, err := net.SplitHostPort(host); err != nil {
			host = net.JoinHostPort(strings.Trim(host, "[]"), port)
		}
		c.Addresses = append(c.Addresses, host)
	}
	return nil
}

func (c *Config) setOptions(query string) error {
	options, err := url.ParseQuery(query)
	if err != nil {
		return errors.New("the options behind the ? of the URL are not percent-encoded")
	}
	c.QueryTimeout, c.Connections, c.readTimeout = defaultQueryTimeout, defaultConnections, readTimeout
	var ca, serverName string
	secure := false
	for key, values := range options {
		value := values[len(values)-1]
		var err error
		switch key {
		case "cluster":
			c.Cluster = value
		case "secure":
			secure, err = strconv.ParseBool(value)
		case "ca":
			ca = value
		case "server_name":
			serverName = value
		case "query_timeout":
			c.QueryTimeout, err = time.ParseDuration(value)
		case "query_memory":
			c.QueryMemory, err = strconv.ParseInt(value, 10, 64)
		case "connections":
			c.Connections, err = strconv.Atoi(value)
		default:
			return errUnknownOption
		}
		if err != nil {
			return fmt.Errorf("the option %s of the URL has a value that is none", key)
		}
	}
	switch {
	case !name.MatchString(c.Cluster):
		return errors.New("the URL names no cluster: add ?cluster=NAME, one of those in the servers' remote_servers")
	case c.QueryTimeout < time.Second:
		return errors.New("the option query_timeout of the URL is less than a second")
	case c.QueryMemory < 0 || c.Connections < 1:
		return errors.New("the options query_memory and connections of the URL are not positive")
	case !secure && (ca != "" || serverName != ""):
		return errors.New("the URL has options of TLS without secure=true")
	case secure:
		return c.setTLS(ca, serverName)
	}
	return nil
}

func (c *Config) setTLS(ca, serverName string) error {
	c.TLS = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: serverName}
	if ca == "" {
		return nil
	}
	text, err := os.ReadFile(ca)
	if err != nil {
		return fmt.Errorf("the certificates of option ca: %w", err)
	}
	c.TLS.RootCAs = x509.NewCertPool()
	if !c.TLS.RootCAs.AppendCertsFromPEM(text) {
		return fmt.Errorf("the file %s of option ca has no certificate", ca)
	}
	return nil
}

// errUnknownOption does not name the option: where an @ or a ? is in the wrong place, a password stands there.
var errUnknownOption = errors.New(
	"the URL has an unknown option; there are cluster, secure, ca, server_name, query_timeout, query_memory, connections")
