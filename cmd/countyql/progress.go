package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/countyql/countyql/loader"
)

// stageWords says what a stage does.
var stageWords = map[loader.Stage]string{
	loader.StageRead:     "reading the catalogue",
	loader.StageValidate: "validating the figures",
	loader.StageStage:    "staging",
	loader.StageCheck:    "checking",
	loader.StagePublish:  "publishing",
}

// barWidth leaves a line of 80 columns room for rows, rate, time left and share.
const barWidth = 16

// refresh is how often the terminal is written to at most.
const refresh = 100 * time.Millisecond

// meter shows a load's progress: on a terminal a bar while the input is read and the time that each later stage takes,
// elsewhere a line for each stage.
type meter struct {
	out      io.Writer
	terminal bool
	now      func() time.Time
	pause    time.Duration            // between two drawings at least
	bar      *progressbar.ProgressBar // nil off a terminal
	stage    loader.Stage
	started  time.Time // of the stage
	rows     int64     // read before the stage
	bytes    int64
}

func newMeter(out io.Writer, quiet bool) *meter {
	if quiet {
		return &meter{out: io.Discard}
	}
	file, ok := out.(*os.File)
	return &meter{out: out, terminal: ok && term.IsTerminal(int(file.Fd())), now: time.Now, pause: refresh}
}

// show is called by the loader.
func (m *meter) show(p loader.Progress) {
	entered := p.Stage != m.stage
	m.stage = p.Stage
	switch {
	case m.terminal:
		if entered {
			m.enter(p)
		}
		m.draw(p)
	case entered && p.Rows > 0:
		fmt.Fprintf(m.out, "%s (%d rows read)\n", stageWords[p.Stage], p.Rows)
	case entered:
		fmt.Fprintln(m.out, stageWords[p.Stage])
	}
}

// enter begins the display of a stage: a bar where the share that is done is known, a spinner elsewhere.
func (m *meter) enter(p loader.Progress) {
	m.end()
	m.started, m.rows, m.bytes = m.now(), p.Rows, p.Bytes
	options := []progressbar.Option{
		progressbar.OptionSetWriter(m.out),
		progressbar.OptionSetWidth(barWidth),
		progressbar.OptionThrottle(m.pause),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(false),
	}
	if measured(p.Stage) {
		options = append(options, progressbar.OptionSetElapsedTime(false))
		m.bar = progressbar.NewOptions64(max(p.Total, 1), options...)
		return
	}
	m.bar = progressbar.NewOptions64(-1, append(options, progressbar.OptionSetElapsedTime(true))...)
}

// measured reports whether a stage reads the input, so that the share read says how far it has come.
func measured(stage loader.Stage) bool {
	return stage == loader.StageRead || stage == loader.StageValidate
}

func (m *meter) draw(p loader.Progress) {
	if !measured(p.Stage) {
		m.bar.Describe(fmt.Sprintf("%s %s rows", stageWords[p.Stage], thousands(p.Rows)))
		return
	}
	verb, _, _ := strings.Cut(stageWords[p.Stage], " ")
	rate, left := m.pace(p)
	m.bar.Describe(fmt.Sprintf("%-10s %11s rows %9s/s %7s left", verb, thousands(p.Rows), thousands(rate), left))
	// A full bar is a finished one, and the stage is not over before the next begins.
	_ = m.bar.Set64(min(p.Bytes, max(p.Total-1, 0)))
}

// pace is the rows a second of the stage so far, and the time that the rest of the input takes at this pace.
func (m *meter) pace(p loader.Progress) (rate int64, left time.Duration) {
	elapsed := m.now().Sub(m.started)
	if elapsed <= 0 || p.Bytes <= m.bytes {
		return 0, 0
	}
	rate = int64(float64(p.Rows-m.rows) / elapsed.Seconds())
	rest := float64(max(p.Total-p.Bytes, 0)) / float64(p.Bytes-m.bytes)
	return rate, time.Duration(rest * float64(elapsed)).Round(time.Second)
}

// end takes the display off the terminal.
func (m *meter) end() {
	if m.bar != nil {
		_ = m.bar.Finish()
		m.bar = nil
	}
}

// thousands writes a number with separators.
func thousands(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
