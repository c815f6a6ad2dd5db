package graph

import (
	"strings"
	"testing"
)

// A document is answered alike whichever way its encoders come, with other variables too: what they decide is looked at anew.
func TestEncoders_Again(t *testing.T) {
	t.Parallel()
	ours, generated := bothWays()
	input := map[string]any{"indicators": []string{"count_000"}, "groupBy": []any{map[string]any{"region": "PROVINCE"}}}
	for _, document := range []string{
		`query($input: AggregateInput!, $all: Boolean!) { aggregate(input: $input) { groups { region { code } sum mean @include(if: $all) } } }`,
		`query($input: AggregateInput!, $all: Boolean!) { aggregate(input: $input) { groups { region { code } } groups @include(if: $all) { sum median } } }`,
		`query($input: AggregateInput!, $all: Boolean!) { aggregate(input: $input) { groups { ...f @include(if: $all) region { code ... @skip(if: $all) { name } } } } } fragment f on AggregateGroup { max }`,
		`query($input: AggregateInput!, $all: Boolean!) { aggregate(input: $input) { groups { region { code level } value count } } observationCount: __typename @skip(if: $all) }`,
	} {
		for _, all := range []bool{true, false, true, false, false} {
			variables := map[string]any{"input": input, "all": all}
			want := answered(t, generated, document, variables)
			if got := answered(t, ours, document, variables); got != want || !strings.Contains(got, `"groups":[{`) {
				t.Errorf("%s, %t: %s\nwant %s", document, all, got, want)
			}
		}
	}
}
