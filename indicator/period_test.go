package indicator

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParsePeriod_Table(t *testing.T) {
	tests := []struct {
		text       string
		start, end string
		days       int
		grain      Grain
		printed    string // empty where it is the text itself
	}{
		{"2020", "2020-01-01", "2020-12-31", 366, Yearly, ""},
		{"2019", "2019-01-01", "2019-12-31", 365, Yearly, ""},
		{"1900", "1900-01-01", "1900-12-31", 365, Yearly, ""}, // no leap year: divisible by 100 but not by 400
		{"2000", "2000-01-01", "2000-12-31", 366, Yearly, ""},
		{"2020-Q1", "2020-01-01", "2020-03-31", 91, Quarterly, ""},
		{"2019-Q1", "2019-01-01", "2019-03-31", 90, Quarterly, ""},
		{"2020-Q4", "2020-10-01", "2020-12-31", 92, Quarterly, ""},
		{"2020-02", "2020-02-01", "2020-02-29", 29, Monthly, ""},
		{"2021-02", "2021-02-01", "2021-02-28", 28, Monthly, ""},
		{"2020-12", "2020-12-01", "2020-12-31", 31, Monthly, ""},
		{"2020-W01", "2019-12-30", "2020-01-05", 7, Weekly, ""}, // 4 January 2020 is a Saturday
		{"2020-W53", "2020-12-28", "2021-01-03", 7, Weekly, ""},
		{"2021-W52", "2021-12-27", "2022-01-02", 7, Weekly, ""},
		{"2020-02-29", "2020-02-29", "2020-02-29", 1, Daily, ""},
		{"1969-12-31", "1969-12-31", "1969-12-31", 1, Daily, ""},
		{"1949-10-01/1949-12-31", "1949-10-01", "1949-12-31", 92, Quarterly, "1949-Q4"},
		{"0618", "0618-01-01", "0618-12-31", 365, Yearly, ""},
		{"0001", "0001-01-01", "0001-12-31", 365, Yearly, ""}, // there is no year 0
		{"0476-09-04", "0476-09-04", "0476-09-04", 1, Daily, ""},
		{"9999-12", "9999-12-01", "9999-12-31", 31, Monthly, ""},
		{"2020-01-25/2020-03-02", "2020-01-25", "2020-03-02", 38, Irregular, ""},
		{"2020-02-18/2020-02-18", "2020-02-18", "2020-02-18", 1, Daily, "2020-02-18"},
		{"2020-02-03/2020-02-09", "2020-02-03", "2020-02-09", 7, Weekly, "2020-W06"},
		{"2020-02-04/2020-02-10", "2020-02-04", "2020-02-10", 7, Irregular, ""}, // seven days, but from Tuesday
		{"2020-02-01/2020-02-29", "2020-02-01", "2020-02-29", 29, Monthly, "2020-02"},
		{"2020-01-15/2020-02-14", "2020-01-15", "2020-02-14", 31, Irregular, ""},
		{"2019/2020", "2019-01-01", "2020-12-31", 731, Irregular, "2019-01-01/2020-12-31"},
		{"2019-Q4/2020-02", "2019-10-01", "2020-02-29", 152, Irregular, "2019-10-01/2020-02-29"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			p, err := ParsePeriod(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if p.Start.String() != tt.start || p.End.String() != tt.end {
				t.Errorf("span is %s to %s, want %s to %s", p.Start, p.End, tt.start, tt.end)
			}
			if p.Days() != tt.days {
				t.Errorf("%d days, want %d", p.Days(), tt.days)
			}
			if p.Grain() != tt.grain {
				t.Errorf("grain %s, want %s", p.Grain(), tt.grain)
			}
			want := tt.printed
			if want == "" {
				want = tt.text
			}
			if p.String() != want {
				t.Errorf("printed %s, want %s", p, want)
			}
		})
	}
}

func TestParsePeriod_Invalid(t *testing.T) {
	for _, text := range []string{
		"", "/", "2020/", "/2020", "2020//2021", "2020/2021/2022", "20", "202", "20200", "２０２０", "abcd", "-020", "+020", " 2020", "2020 ",
		"2020-Q0", "2020-Q5", "2020-q1", "2020-Q", "2020-Q11", "2020-13", "2020-00", "2020-1", "2020/2", "2020.02",
		"2020-W00", "2020-W54", "2021-W53", "2020-W5", "2020-w05", "2020-W-1", "2020W05",
		"2021-02-29", "2020-02-30", "2020-2-18", "2020-02-1", "2020-02-18T", "20200218", "2020-04-31",
		"2020-03-02/2020-01-25", "2021/2020", "2020-02/2020-01", "2020-01-01/2020-02-30",
	} {
		t.Run(text, func(t *testing.T) {
			p, err := ParsePeriod(text)
			if err == nil {
				t.Fatalf("read as %s", p)
			}
			wantInvalidInput(t, err)
		})
	}
}

// wantInvalidInput holds an error against the contract: its code, and a hint that says what to do.
func wantInvalidInput(t testing.TB, err error) {
	t.Helper()
	var typed *Error
	if !errors.As(err, &typed) {
		t.Fatalf("error %v is not an *Error", err)
	}
	if typed.Code != InvalidInput {
		t.Errorf("code %s, want %s", typed.Code, InvalidInput)
	}
	if typed.Message == "" || typed.Hint == "" {
		t.Errorf("message %q with hint %q: both are needed", typed.Message, typed.Hint)
	}
}

