package main

import (
	"fmt"
	"io"
	"os"

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

// meter shows a load's progress: a bar on a terminal, a line for each stage elsewhere.
type meter struct {
	out   io.Writer
	bar   *progressbar.ProgressBar // nil off a terminal
	stage loader.Stage
}

func newMeter(out io.Writer, quiet bool) *meter {
	if quiet {
		return &meter{out: io.Discard}
	}
	m := &meter{out: out}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		m.bar = progressbar.NewOptions64(0,
			progressbar.OptionSetWriter(out),
			progressbar.OptionShowBytes(true),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionSetWidth(30),
			progressbar.OptionClearOnFinish(),
		)
	}
	return m
}

// show is called by the loader.
func (m *meter) show(p loader.Progress) {
	entered := p.Stage != m.stage
	m.stage = p.Stage
	switch {
	case m.bar != nil:
		m.bar.ChangeMax64(max(p.Total, 1))
		m.bar.Describe(fmt.Sprintf("%-22s %d rows", stageWords[p.Stage], p.Rows))
		// A full bar is a finished one, and staging is still to come.
		_ = m.bar.Set64(min(p.Bytes, max(p.Total-1, 0)))
	case entered && p.Rows > 0:
		fmt.Fprintf(m.out, "%s (%d rows read)\n", stageWords[p.Stage], p.Rows)
	case entered:
		fmt.Fprintln(m.out, stageWords[p.Stage])
	}
}

// end takes the bar off the terminal.
func (m *meter) end() {
	if m.bar != nil {
		_ = m.bar.Clear()
	}
}
