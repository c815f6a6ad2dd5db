package document

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/countyql/countyql/indicator"
)

// extension ends the names of files that are documents.
const extension = ".graphql"

// List is the documents that a server answers where it answers no others. It does not change.
type List struct {
	byID       map[string]string // texts by name and by hash
	size       int
	operations map[string]bool // by name
}

// ListError says why the documents of a directory cannot be served.
type ListError struct {
	Dir string
	// Problems have a line each: file, line, column and what is wrong.
	Problems []string
}

// Error is one line, or one more for each problem.
func (e *ListError) Error() string {
	if len(e.Problems) == 0 {
		return e.Dir + " holds no document (put each into a file of its own that ends in " + extension + ")"
	}
	return "documents of " + e.Dir + " cannot be served:\n" + strings.Join(e.Problems, "\n")
}

// Hash is the SHA-256 of a text in hexadecimal digits.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// ReadList reads the files of a directory that end in .graphql and checks every one. The error is a *ListError where they can be read
// and one of them cannot be served.
func ReadList(dir string, checker *Checker) (*List, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	list, refused := &List{byID: make(map[string]string), operations: make(map[string]bool)}, &ListError{Dir: dir}
	for _, entry := range entries {
		name, is := strings.CutSuffix(entry.Name(), extension)
		if !is || name == "" {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		read, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		text := strings.TrimPrefix(string(read), "\ufeff")
		if problems := list.add(name, text, checker); len(problems) > 0 {
			for _, problem := range problems {
				refused.Problems = append(refused.Problems, path+":"+problem)
			}
		}
	}
	if len(refused.Problems) > 0 || list.size == 0 {
		return nil, refused
	}
	return list, nil
}

// add takes up a document, or says what is wrong with it and where.
func (l *List) add(name, text string, checker *Checker) (problems []string) {
	plain := strings.TrimSpace(text)
	hashes := []string{Hash(text), Hash(plain)}
	switch {
	case !utf8.ValidString(text):
		return []string{" the file is not UTF-8 (encode it as UTF-8)"}
	case IsHash(name) && !slices.Contains(hashes, name):
		return []string{" the file is named by a hash that is not its text's (name it " + hashes[1] + ", or otherwise)"}
	}
	checked, errs := checker.Check(text)
	for _, err := range errs {
		problems = append(problems, place(err))
	}
	if len(problems) > 0 {
		return problems
	}
	l.size++
	for _, operation := range checked.Operations {
		if operation.Name != "" {
			l.operations[operation.Name] = true
		}
	}
	for _, id := range append(hashes, name) {
		l.byID[id] = plain
	}
	return nil
}

// IsHash reports whether a text has the form of what Hash returns.
func IsHash(text string) bool {
	sum, err := hex.DecodeString(text)
	return err == nil && len(sum) == sha256.Size && strings.ToLower(text) == text
}

// place is an error behind its line and column, if it has one.
func place(err *gqlerror.Error) string {
	message := err.Message
	var typed *indicator.Error
	if errors.As(err, &typed) {
		message = typed.Error()
	}
	if len(err.Locations) == 0 {
		return " " + message
	}
	return fmt.Sprintf("%s: %s", err.Locations[0], message)
}

// Find is the text, without white space around it, of the document with an identifier: the name of its file without the ending, or the hash of its text, with or
// without the white space around it.
func (l *List) Find(id string) (text string, found bool) {
	text, found = l.byID[id]
	return text, found
}

// Has reports whether a text is that of a document of the list, white space around it aside.
func (l *List) Has(text string) bool {
	_, found := l.byID[Hash(strings.TrimSpace(text))]
	return found
}

// Operations are the names of the documents' operations, each once and sorted.
func (l *List) Operations() []string { return slices.Sorted(maps.Keys(l.operations)) }

// Size is how many documents there are.
func (l *List) Size() int { return l.size }