func TestParsePeriod_RoundTrip(t *testing.T) {
	first, last := DayOf(1, time.January, 1), DayOf(9996, time.December, 31) // whose periods have four-digit years from 1
	rapid.Check(t, func(t *rapid.T) {
		d := Day(rapid.Int32Range(int32(first), int32(last)).Draw(t, "day"))
		p := rapid.SampledFrom([]Grain{Daily, Weekly, Monthly, Quarterly, Yearly}).Draw(t, "grain").Containing(d)
		if rapid.Bool().Draw(t, "irregular") {
			p = Period{Start: d, End: d + Day(rapid.Int32Range(0, 800).Draw(t, "length"))}
		}
		q, err := ParsePeriod(p.String())
		if err != nil {
			t.Fatal(err)
		}
		if q != p {
			t.Fatalf("%s read back as %s", p, q)
		}
	})
}

func TestGrain_Containing(t *testing.T) {
	first, last := int32(DayOf(1, time.January, 1)), int32(DayOf(9998, time.December, 31))
	rapid.Check(t, func(t *rapid.T) {
		d := Day(rapid.Int32Range(first, last).Draw(t, "day"))
		g := rapid.SampledFrom([]Grain{Daily, Weekly, Monthly, Quarterly, Yearly}).Draw(t, "grain")
		p := g.Containing(d)
		if !p.Contains(DayPeriod(d)) {
			t.Fatalf("%s does not contain %s", p, d)
		}
		if p.Grain() != g {
			t.Fatalf("%s has grain %s, want %s", p, p.Grain(), g)
		}
		// Periods of a grain follow each other without a gap or an overlap.
		if next := g.Containing(p.End + 1); next.Start != p.End+1 || next.Overlaps(p) {
			t.Fatalf("%s is followed by %s", p, next)
		}
	})
}

func TestPeriod_ContainsOverlaps(t *testing.T) {
	tests := []struct {
		p, q               string
		contains, overlaps bool
	}{
		{"2020", "2020-Q1", true, true},
		{"2020-Q1", "2020", false, true},
		{"2020", "2020", true, true},
		{"2020-01", "2020-W05", false, true}, // 27 January to 2 February
		{"2020-01", "2020-02", false, false},
		{"2020-01-01/2020-01-31", "2020-01-31/2020-02-01", false, true},
	}
	for _, tt := range tests {
		p, q := mustPeriod(t, tt.p), mustPeriod(t, tt.q)
		if got := p.Contains(q); got != tt.contains {
			t.Errorf("%s contains %s: %t", p, q, got)
		}
		if got := p.Overlaps(q); got != tt.overlaps {
			t.Errorf("%s overlaps %s: %t", p, q, got)
		}
	}
}

func mustPeriod(t *testing.T, text string) Period {
	t.Helper()
	p, err := ParsePeriod(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The bounds of a selection in time are open at the ends of the day range, where the difference of two days overflows.
func TestPeriod_Unbounded(t *testing.T) {
	p := Period{Start: NoDay, End: Forever}
	if p.Grain() != Irregular {
		t.Errorf("grain %s", p.Grain())
	}
	if p.Days() != 1<<32 {
		t.Errorf("%d days, want all 2^32 of them", p.Days())
	}
	if !p.Contains(mustPeriod(t, "0001")) || !p.Contains(mustPeriod(t, "9999")) {
		t.Error("the unbounded period does not contain every year")
	}
}

func TestParseDay(t *testing.T) {
	tests := []struct {
		text string
		want Day
	}{
		{"1970-01-01", 0},
		{"1970-01-02", 1},
		{"1969-12-31", -1},
		{"2000-03-01", 11017}, // 30 years of 365 days, 7 leap days before 2000, then 31 + 29 days: 10950 + 7 + 60
		{"1900-03-01", -25508},
		{"", NoDay},
	}
	for _, tt := range tests {
		d, err := ParseDay(tt.text)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		if d != tt.want {
			t.Errorf("%q is day %d, want %d", tt.text, d, tt.want)
		}
		if d.String() != tt.text {
			t.Errorf("day %d is printed %q, want %q", d, d, tt.text)
		}
	}
	for _, text := range []string{"2020", "2020-02-30", "18.2.2020", "2020-02-18 ", "12020-01-01"} {
		if d, err := ParseDay(text); err == nil {
			t.Errorf("%q read as %s", text, d)
		} else {
			wantInvalidInput(t, err)
		}
	}
}

// An instant before 1970 belongs to the day it lies in, not to the one after.
func TestDayAt_BeforeEpoch(t *testing.T) {
	last := time.Date(1969, time.December, 31, 23, 59, 59, 0, time.UTC)
	if d := DayAt(last); d != -1 {
		t.Errorf("the last second of 1969 is on day %d", d)
	}
	beijing := time.FixedZone("UTC+8", 8*60*60)
	if d := DayAt(time.Date(2020, time.March, 1, 7, 0, 0, 0, beijing)); d != DayOf(2020, time.February, 29) {
		t.Errorf("7 o'clock in Beijing is on %s in UTC", d)
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, seed := range []string{
		"2020", "2020-Q1", "2020-02", "2020-W53", "2021-W53", "2020-02-18", "2020-01-25/2020-03-02", "0000-W52", "0000", "9999-W52", "2020/", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePeriod(text)
		if err != nil {
			wantInvalidInput(t, err)
			return
		}
		if p.End < p.Start {
			t.Fatalf("%q ends before it starts", text)
		}
		again, err := ParsePeriod(p.String())
		if err != nil {
			t.Fatalf("%q is printed as %q, which is not a period", text, p)
		}
		if again != p {
			t.Fatalf("%q is printed as %q, which is another period", text, p)
		}
	})
}
