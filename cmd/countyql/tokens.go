package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/countyql/countyql/access"
)

// tokensCmd keeps the file of tokens.
type tokensCmd struct {
	Create tokensCreateCmd `cmd:"" help:"Make a token and print it, this once: only its hash is kept."`
	List   tokensListCmd   `cmd:"" help:"List the tokens: who may do what until when."`
	Revoke tokensRevokeCmd `cmd:"" help:"Revoke a token. A running server honours that within two seconds."`
}

// tokensCreateCmd makes a token.
type tokensCreateCmd struct {
	tokenFile

	Name      string   `arg:"" help:"Who gets it; names are given once."`
	Role      string   `default:"reader" enum:"reader,loader,admin" help:"What it allows: reader asks, loader also uploads, admin also publishes and prunes (default ${default})."`
	Region    []string `placeholder:"CODE,…" sep:"none" help:"Show only what lies in these regions. Default: all."`
	Indicator []string `placeholder:"CODE,…" sep:"none" help:"Show only these indicators; a rate needs its parts too. Default: all."`
	Expires   string   `placeholder:"90d|12h|DATE" help:"How long it is valid, or until which day, that day included. Default: until revoked."`
}

// Run adds the token's hash to the file and prints the token.
func (c *tokensCreateCmd) Run(a *app) error {
	now := time.Now().UTC().Truncate(time.Second)
	grant, token, err := c.grant(now)
	if err != nil {
		return err
	}
	err = access.Change(c.File, func(grants []access.Grant) ([]access.Grant, error) {
		if slices.ContainsFunc(grants, func(g access.Grant) bool { return g.Name == c.Name }) {
			return nil, &usageError{fmt.Sprintf("there is a token named %q already", c.Name), "take another name; a log must tell them apart"}
		}
		return append(grants, grant), nil
	})
	if err != nil {
		return err
	}
	if a.JSON {
		shown := newTokenJSON(&grant, now)
		shown.Token = token
		return writeJSON(a.stdout, shown)
	}
	fmt.Fprintln(a.stdout, token)
	fmt.Fprintf(a.stderr, "This is the token of %s, role %s. It is not shown again.\n", grant.Name, grant.Role)
	return nil
}

// grant makes a token and what it allows.
func (c *tokensCreateCmd) grant(now time.Time) (access.Grant, string, error) {
	if err := access.CheckName(c.Name); err != nil {
		return access.Grant{}, "", &usageError{err.Error(), "NAME says whose token it is, such as nightly-load"}
	}
	scope := access.Scope{Regions: codes(c.Region), Indicators: codes(c.Indicator)}
	if slices.Contains(scope.Regions, "") || slices.Contains(scope.Indicators, "") {
		return access.Grant{}, "", &usageError{"a code of --region or --indicator is empty", "leave the flag out to show all"}
	}
	role, err := access.ParseRole(c.Role)
	if err != nil {
		return access.Grant{}, "", err
	}
	if role != access.Reader && !scope.Everything() {
		return access.Grant{}, "", &usageError{
			"the role " + c.Role + " has no --region and no --indicator", "what is loaded and published is everybody's; make a reader for a part",
		}
	}
	expires, err := expiry(c.Expires, now)
	if err != nil {
		return access.Grant{}, "", err
	}
	token := access.NewToken()
	return access.Grant{
		Principal: access.Principal{Name: c.Name, Role: role, Scope: scope}, Hash: access.HashOf(token), Created: now, Expires: expires,
	}, token, nil
}

// codes are those of a flag that is given several times, or has several codes. An empty text is an empty code: a flag whose
// variable was not set must not show everything.
func codes(flags []string) []string {
	var list []string
	for _, flag := range flags {
		for code := range strings.SplitSeq(flag, ",") {
			list = append(list, strings.TrimSpace(code))
		}
	}
	return list
}

