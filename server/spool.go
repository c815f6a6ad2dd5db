package server

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gofrs/flock"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/loader"
	"github.com/countyql/countyql/loader/tabular"
)

// spool keeps what is being uploaded. Each server has a directory of its own and a lock on it, so that the next one can tell
// what a server that was killed has left.
type spool struct {
	dir  string
	lock *flock.Flock
	free func(dir string) (bytes uint64, known bool)
}

// spoolReserve is the disk space that uploads leave: the store beside them has to go on.
const spoolReserve = 256 << 20

const spoolPrefix = "spool-"

// openSpool makes a spool below a directory, which it makes too, and removes those of servers that are no more.
func openSpool(parent string) (*spool, error) {
	const private = 0o700
	if err := os.MkdirAll(parent, private); err != nil {
		return nil, err
	}
	old, err := filepath.Glob(filepath.Join(parent, spoolPrefix+"*"))
	if err != nil {
		return nil, err
	}
	for _, dir := range old {
		lock := flock.New(filepath.Join(dir, "LOCK"))
		if taken, err := lock.TryLock(); err == nil && taken {
			_ = errors.Join(os.RemoveAll(dir), lock.Unlock()) // what is left is found again by the next server
		}
	}
	dir, err := os.MkdirTemp(parent, spoolPrefix)
	if err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(dir, "LOCK"))
	if err := lock.Lock(); err != nil {
		return nil, err
	}
	return &spool{dir, lock, freeSpace}, nil
}

func (s *spool) close() error { return errors.Join(os.RemoveAll(s.dir), s.lock.Unlock()) }

// upload is what a request has brought.
type upload struct {
	dir     string
	files   []uploadedFile
	mapping []byte // nil if there is none
	hash    string // of names and contents
}

type uploadedFile struct {
	name, path string
	size       int64
	sha256     string
}

func (u *upload) remove() { os.RemoveAll(u.dir) }

// input is the upload as the loader reads it.
func (u *upload) input(principal string) (loader.Input, error) {
	input := loader.Input{Name: "upload by " + principal}
	for _, f := range u.files {
		input.Files = append(input.Files, loader.InputFile{
			Name: f.name, Size: f.size, Open: func() (io.ReadCloser, error) { return os.Open(f.path) },
		})
	}
	if u.mapping == nil {
		return input, nil
	}
	var err error
	input.Mapping, err = loader.ParseMapping(mappingPart, u.mapping)
	return input, err
}

// sameFiles reports whether a load has read exactly this upload.
func (u *upload) sameFiles(loaded []indicator.LoadedFile) bool {
	sums := make(map[string]string, len(u.files)+1)
	for _, f := range u.files {
		sums[f.name] = f.sha256
	}
	if u.mapping != nil {
		sum := sha256.Sum256(u.mapping)
		sums[mappingPart] = hex.EncodeToString(sum[:])
	}
	return len(loaded) == len(sums) && !slices.ContainsFunc(loaded, func(f indicator.LoadedFile) bool { return sums[f.Name] != f.SHA256 })
}

// The names of a form's parts: the tables, and what says how to read them.
const (
	filePart    = "file"
	mappingPart = "mapping"
)

// mediaEndings are the names' endings for the media types of tables. A form that any page of the web may send is not among them.
var mediaEndings = map[string]string{
	"text/csv": ".csv", "text/tab-separated-values": ".tsv", "application/json": ".json", "application/x-ndjson": ".ndjson",
	"application/jsonl": ".ndjson", "application/vnd.apache.parquet": ".parquet", "text/x-pc-axis": ".px",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}

// receive takes a request's body: a table, or a form of several in its parts named file. All together have at most so many bytes, and
// something arrives of them before each stall.
func (s *spool) receive(w http.ResponseWriter, r *http.Request, most int64, stall time.Duration) (*upload, error) {
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return nil, unsupported("the body has Content-Encoding "+encoding, "send the compressed file as it is and name it so: ?name=figures.csv.gz")
	}
	if r.ContentLength > most {
		return nil, tooLarge(most, r.ContentLength)
	}
	if free, known := s.free(s.dir); known && free < uint64(max(0, r.ContentLength))+spoolReserve { //nolint:gosec // not negative
		return nil, noRoom()
	}
	dir, err := os.MkdirTemp(s.dir, "upload-")
	if err != nil {
		return nil, err
	}
	u := &upload{dir: dir}
	connection := http.NewResponseController(w)
	body := &patient{http.MaxBytesReader(w, r.Body, most), connection, stall}
	media, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Header.Get("Content-Type") != "" && err != nil:
		err = unsupported("the Content-Type is malformed", "send text/csv, or another type of table")
	case media == "multipart/form-data":
		err = u.receiveParts(multipart.NewReader(body, parameters["boundary"]))
	default:
		err = u.receiveOne(body, media, r.URL.Query().Get("name"))
	}
	var over *http.MaxBytesError
	if err == nil {
		_, err = io.Copy(io.Discard, body)          // what stands behind a form; only at its end is it noticed that the client leaves
		_ = connection.SetReadDeadline(time.Time{}) // from here on nothing is to be read but the end of the connection
	}
	switch {
	case errors.As(err, &over):
		err = tooLarge(most, max(r.ContentLength, most+1))
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = &statusError{http.StatusRequestTimeout, indicator.Errorf(indicator.Timeout, "nothing arrived of the upload for %s", stall)}
	}
	if err != nil {
		u.remove()
		return nil, noRoomLeft(err)
	}
	u.hash = u.fingerprint()
	return u, nil
}

