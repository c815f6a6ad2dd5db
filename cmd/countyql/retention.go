package main

import "fmt"

// retentionFlags say how many snapshots a publication leaves.
type retentionFlags struct {
	Keep int `default:"10" env:"COUNTYQL_KEEP" placeholder:"N" help:"How many snapshots to leave after publishing: this one and the newest others; 0 for all (default ${default})."`
}

func (f *retentionFlags) check() error {
	if f.Keep < 0 {
		return &usageError{fmt.Sprintf("--keep %d is no number of snapshots", f.Keep), "write 0 to keep all"}
	}
	return nil
}
