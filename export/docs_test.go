package export

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// docs/exports.md lists the columns of every file, in order and with their types.
func TestDocs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/exports.md")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]Kind{"text": Text, "number": Number, "integer": Integer, "boolean": Boolean, "date": Date}
	name := regexp.MustCompile("`([a-z_]+)`")
	for section, want := range map[string][]Column{
		"observations": columnsOf(observationColumns()), "aggregate": columnsOf(groupColumns()),
		"compare": columnsOf(entryColumns()), "series": columnsOf(pointColumns()),
	} {
		_, after, found := strings.Cut(string(text), "\n## "+section+"\n")
		if !found {
			t.Errorf("there is no section %s", section)
			continue
		}
		after, _, _ = strings.Cut(after, "\n## ")
		var got []Column
		for line := range strings.Lines(after) {
			cells := strings.Split(line, "|")
			if len(cells) < 4 || !strings.HasPrefix(line, "| `") {
				continue
			}
			kind, known := kinds[strings.TrimSpace(cells[2])]
			if !known {
				t.Errorf("%s: no type in %s", section, line)
			}
			for _, match := range name.FindAllStringSubmatch(cells[1], -1) {
				got = append(got, Column{match[1], kind})
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: the columns documented are\n%v, those written\n%v", section, got, want)
		}
	}
}
