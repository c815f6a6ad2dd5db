// Command countyql-client asks a countyql server how much of the larger industry had resumed work.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/Khan/genqlient/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

//go:generate go tool genqlient

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	server := os.Getenv("COUNTYQL_URL")
	if server == "" {
		server = "http://127.0.0.1:8080"
	}
	asking := &http.Client{Transport: bearer{token: os.Getenv("COUNTYQL_TOKEN")}}
	client := graphql.NewClient(server+"/graphql", asking)
	if err := resumption(ctx, client, out); err != nil {
		return err
	}
	if err := grids(ctx, client, out); err != nil {
		return err
	}
	_, err := Region(ctx, client, "370106")
	code, suggestions := refusal(err)
	if code != "UNKNOWN_REGION" {
		return fmt.Errorf("a region that does not exist: %w", err)
	}
	fmt.Fprintln(out, code, suggestions)
	return nil
}

func resumption(ctx context.Context, client graphql.Client, out io.Writer) error {
	industry := []DimensionValueInput{{Dimension: "enterprise_class", Value: "above_scale_industry"}}
	answer, err := Resumption(ctx, client, []string{"220721", "370105", "370124", "510402"}, industry)
	if err != nil {
		return err
	}
	for _, group := range answer.Aggregate.Groups {
		if group.Value == nil { // unknown: never 0
			fmt.Fprintln(out, "no value:", *group.Missing)
			continue
		}
		fmt.Fprintf(out, "%.1f %s, from %d of %d counties\n", *group.Value, group.Unit, group.Coverage.Used, group.Coverage.Expected)
		for _, absent := range group.Coverage.Missing {
			fmt.Fprintf(out, "  without %s: %s\n", *absent.Region.NameEn, absent.Reason)
		}
	}
	return nil
}

// grids reads every figure, three a page.
func grids(ctx context.Context, client graphql.Client, out io.Writer) error {
	where := ObservationWhere{Regions: &RegionSelector{Codes: []string{"370105"}}, Indicators: []string{"grids"}}
	var after *string
	for page := 1; ; page++ {
		answer, err := Observations(ctx, client, where, 3, after)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "page %d: %d figures\n", page, len(answer.Observations.Nodes))
		if !answer.Observations.PageInfo.HasNextPage {
			return nil
		}
		after = answer.Observations.PageInfo.EndCursor
	}
}

// refusal is the code of the first error that the server answered with, and what it suggests; empty for errors of other kinds.
func refusal(err error) (code string, suggestions []any) {
	var refused *gqlerror.Error
	if errors.As(err, &refused) {
		code, _ = refused.Extensions["code"].(string)
		suggestions, _ = refused.Extensions["suggestions"].([]any)
	}
	return code, suggestions
}

// bearer sends the token with each request.
type bearer struct{ token string }

func (b bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	if b.token != "" {
		request = request.Clone(request.Context())
		request.Header.Set("Authorization", "Bearer "+b.token)
	}
	return http.DefaultTransport.RoundTrip(request)
}