func unsupported(message, hint string) error {
	err := indicator.Errorf(indicator.InvalidInput, "%s", message)
	err.Hint = hint
	return &statusError{http.StatusUnsupportedMediaType, err}
}

// noRoom refuses an upload for which the disk has no space.
func noRoom() error {
	err := indicator.Errorf(indicator.Overloaded, "the server's disk has no room for the upload")
	err.Hint = "ask whoever runs this server to make some: countyql snapshots prune"
	err.LimitName = "disk"
	return &statusError{http.StatusInsufficientStorage, err}
}

// noRoomLeft is noRoom for an error that says so, and any other as it is.
func noRoomLeft(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return noRoom()
	}
	return err
}

func tooLarge(limit, estimate int64) error {
	err := indicator.Errorf(indicator.TooLarge, "the upload has more than %d bytes", limit)
	err.Hint = "compress it, or upload it in parts"
	err.LimitName, err.Limit, err.Estimate = "upload", limit, estimate
	return &statusError{http.StatusRequestEntityTooLarge, err}
}

func badRequest(message, hint string) error {
	err := indicator.Errorf(indicator.InvalidInput, "%s", message)
	err.Hint = hint
	return &statusError{http.StatusBadRequest, err}
}

// receiveOne takes a body that is a table itself, named by the address or else by its media type.
func (u *upload) receiveOne(body io.Reader, media, name string) error {
	ending, known := mediaEndings[media]
	if !known && media != "" && media != "application/octet-stream" && media != "application/gzip" && media != "application/zstd" {
		return unsupported("a body of type "+media+" is not taken", "send text/csv, or another type of table; curl sends a form unless told otherwise: -H 'Content-Type: text/csv'")
	}
	if name == "" && !known {
		return unsupported("it is not said what the body is", "name it, ?name=figures.csv.gz, or send its Content-Type")
	}
	if name == "" {
		name = "upload" + ending
	}
	return u.add(name, body)
}

// receiveParts takes the parts of a form.
func (u *upload) receiveParts(form *multipart.Reader) error {
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return malformedBody(err)
		}
		switch part.FormName() {
		case filePart:
			err = u.add(part.FileName(), part)
		case mappingPart:
			err = u.addMapping(part)
		default:
			err = badRequest(fmt.Sprintf("a part of the form is named %q", quotable(part.FormName())), "name the parts file, and one mapping where there is a mapping file")
		}
		if err != nil {
			return err
		}
	}
	if len(u.files) == 0 {
		return badRequest("the form has no file", "curl -F file=@figures.csv")
	}
	return nil
}

// addMapping takes the mapping file. One that is too long for a mapping is left to the loader to refuse.
func (u *upload) addMapping(content io.Reader) error {
	if u.mapping != nil {
		return badRequest("the form has two mappings", "one says how all files are read")
	}
	text, err := io.ReadAll(io.LimitReader(content, loader.MaxMappingBytes+1))
	if err != nil {
		return malformedBody(err)
	}
	u.mapping = text
	return nil
}

// malformedBody tells a body that is too large or was cut from one that is malformed.
func malformedBody(err error) error {
	var over *http.MaxBytesError
	if errors.As(err, &over) || errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	return badRequest("the form cannot be read: it is malformed or was cut", "send it again")
}

// maxFiles bounds the files of one upload.
const maxFiles = 100

// add stores one file.
func (u *upload) add(name string, content io.Reader) error {
	if err := checkFileName(name); err != nil {
		return err
	}
	if slices.ContainsFunc(u.files, func(f uploadedFile) bool { return f.name == name }) {
		return badRequest(fmt.Sprintf("two files are named %q", name), "problems are told by file: give each a name of its own")
	}
	if len(u.files) == maxFiles {
		return badRequest(fmt.Sprintf("there are more than %d files", maxFiles), "upload them one after the other")
	}
	f := uploadedFile{name: name, path: filepath.Join(u.dir, strconv.Itoa(len(u.files)))}
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	hash := sha256.New()
	f.size, err = io.Copy(io.MultiWriter(file, hash), content)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return badRequest("the body was cut", "send it again")
	}
	if err != nil {
		return err
	}
	f.sha256 = hex.EncodeToString(hash.Sum(nil))
	u.files = append(u.files, f)
	return nil
}

// checkFileName refuses what names no file of tables: names are shown in reports and never opened.
func checkFileName(name string) error {
	const longest = 200
	bad := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`/\:`, r) }
	if name == "" || len(name) > longest || !utf8.ValidString(name) || strings.ContainsFunc(name, bad) {
		return badRequest("a file's name is empty, too long, or has characters such as a slash", "name it like figures.csv")
	}
	if _, format := tabular.SplitName(name); format == "" {
		return unsupported(fmt.Sprintf("%q has no ending of a format that is read", name), "CSV, TSV, JSON, NDJSON, Parquet, XLSX and PX are, also as .gz or .zst")
	}
	return nil
}

// fingerprint is equal for equal files of equal names.
func (u *upload) fingerprint() string {
	hash := sha256.New()
	for _, f := range u.files {
		fmt.Fprintf(hash, "%q %s\n", f.name, f.sha256)
	}
	if u.mapping != nil {
		fmt.Fprintf(hash, "mapping %q\n", u.mapping)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// patient reads a body for as long as something arrives of it: no upload is too long, but one may not stand still.
type patient struct {
	body       io.Reader
	connection *http.ResponseController
	stall      time.Duration
}

func (p *patient) Read(b []byte) (int, error) {
	// Where the connection has no deadlines, as in tests without one, there is nothing to put off.
	if err := p.connection.SetReadDeadline(time.Now().Add(p.stall)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return p.body.Read(b)
}
