package race

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
)

// wire is one kept connection to an HTTP server. It writes requests that are ready as bytes and reads answers into one buffer:
// what is measured is the server and not a client, of which net/http's would take a large part of two processors.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte // of the last answer
	tag  string // its ETag
}

func dial(ctx context.Context, address string) (*wire, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &wire{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

func (w *wire) close() { _ = w.conn.Close() } // everything that was sent has been answered

// roundTrip sends a request and reads the answer, and returns its status.
func (w *wire) roundTrip(request []byte) (status int, err error) {
	if _, err := w.conn.Write(request); err != nil {
		return 0, err
	}
	line, err := w.line()
	if err != nil {
		return 0, err
	}
	if len(line) < len("HTTP/1.1 200") {
		return 0, fmt.Errorf("status line %q", line)
	}
	status, err = strconv.Atoi(string(line[9:12]))
	if err != nil {
		return 0, fmt.Errorf("status line %q", line)
	}
	length, chunked, err := w.header()
	if err != nil {
		return status, err
	}
	w.body = w.body[:0]
	switch {
	case chunked:
		return status, w.chunks()
	case length > 0:
		return status, w.read(length)
	}
	return status, nil
}

// line reads a line without its end; it is valid until the next read.
func (w *wire) line() ([]byte, error) {
	line, err := w.in.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

var (
	contentLength    = []byte("Content-Length")
	transferEncoding = []byte("Transfer-Encoding")
	entityTag        = []byte("Etag")
)

func (w *wire) header() (length int, chunked bool, err error) {
	for {
		line, err := w.line()
		if err != nil || len(line) == 0 {
			return length, chunked, err
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, contentLength):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, false, err
			}
		case bytes.EqualFold(name, transferEncoding):
			chunked = true
		case bytes.EqualFold(name, entityTag) && w.tag != string(value):
			w.tag = string(value)
		}
	}
}

func (w *wire) read(n int) error {
	from := len(w.body)
	if cap(w.body) < from+n {
		w.body = append(make([]byte, 0, 2*(from+n)), w.body...)
	}
	w.body = w.body[:from+n]
	_, err := io.ReadFull(w.in, w.body[from:])
	return err
}

func (w *wire) chunks() error {
	for {
		line, err := w.line()
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(line), 16, 32)
		if err != nil {
			return err
		}
		if err := w.read(int(n)); err != nil {
			return err
		}
		if line, err = w.line(); err != nil || len(line) > 0 {
			return errors.Join(err, errorIf(len(line) > 0, "a chunk that does not end"))
		}
		if n == 0 {
			return nil
		}
	}
}

func errorIf(wrong bool, text string) error {
	if wrong {
		return errors.New(text)
	}
	return nil
}

// httpRequest writes a request with a JSON body, or a GET without one.
func httpRequest(host, path string, body []byte, header ...string) []byte {
	var b bytes.Buffer
	method := "POST"
	if body == nil {
		method = "GET"
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, host)
	for i := 0; i+1 < len(header); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", header[i], header[i+1])
	}
	if body != nil {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}
