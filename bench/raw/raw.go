// Package raw has DuckDB do by itself what a load is compared with. Beside store/duckdb it is the only package that
// knows the driver.
package raw

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	_ "github.com/duckdb/duckdb-go/v2" // the driver

	"github.com/countyql/countyql/bench/star"
)

// order is the order in which a snapshot keeps its figures.
const order = "indicator, slice, status, period, region, published_on"

// Load reads a file of figures, CSV or Parquet by its name, into a table of a new database file, sorted.
func Load(ctx context.Context, file, database string) (err error) {
	read := "read_csv(" + quoted(file) + ")"
	if strings.HasSuffix(file, ".parquet") {
		read = "read_parquet(" + quoted(file) + ")"
	}
	return exec(ctx,
		"ATTACH "+quoted(database)+" AS t (ROW_GROUP_SIZE 30720)",
		"CREATE TABLE t.figures AS FROM "+read+" LIMIT 0",
		"INSERT INTO t.figures SELECT "+strings.Join(star.Columns, ", ")+" FROM "+read+" ORDER BY "+order,
		"CHECKPOINT t",
		"DETACH t",
	)
}

// ToParquet writes the figures of a package to observations.parquet, in the order of the file and with the types that
// DuckDB finds in it.
func ToParquet(ctx context.Context, dir string) error {
	csv := filepath.Join(dir, star.ObservationsFile)
	parquet := strings.TrimSuffix(csv, ".csv") + ".parquet"
	return exec(ctx, fmt.Sprintf("COPY (FROM read_csv(%s)) TO %s (FORMAT parquet)", quoted(csv), quoted(parquet)))
}

func exec(ctx context.Context, statements ...string) (err error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

func quoted(path string) string { return "'" + strings.ReplaceAll(path, "'", "''") + "'" }
