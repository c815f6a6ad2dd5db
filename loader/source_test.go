package loader

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/countyql/countyql/indicator"
)

// spread is the small package with its observations in other files.
func spread(t *testing.T, paths string, texts map[string]string) fs.FS {
	t.Helper()
	fsys := mini(t, texts).(fstest.MapFS)
	fsys[PackageFile] = &fstest.MapFile{Data: []byte(strings.Replace(describeMini(t, strings.TrimSpace(observationsHeader)),
		`"path": "observations.csv"`, `"path": `+paths, 1))}
	return fsys
}

// A table's files are read one after the other, with headers of their own or without, and in any order of columns.
func TestSeveralFiles(t *testing.T) {
	row := func(day string) string { return figure(map[string]string{"period": day}) + "\n" }
	fsys := spread(t, `["a.csv", "b.csv", "c.csv"]`, map[string]string{
		"a.csv": observationsHeader + row("2020-03-01"),
		"b.csv": row("2020-03-02") + row("2020-03-03"),
		"c.csv": observationsHeader + row("2020-03-04"),
	})
	engine := &memory{}
	result, err := newLoader(engine).Load(t.Context(), Input{FS: fsys})
	if err != nil {
		t.Fatal(err)
	}
	if result.Changes.Added != 4 || len(result.Files) != 11 {
		t.Errorf("%d added of %d files", result.Changes.Added, len(result.Files))
	}
	for _, f := range result.Files[8:] {
		if want := int64(1); f.Rows != want && f.Name != "b.csv" || len(f.SHA256) != 64 || f.Bytes == 0 {
			t.Errorf("file %+v", f)
		}
	}
}

