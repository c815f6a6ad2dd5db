package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// server is a server in a process of its own.
type server struct {
	cmd     *exec.Cmd
	address string // host and port
}

// startServer starts a server that prints its address, HOST:PORT, once it answers.
func startServer(ctx context.Context, program string, args ...string) (*server, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = os.Stderr
	cmd.Env = append(os.Environ(), "NODE_ENV=production", "GRAPHILE_ENV=production")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd}
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		return nil, errors.Join(fmt.Errorf("%s %s did not say where it listens", program, strings.Join(args, " ")), cmd.Wait())
	}
	s.address = lines.Text()
	return s, nil
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	_ = s.cmd.Wait()                          // by the signal
}