// expiry reads when a token expires: after so many days or hours, or with the end of a day in UTC.
func expiry(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	const day = 24 * time.Hour
	var at time.Time
	if date, err := time.Parse(time.DateOnly, text); err == nil {
		at = date.Add(day)
	} else if count, err := strconv.ParseUint(strings.TrimSuffix(text, "d"), 10, 16); err == nil && strings.HasSuffix(text, "d") {
		at = now.Add(time.Duration(count) * day)
	} else if length, err := time.ParseDuration(text); err == nil {
		at = now.Add(length)
	} else {
		return at, &usageError{fmt.Sprintf("--expires %s is neither a length of time nor a day", text), "write 90d, 12h or 2027-01-31"}
	}
	if !at.After(now) {
		return at, &usageError{fmt.Sprintf("--expires %s is past", text), "write 90d, 12h or 2027-01-31"}
	}
	return at, nil
}

// tokensListCmd lists the tokens.
type tokensListCmd struct {
	tokenFile
}

// Run lists what the file says of each token, which is not the token.
func (c *tokensListCmd) Run(a *app) error {
	grants, err := access.ReadFile(c.File)
	if err != nil {
		return err
	}
	now := time.Now()
	list := make([]tokenJSON, len(grants))
	for i := range grants {
		list[i] = newTokenJSON(&grants[i], now)
	}
	if a.JSON {
		return writeJSON(a.stdout, list)
	}
	if len(list) == 0 {
		fmt.Fprintf(a.stdout, "no tokens in %s\n", c.File)
		return nil
	}
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tROLE\tSTATE\tCREATED\tEXPIRES\tREGIONS\tINDICATORS")
	for _, t := range list {
		expires := "never"
		if t.Expires != nil {
			expires = t.Expires.Format(time.DateOnly)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.Name, t.Role, t.State, t.Created.Format(time.DateOnly), expires,
			orAll(t.Regions), orAll(t.Indicators))
	}
	return table.Flush()
}

func orAll(codes []string) string {
	if len(codes) == 0 {
		return "all"
	}
	return strings.Join(codes, ",")
}

// tokensRevokeCmd revokes a token.
type tokensRevokeCmd struct {
	tokenFile

	Name string `arg:"" help:"The token's name."`
}

// Run marks the token as revoked.
func (c *tokensRevokeCmd) Run(a *app) error {
	now := time.Now().UTC().Truncate(time.Second)
	err := access.Change(c.File, func(grants []access.Grant) ([]access.Grant, error) {
		at := slices.IndexFunc(grants, func(g access.Grant) bool { return g.Name == c.Name })
		if at < 0 {
			return nil, &usageError{fmt.Sprintf("there is no token named %q in %s", c.Name, c.File), "see countyql tokens list"}
		}
		if grants[at].Revoked.IsZero() {
			grants[at].Revoked = now
		}
		return grants, nil
	})
	if err != nil {
		return err
	}
	if a.JSON {
		return writeJSON(a.stdout, map[string]string{"revoked": c.Name})
	}
	fmt.Fprintf(a.stdout, "revoked %s\n", c.Name)
	return nil
}

// tokenJSON is the JSON form of what is known of a token.
type tokenJSON struct {
	Name       string     `json:"name"`
	Role       string     `json:"role"`
	State      string     `json:"state"` // valid, expired or revoked
	Regions    []string   `json:"regions,omitempty"`
	Indicators []string   `json:"indicators,omitempty"`
	Created    time.Time  `json:"created"`
	Expires    *time.Time `json:"expires,omitempty"`
	Revoked    *time.Time `json:"revoked,omitempty"`
	Token      string     `json:"token,omitempty"` // of a new one only
}

func newTokenJSON(g *access.Grant, now time.Time) tokenJSON {
	t := tokenJSON{
		Name: g.Name, Role: g.Role.String(), State: g.State(now), Regions: g.Scope.Regions, Indicators: g.Scope.Indicators, Created: g.Created,
	}
	if !g.Expires.IsZero() {
		t.Expires = &g.Expires
	}
	if !g.Revoked.IsZero() {
		t.Revoked = &g.Revoked
	}
	return t
}

func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