// Problems name the file, also those that lie between files.
func TestProblemsAcrossFiles(t *testing.T) {
	for _, c := range []struct{ name, second, want string }{
		{"figure reported differently", observationsHeader + figure(map[string]string{"value": "2"}) + "\n",
			"a.csv:2: value: line 2 of a.csv and line 2 of b.csv report the same figure differently (same region, indicator, slice, " +
				"period, status and day of publication: keep one of them, or tell them apart by a slice)\nb.csv:2:33: value: line 2 of a.csv and line 2 of b.csv report the same figure differently (same region, indicator, slice, " +
				"period, status and day of publication: keep one of them, or tell them apart by a slice)"},
		{"another header", "region,indicator\n", `b.csv:1:1: column "slice" of the schema is missing (the schema's header is ` +
			strings.TrimSpace(observationsHeader) + ")"},
		{"bad row", figure(map[string]string{"value": "x"}) + "\n",
			`b.csv:1:33: value: "x" is not a number (write a number, or leave the cell empty; missing says why there is no value)`},
		{"nothing", "", "b.csv:1:1: the file is empty (write the header " + strings.TrimSpace(observationsHeader) + ")"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Lint(t.Context(), Input{FS: spread(t, `["a.csv", "b.csv"]`, map[string]string{
				"a.csv": figuresOf(figure(nil)), "b.csv": c.second,
			})})
			if want := c.want + "\nrejected: " + indicator.Counted(strings.Count(c.want, "\n")+1, "problem"); err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// A catalogue row of one file is known in the next.
func TestCatalogueAcrossFiles(t *testing.T) {
	_, err := Lint(t.Context(), Input{FS: files(map[string]string{
		PackageFile: strings.Replace(describe("units", "code,factor"), `"units.csv"`, `["a.csv", "b.csv"]`, 1),
		"a.csv":     "code,factor\nm,1\n", "b.csv": "code,factor\nkm,1000\nm,2\n",
	})})
	if want := "b.csv:3:1: code: \"m\" is on line 2 of a.csv already\nrejected: 1 problem"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// What is no regular file is refused before it is opened: opening a pipe would wait.
func TestIrregularFiles(t *testing.T) {
	for mode, want := range map[fs.FileMode]string{
		fs.ModeNamedPipe: "is a pipe", fs.ModeDir: "is a directory", fs.ModeDevice: "is a device", fs.ModeSocket: "is a socket",
		fs.ModeIrregular: "is no regular file",
	} {
		fsys := mini(t, nil).(fstest.MapFS)
		fsys["units.csv"] = &fstest.MapFile{Mode: mode}
		_, err := Lint(t.Context(), Input{FS: fsys})
		if want = `datapackage.json: resource "units": "units.csv" ` + want; err == nil || !strings.HasPrefix(err.Error(), want+"\n") {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// shrinking is a file system whose files are shorter than they say.
type shrinking struct{ fs.FS }

func (s shrinking) Open(name string) (fs.File, error) {
	file, err := s.FS.Open(name)
	if err != nil || name != "observations.csv" {
		return file, err
	}
	return shrunk{file}, nil
}

func (s shrinking) Stat(name string) (fs.FileInfo, error) { return fs.Stat(s.FS, name) }

type shrunk struct{ fs.File }

func (s shrunk) Read(p []byte) (int, error) {
	n, err := s.File.Read(p)
	return n * 9 / 10, err
}

func TestShrunkFile(t *testing.T) {
	text := figuresOf(figure(nil), figure(map[string]string{"period": "2020"}))
	_, err := newLoader(&memory{}).Load(t.Context(), Input{FS: shrinking{mini(t, map[string]string{
		"observations.csv": text + strings.Repeat("\n", len(text)),
	})}})
	if !errors.Is(err, ErrChanged) {
		t.Errorf("got %v", err)
	}
}

// A day of publication that is to come is accepted, and the result says what it does. The day is 2020-03-30.
func TestPublishedInTheFuture(t *testing.T) {
	for day, note := range map[string]string{
		"2020-03-31": "",
		"2999-12-31": "the newest figures are said to be published on 2999-12-31, which is to come: nothing published before that day will revise them",
	} {
		newest := figure(map[string]string{"period": "2019", "published_on": day})
		// A repeated row is for the careful path.
		for path, figures := range map[string]string{"plain": figuresOf(figure(nil), newest), "careful": figuresOf(figure(nil), newest, newest)} {
			fsys := mini(t, map[string]string{"observations.csv": figures, PackageFile: describeMini(t, strings.TrimSpace(observationsHeader))})
			result, err := newLoader(&memory{}).Load(t.Context(), Input{FS: fsys})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(result.Notes, "; "); got != note {
				t.Errorf("%s, %s path: %q", day, path, got)
			}
		}
	}
}

// Periods that are hard to believe are accepted, and the result names the figure of the farthest. The day is 2020-03-30.
func TestPeriodsHardToBelieve(t *testing.T) {
	for _, c := range []struct{ period, status, note string }{
		{"1000", "ACTUAL", ""},
		{"0999", "ACTUAL", "the earliest figure is of 0999 (grids of 370105), before the year 1000: correct its period, unless it is meant"},
		{"0001", "FORECAST", "the earliest figure is of 0001 (grids of 370105), before the year 1000: correct its period, unless it is meant"},
		{"2021-03-30", "ACTUAL", ""},
		{"2021-03-31", "ACTUAL", "the latest ACTUAL figure is of 2021-03-31 (grids of 370105), which ends more than 1 year from now: correct its period, unless it is meant"},
		{"2202", "ACTUAL", "the latest ACTUAL figure is of 2202 (grids of 370105), which ends more than 1 year from now: correct its period, unless it is meant"},
		{"2020-01-25/2202-03-02", "ACTUAL", "the latest ACTUAL figure is of 2020-01-25/2202-03-02 (grids of 370105), which ends more than 1 year from now: correct its period, unless it is meant"},
		{"2219", "FORECAST", ""},
		{"2220", "FORECAST", "the latest FORECAST figure is of 2220 (grids of 370105), which ends more than 200 years from now: correct its period, unless it is meant"},
		{"9999", "TARGET", "the latest TARGET figure is of 9999 (grids of 370105), which ends more than 200 years from now: correct its period, unless it is meant"},
	} {
		far := figure(map[string]string{"period": c.period, "status": c.status})
		near := figure(map[string]string{"region": "370124"})
		// A repeated row is for the careful path.
		for path, figures := range map[string]string{"plain": figuresOf(near, far), "careful": figuresOf(near, far, far)} {
			fsys := mini(t, map[string]string{"observations.csv": figures, PackageFile: describeMini(t, strings.TrimSpace(observationsHeader))})
			result, err := newLoader(&memory{}).Load(t.Context(), Input{FS: fsys})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(result.Notes, "; "); got != c.note {
				t.Errorf("%s %s, %s path: %q", c.status, c.period, path, got)
			}
		}
	}
}

// Text in another encoding is read, and the result says so.
func TestRecognisedEncoding(t *testing.T) {
	text := figuresOf(figure(map[string]string{"note": "天桥区的网格"}))
	utf16 := []byte{0xFF, 0xFE}
	for _, r := range text {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for _, c := range []struct{ name, text, note string }{
		{"UTF-8", text, ""},
		{"UTF-16LE", string(utf16), "observations.csv was read as UTF-16LE"},
		{"GB18030", strings.Replace(text, "天桥区的网格", "\xcc\xec\xc7\xc5\xc7\xf8\xb5\xc4\xcd\xf8\xb8\xf1", 1), "observations.csv was read as GB18030"},
	} {
		engine := &memory{}
		fsys := mini(t, map[string]string{"observations.csv": c.text}).(fstest.MapFS)
		fsys[PackageFile] = &fstest.MapFile{Data: []byte(describeMini(t, strings.TrimSpace(observationsHeader)))}
		result, err := newLoader(engine).Load(t.Context(), Input{FS: fsys})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := strings.Join(result.Notes, "; "); got != c.note || engine.reports[0].Note != "天桥区的网格" {
			t.Errorf("%s: notes %q, read %q", c.name, got, engine.reports[0].Note)
		}
		var rejected *Rejected
		fsys["units.csv"] = &fstest.MapFile{Data: []byte("nothing\n")}
		if _, err := newLoader(&memory{}).Load(t.Context(), Input{FS: fsys}); !errors.As(err, &rejected) || strings.Join(rejected.Notes, "; ") != c.note {
			t.Errorf("%s: rejected with %v", c.name, err)
		}
	}
}
