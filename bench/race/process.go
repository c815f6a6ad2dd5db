package race

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process is a server in a process of its own.
type Process struct {
	Address string        // host and port
	Ready   time.Duration // from its start until it said that it is ready

	cmd *exec.Cmd
}

// startTimeout bounds how long a server may take to be ready.
const startTimeout = 5 * time.Minute

// Start runs a program that prints the address it listens on, as http://HOST:PORT/, and waits until the path below it answers 200.
func Start(ctx context.Context, ready, program string, args ...string) (*Process, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	p := &Process{cmd: exec.CommandContext(context.WithoutCancel(ctx), program, args...)}
	complaints := &tail{}
	p.cmd.Stderr = complaints
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if p.Address, err = readAddress(stdout); err == nil {
		err = p.awaitReady(ctx, "http://"+p.Address+ready)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s %s: %w: %s", program, strings.Join(args, " "), err, complaints), p.stop())
	}
	p.Ready = time.Since(began)
	return p, nil
}

// readAddress finds the first URL in what a server prints and lets it print on.
func readAddress(stdout io.Reader) (string, error) {
	in := bufio.NewReader(stdout)
	for {
		line, err := in.ReadString('\n')
		if at := strings.Index(line, "http://"); at >= 0 {
			u, err := url.Parse(strings.TrimSpace(line[at:]))
			if err != nil {
				return "", err
			}
			go func() { _, _ = io.Copy(io.Discard, in) }() // until the process ends
			return u.Host, nil
		}
		if err != nil {
			return "", fmt.Errorf("it did not say where it listens: %w", err)
		}
	}
}

func (p *Process) awaitReady(ctx context.Context, address string) error {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		if answer, err := http.DefaultClient.Do(r); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

// Stop ends the process and waits for its end.
func (p *Process) Stop() { _ = p.stop() } // a process that has ended by itself has failed its clients before

func (p *Process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	_ = p.cmd.Wait() // ended by a signal, which is no failure
	return nil
}

// Peak is the most memory that was resident, in bytes; 0 where the system does not tell.
func (p *Process) Peak() int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kib << 10
		}
	}
	return 0
}

// spent is the processor time that the process has taken; 0 where the system does not tell.
func (p *Process) spent() time.Duration {
	if p.cmd == nil {
		return 0
	}
	return Spent(p.cmd.Process.Pid)
}

// Spent is the processor time that a process has taken; 0 where the system does not tell.
func Spent(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// After the program's name in brackets come its state and ten more fields, then the ticks as a user and as the system.
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	const user, system, tick = 11, 12, 10 * time.Millisecond
	if len(fields) <= system {
		return 0
	}
	var ticks int64
	for _, field := range []string{fields[user], fields[system]} {
		n, _ := strconv.ParseInt(field, 10, 64) // the kernel writes numbers
		ticks += n
	}
	return time.Duration(ticks) * tick
}

// Metric reads a metric of the server without labels; ok is false where it has none of the name.
func (p *Process) Metric(ctx context.Context, name string) (value float64, ok bool) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.Address+"/metrics", nil)
	if err != nil {
		return 0, false
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, false
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if rest, found := strings.CutPrefix(lines.Text(), name+" "); found {
			value, err := strconv.ParseFloat(rest, 64)
			return value, err == nil
		}
	}
	return 0, false
}

// tail keeps the last of what is written.
type tail struct{ text []byte }

const tailBytes = 2000

func (t *tail) Write(p []byte) (int, error) {
	last := p[max(0, len(p)-tailBytes):]
	before := t.text[min(len(t.text), max(0, len(t.text)+len(last)-tailBytes)):]
	t.text = append(append(t.text[:0], before...), last...) // in its place: a log may have megabytes a second
	return len(p), nil
}

func (t *tail) String() string { return string(t.text) }
