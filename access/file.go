package access

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// entry is a line of the token file.
type entry struct {
	Name       string     `json:"name"`
	SHA256     string     `json:"sha256"`
	Role       string     `json:"role"`
	Regions    []string   `json:"regions,omitempty"`
	Indicators []string   `json:"indicators,omitempty"`
	Created    time.Time  `json:"created"`
	Expires    *time.Time `json:"expires,omitempty"`
	Revoked    *time.Time `json:"revoked,omitempty"`
}

// FileError says what is wrong with the token file and where.
type FileError struct {
	Path string
	Line int // from 1; 0 where the file as a whole is wrong
	Err  error
}

// Error names file and line.
func (e *FileError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("token file %s: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("token file %s line %d: %v", e.Path, e.Line, e.Err)
}

func (e *FileError) Unwrap() error { return e.Err }

// maxFile bounds the token file in bytes: some ten thousand tokens.
const maxFile = 8 << 20

// ReadFile reads a token file: one JSON object per line. Blank lines are skipped. A file that does not exist has no
// tokens. The error is a *FileError.
func ReadFile(path string) ([]Grant, error) {
	text, err := readBytes(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parse(path, text)
}

func readBytes(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, &FileError{Path: path, Err: err}
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, &FileError{Path: path, Err: err}
	case !info.Mode().IsRegular():
		return nil, &FileError{Path: path, Err: errors.New("it is not a regular file")}
	case info.Mode().Perm()&0o022 != 0:
		return nil, &FileError{Path: path, Err: errors.New("others may write to it, and so make tokens: chmod go-w")}
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("it is larger than %d bytes", maxFile)
	}
	if err != nil {
		return nil, &FileError{Path: path, Err: err}
	}
	return text, nil
}

func parse(path string, text []byte) ([]Grant, error) {
	var grants []Grant
	names := make(map[string]int)
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, maxFile+1)
	for number := 1; lines.Scan(); number++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		grant, err := parseEntry(lines.Bytes())
		if before, taken := names[grant.Name]; err == nil && taken {
			err = fmt.Errorf("the name %q is on line %d already", grant.Name, before)
		}
		if err != nil {
			return nil, &FileError{path, number, err}
		}
		names[grant.Name] = number
		grants = append(grants, grant)
	}
	if err := lines.Err(); err != nil {
		return nil, &FileError{Path: path, Err: err}
	}
	return grants, nil
}

// parseEntry reads one line. What it does not know it refuses: a misspelt "expires" must not make a token that never does.
func parseEntry(line []byte) (Grant, error) {
	var e entry
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&e); err != nil {
		return Grant{}, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Grant{}, errors.New("there is text after the object")
	}
	if err := CheckName(e.Name); err != nil {
		return Grant{}, err
	}
	role, err := ParseRole(e.Role)
	if err != nil {
		return Grant{}, err
	}
	grant := Grant{Principal: Principal{e.Name, role, Scope{e.Regions, e.Indicators}}, Created: e.Created}
	if n, err := hex.Decode(grant.Hash[:], []byte(limit(e.SHA256, 2*len(grant.Hash)))); err != nil || n != len(grant.Hash) || len(e.SHA256) != 2*n {
		return Grant{}, errors.New("sha256 is not the hexadecimal form of a SHA-256 hash")
	}
	if err := checkScope(grant.Scope); err != nil {
		return Grant{}, err
	}
	if e.Expires != nil {
		grant.Expires = *e.Expires
	}
	if e.Revoked != nil {
		grant.Revoked = *e.Revoked
	}
	if e.Expires != nil && e.Expires.IsZero() || e.Revoked != nil && e.Revoked.IsZero() {
		return Grant{}, errors.New("the year 1 is no time of expiry or revocation")
	}
	return grant, nil
}

func limit(text string, most int) string { return text[:min(most, len(text))] }

// checkScope refuses lists that are there and name nothing: whoever wrote them did not mean everything.
func checkScope(s Scope) error {
	for _, list := range []struct {
		name  string
		codes []string
	}{{"regions", s.Regions}, {"indicators", s.Indicators}} {
		if list.codes != nil && len(list.codes) == 0 {
			return fmt.Errorf("%s is an empty list: leave it out to allow all", list.name)
		}
		for _, code := range list.codes {
			if strings.TrimSpace(code) == "" {
				return fmt.Errorf("%s has an empty code", list.name)
			}
		}
	}
	return nil
}

// longestName is the length in bytes of the longest name of a principal.
const longestName = 200

// CheckName refuses names that would be unclear in a log.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("the name is empty")
	case len(name) > longestName:
		return fmt.Errorf("the name is longer than %d bytes", longestName)
	}
	for _, r := range name {
		if r <= ' ' || r == 0x7f || r > 0x7e && r < 0xa1 || r == '�' {
			return errors.New("a name has no spaces and no control characters")
		}
	}
	return nil
}

// Change rewrites a token file under a lock: change is given its grants and returns the new ones. The file is replaced in
// one step and readable by its owner alone.
func Change(path string, change func([]Grant) ([]Grant, error)) error {
	lock := flock.New(path + ".lock")
	if err := lock.Lock(); err != nil {
		return &FileError{Path: path, Err: err}
	}
	defer func() { _ = lock.Unlock() }() // the process ends the lock with itself, too
	grants, err := ReadFile(path)
	if err != nil {
		return err
	}
	if grants, err = change(grants); err != nil {
		return err
	}
	var text []byte
	for i := range grants {
		line, err := encodeEntry(&grants[i])
		if err != nil {
			return &FileError{Path: path, Err: err}
		}
		text = append(text, line...)
	}
	if err := replace(path, text); err != nil {
		return &FileError{Path: path, Err: err}
	}
	return nil
}

// encodeEntry is a grant's line.
func encodeEntry(g *Grant) ([]byte, error) {
	e := entry{
		Name: g.Name, SHA256: g.Hash.String(), Role: g.Role.String(), Regions: g.Scope.Regions, Indicators: g.Scope.Indicators,
		Created: g.Created,
	}
	if !g.Expires.IsZero() {
		e.Expires = &g.Expires
	}
	if !g.Revoked.IsZero() {
		e.Revoked = &g.Revoked
	}
	line, err := json.Marshal(e)
	return append(line, '\n'), err
}

// replace writes a file beside and renames it. Temporary files are made for their owner alone.
func replace(path string, text []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".tokens-*")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
