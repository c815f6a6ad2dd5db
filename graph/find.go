package graph

import (
	"encoding/json"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/indicator"
)

// parameters are those of a request: the specification's, and the identifier of a document.
type parameters struct {
	graphql.RawParams

	id string
}

// documents finds the document that a request means: the one it has in it, the one that it names on the list, or the one
// whose hash it has. Where there is a list, there are no others.
type documents struct {
	checker    *document.Checker
	list       *document.List // nil: every document is answered
	remembered *document.Remembered
}

func newDocuments(checker *document.Checker, list *document.List) *documents {
	return &documents{checker, list, document.NewRemembered(0)}
}

// find sets the document's text. It stays empty for requests that mean none.
func (d *documents) find(p *parameters) gqlerror.List {
	hash, err := persistedHash(p.Extensions)
	if err != nil {
		return wrapped(err)
	}
	if hash != "" && p.Query != "" && document.Hash(p.Query) != hash {
		err := missing("sha256Hash is not the hash of query", "send the SHA-256 of the text of query, in hexadecimal digits")
		return wrapped(err.At("extensions", "persistedQuery", "sha256Hash"))
	}
	switch {
	case d.list != nil:
		return d.listed(p, hash)
	case hash == "":
		return nil
	case p.Query == "":
		text, found := d.remembered.Find(hash)
		if !found {
			return wrapped(indicator.Errorf(indicator.PersistedQueryNotFound, "PersistedQueryNotFound")) // the words that clients look for
		}
		p.Query = text
		return nil
	}
	if _, errs := d.checker.Check(p.Query); len(errs) > 0 {
		return errs
	}
	d.remembered.Keep(hash, p.Query)
	return nil
}

// listed finds a document on the list.
func (d *documents) listed(p *parameters, hash string) gqlerror.List {
	for _, id := range []string{p.id, hash} {
		if id == "" {
			continue
		}
		text, found := d.list.Find(id)
		switch {
		case !found:
			return wrapped(unlisted())
		case p.Query == "":
			p.Query = text
		case strings.TrimSpace(p.Query) != text:
			return wrapped(missing("the request names several documents", "send one of id, query and extensions.persistedQuery"))
		}
	}
	if p.Query != "" && !d.allows(p.Query) {
		return wrapped(unlisted())
	}
	return nil
}

// allows reports whether a text may be answered.
func (d *documents) allows(text string) bool { return d.list == nil || d.list.Has(text) }

func unlisted() *indicator.Error {
	err := indicator.Errorf(indicator.Forbidden, "this server answers the documents of its list only")
	err.Hint = "ask whoever runs it which there are, and send the id of one"
	return err
}

// persistedHash is the hash of the document in the extension persistedQuery, as automatic persisted queries have it; empty
// without one.
func persistedHash(extensions map[string]any) (string, *indicator.Error) {
	given := extensions["persistedQuery"]
	if given == nil {
		return "", nil
	}
	persisted, _ := given.(map[string]any)
	version, _ := persisted["version"].(json.Number)
	hash, _ := persisted["sha256Hash"].(string)
	if version != "1" || !document.IsHash(hash) {
		err := missing("persistedQuery is not what it should be", `send {"version": 1, "sha256Hash": "…"} with the 64 hexadecimal digits of a SHA-256, in small letters`)
		return "", err.At("extensions", "persistedQuery")
	}
	return hash, nil
}
