package duckdb

import "testing"

// The lock file, which everybody may read, does not repeat what stands behind a command.
func TestCommandOfHolder(t *testing.T) {
	for _, c := range []struct {
		want string
		args []string
	}{
		{"countyql load", []string{"/opt/countyql", "load", "secrets.csv"}},
		{"countyql load", []string{"countyql", "load", "data"}},
		{"countyql load", []string{"countyql", "load", "--store", "secret"}},
		{"countyql snapshots publish", []string{"countyql", "snapshots", "publish", "old"}},
		{"countyql", []string{"countyql", "--store", "secret", "load", "data"}},
		{"countyql", []string{"countyql"}},
	} {
		if got := command(c.args); got != c.want {
			t.Errorf("%q: %q, want %q", c.args, got, c.want)
		}
	}
}
