package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What the code of pages shows is what the code beside them does.
func TestClients_PagesShowTheirCode(t *testing.T) {
	t.Parallel()
	files := documentation(t)
	for page, language := range map[string]string{"python": "python", "typescript": "ts", "go": "go"} {
		blocks := fences(files[recipes+"/"+page+".md"], language)
		if len(blocks) == 0 {
			t.Errorf("%s.md shows no %s", page, language)
		}
		for _, block := range blocks {
			shown := false
			for name, text := range files {
				shown = shown || strings.HasPrefix(name, recipes+"/"+page+"/") && strings.Contains(text, block)
			}
			if !shown {
				t.Errorf("%s.md shows what no file of %s/ has:\n%s", page, page, block)
			}
		}
	}
}

// What the queries in M ask for is answered, and has the columns that they name.
func TestClients_PowerQuery(t *testing.T) {
	t.Parallel()
	literal := `"((?:[^"]|"")*)"`
	file := regexp.MustCompile(`RelativePath = "v1/export/(\w+\.csv)"`)
	input := regexp.MustCompile(`Input = ` + literal + `,\n`)
	parameter := regexp.MustCompile(`Query = \[(\w+) = Input\]`)
	column := regexp.MustCompile(`\{"(\w+)", (?:type \w+|Int64\.Type)\}`)
	files := documentation(t)
	for _, page := range []string{"power-bi.md", "excel.md"} {
		exports := 0
		for _, block := range fences(files[recipes+"/"+page], "powerquery") {
			typed := column.FindAllStringSubmatch(block, -1)
			if len(typed) == 0 {
				t.Errorf("%s: no column has a type in\n%s", page, block)
			}
			asked := file.FindStringSubmatch(block)
			if asked == nil {
				for _, document := range documentsIn(block) {
					mustAnswer(t, page, document, nil)
				}
				continue
			}
			exports++
			arguments := url.Values{parameter.FindStringSubmatch(block)[1]: {strings.ReplaceAll(input.FindStringSubmatch(block)[1], `""`, `"`)}}
			header := headerOf(t, page, "/v1/export/"+asked[1], arguments)
			for _, name := range typed {
				if !slices.Contains(header, name[1]) {
					t.Errorf("%s: %s has no column %s", page, asked[1], name[1])
				}
			}
		}
		if exports == 0 {
			t.Errorf("%s reads no file", page)
		}
	}
}

// target is what a panel of a Grafana dashboard asks the Infinity data source for.
type target struct {
	Type, URL string
	Options   struct {
		Query     string                        `json:"body_graphql_query"`
		Variables string                        `json:"body_graphql_variables"`
		Params    []struct{ Key, Value string } `json:"params"`
	} `json:"url_options"`
	Root    string                                  `json:"root_selector"`
	Columns []struct{ Selector, Text, Type string } `json:"columns"`
}

// Every panel of the dashboard is answered, and the answer has what its columns select.
func TestClients_Grafana(t *testing.T) {
	t.Parallel()
	text := documentation(t)[recipes+"/grafana/dashboard.json"]
	var dashboard struct {
		Templating struct {
			List []struct {
				Name    string
				Current struct{ Value string }
			}
		}
		Panels []struct {
			Title   string
			Targets []target
		}
	}
	if err := json.Unmarshal([]byte(text), &dashboard); err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, variable := range dashboard.Templating.List {
		values = append(values, "${"+variable.Name+"}", variable.Current.Value)
	}
	chosen := strings.NewReplacer(values...)
	if len(dashboard.Panels) == 0 {
		t.Error("the dashboard has no panels")
	}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			switch target.Type {
			case "graphql":
				target.checkDocument(t, panel.Title, chosen)
			case "csv":
				target.checkFile(t, panel.Title, chosen)
			default:
				t.Errorf("%s asks for %s", panel.Title, target.Type)
			}
		}
	}
}

func (p *target) checkDocument(t *testing.T, panel string, chosen *strings.Replacer) {
	t.Helper()
	answer := mustAnswer(t, panel, p.Options.Query, []byte(chosen.Replace(p.Options.Variables)))
	rows, _ := pickPath(answer, p.Root)
	list, _ := rows.([]any)
	if len(list) == 0 {
		t.Errorf("%s: %s selects no rows of %v", panel, p.Root, answer)
	}
	for _, column := range p.Columns {
		for _, row := range list {
			if _, there := pickPath(row, column.Selector); !there {
				t.Errorf("%s: %s selects nothing of %v", panel, column.Selector, row)
			}
		}
	}
}

func (p *target) checkFile(t *testing.T, panel string, chosen *strings.Replacer) {
	t.Helper()
	arguments := url.Values{}
	for _, parameter := range p.Options.Params {
		arguments.Set(parameter.Key, chosen.Replace(parameter.Value))
	}
	header := headerOf(t, panel, p.URL, arguments)
	for _, column := range p.Columns {
		if !slices.Contains(header, column.Selector) {
			t.Errorf("%s: no %s in %v", panel, column.Selector, header)
		}
	}
}

// pickPath is what a path of names and positions leads to.
func pickPath(value any, selector string) (found any, there bool) {
	for name := range strings.SplitSeq(selector, ".") {
		switch in := value.(type) {
		case map[string]any:
			if value, there = in[name]; !there {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(in) {
				return nil, false
			}
			value = in[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// mustAnswer asks the server under test, and fails the test where the answer has errors.
func mustAnswer(t *testing.T, name, document string, variables []byte) map[string]any {
	t.Helper()
	var answer map[string]any
	body := post(t, []byte(document), variables)
	if err := json.Unmarshal(body, &answer); err != nil || answer["errors"] != nil || answer["data"] == nil {
		t.Errorf("%s: %v in the answer %s to\n%s", name, err, body, document)
	}
	return answer
}

// headerOf asks the server under test for a CSV file, which must have rows, and returns the names of its columns.
func headerOf(t *testing.T, name, path string, arguments url.Values) []string {
	t.Helper()
	response, err := http.Get(serverURL(t) + path + "?" + arguments.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	header, rows, _ := strings.Cut(string(body), "\n")
	if response.StatusCode != http.StatusOK || rows == "" {
		t.Errorf("%s: %d %s", name, response.StatusCode, body)
	}
	return strings.Split(header, ",")
}
