// Command generate writes a data package of generated figures: go run ./bench/generate --rows 1000000 --out DIR.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"github.com/countyql/countyql/bench/raw"
	"github.com/countyql/countyql/bench/star"
	"github.com/countyql/countyql/indicator"
)

type command struct {
	Rows   int    `default:"1000000" help:"Number of figures."`
	Out    string `required:"" help:"Directory of the package."`
	Format string `enum:"csv,parquet" default:"csv" help:"Format of the figures: csv, or csv and observations.parquet beside it."`
	Daily  bool   `help:"Daily periods instead of monthly ones."`
	Seed   uint64 `default:"1" help:"Chooses among the packages of one size."`
}

func main() {
	var c command
	kong.Parse(&c, kong.Description("Writes a data package of generated figures."))
	if err := c.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (c *command) run(ctx context.Context) error {
	options := star.Options{Rows: c.Rows, Seed: c.Seed}
	if c.Daily {
		options.Grain = indicator.Daily
	}
	if err := star.Write(c.Out, options); err != nil {
		return err
	}
	if c.Format == "parquet" {
		return raw.ToParquet(ctx, c.Out)
	}
	return nil
}
