package export

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

func TestChosen(t *testing.T) {
	t.Parallel()
	all := columnsOf(groupColumns())
	for _, test := range []struct {
		names []string
		want  []string
		ahead query.Ahead
	}{
		{nil, nil, query.MeanAhead | query.MedianAhead | query.StdDevAhead | query.WeightShareAhead},
		{[]string{"sum", "region_code"}, []string{"sum", "region_code"}, 0},
		{[]string{"median"}, []string{"median"}, query.MedianAhead},
		{[]string{"coverage_weight_share"}, []string{"coverage_weight_share"}, query.WeightShareAhead},
		{[]string{"stddev", "min", "mean"}, []string{"stddev", "min", "mean"}, query.MeanAhead | query.StdDevAhead},
	} {
		columns, err := chosen(groupColumns(), test.names)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range columns {
			got = append(got, c.Name)
		}
		if test.names == nil {
			test.want = nil
			for _, c := range all {
				test.want = append(test.want, c.Name)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" || query.Ahead(needsOf(columns)) != test.ahead {
			t.Errorf("%v need %b -want +got:\n%s", test.names, needsOf(columns), diff)
		}
	}
}

func TestCheckColumns(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		question    Question
		names       string
		message     string
		path        string
		suggestions []string
	}{
		{&Aggregate{}, "region_code,regoin_code", `there is no column "regoin_code"`, "columns.1", []string{"region_code"}},
		{&Aggregate{}, "Median", `there is no column "Median"`, "columns.0", []string{"median", "mean"}},
		{&Aggregate{}, "region", `there is no column "region"`, "columns.0", []string{"region_code", "region_name", "region_name_en", "region_level"}},
		{&Aggregate{}, "rank", `there is no column "rank"`, "columns.0", nil},
		{&Compare{}, "rank,value,rank", "the column rank is named twice", "columns.2", nil},
		{&Series{}, "changes", `there is no column "changes"`, "columns.0", []string{"change"}},
		{&Series{}, "", `there is no column ""`, "columns.0", nil},
		{&Observations{}, "source", `there is no column "source"`, "columns.0", []string{"source_code", "source_title"}},
		{&Observations{}, strings.Repeat("x", 1000), "a column is named with 1000 bytes, and no column's name is so long", "columns.0", nil},
	} {
		err := CheckColumns(test.question, strings.Split(test.names, ","))
		var typed *indicator.Error
		if !errors.As(err, &typed) || typed.Code != indicator.InvalidInput || typed.Message != test.message || strings.Join(typed.Path, ".") != test.path {
			t.Errorf("%T of %.30s: %v", test.question, test.names, err)
			continue
		}
		if diff := cmp.Diff(test.suggestions, typed.Suggestions); diff != "" {
			t.Errorf("%T of %.30s suggests -want +got:\n%s", test.question, test.names, diff)
		}
		if len(typed.Suggestions) == 0 && typed.Hint == "" {
			t.Errorf("%T of %.30s: no way out of %v", test.question, test.names, err)
		}
	}
	for _, question := range []Question{&Observations{}, &Aggregate{}, &Compare{}, &Series{}} {
		var names []string
		for _, column := range question.Columns() {
			names = append(names, column.Name)
		}
		if err := CheckColumns(question, names); err != nil {
			t.Errorf("%T has columns that it has not: %v", question, err)
		}
	}
}
