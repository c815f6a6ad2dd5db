package query

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/countyql/countyql/indicator"
)

// PageRequest asks for one page of a list: at most First items behind the cursor After, empty for the first page.
type PageRequest struct {
	First int
	After string
}

// PageInfo says how a page lies in its list.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool

	cursor func(last bool) string // nil for a page without nodes
}

// StartCursor is the cursor of the page's first node; nil if there is none.
func (p *PageInfo) StartCursor() *string { return p.cursorOf(false) }

// EndCursor is the cursor of the page's last node; nil if there is none.
func (p *PageInfo) EndCursor() *string { return p.cursorOf(true) }

func (p *PageInfo) cursorOf(last bool) *string {
	if p.cursor == nil {
		return nil
	}
	cursor := p.cursor(last)
	return &cursor
}

// Page is one page of a list.
type Page[T any] struct {
	Nodes      []T
	PageInfo   PageInfo
	TotalCount int
	// Behind is how many items follow the page in a list that is all there; 0 of figures, which are counted only.
	Behind int

	cursor func(T) string
}

// Cursor is the cursor of a node, which names it in the list.
func (p *Page[T]) Cursor(node T) string { return p.cursor(node) }

func newPage[T any](nodes []T, cursor func(T) string, total int, previous, next bool) *Page[T] {
	page := &Page[T]{Nodes: nodes, TotalCount: total, cursor: cursor}
	page.PageInfo = PageInfo{HasNextPage: next, HasPreviousPage: previous}
	if len(nodes) > 0 {
		page.PageInfo.cursor = func(last bool) string {
			if last {
				return cursor(nodes[len(nodes)-1])
			}
			return cursor(nodes[0])
		}
	}
	return page
}

// checkFirst refuses page sizes below 0 and beyond the limit.
func checkFirst(first, limit int) error {
	switch {
	case first < 0:
		err := indicator.Errorf(indicator.InvalidInput, "first is %d", first)
		err.Hint = "ask for 0 or more"
		return err.At("first")
	case first > limit:
		return &indicator.Error{
			Code:      indicator.TooLarge,
			Message:   "the page is too large",
			Hint:      "ask for smaller pages and continue with after",
			LimitName: "page", Limit: int64(limit), Estimate: int64(first),
			Path: []string{"first"},
		}
	}
	return nil
}

// paginate cuts a page from a list of the catalogue. The identity of an item, unique in the list, is its cursor.
func paginate[T any](list []T, identity func(T) string, request PageRequest, limit int) (*Page[T], error) {
	return paginateRows(newWatch(context.Background()), list, identity, request, limit)
}

// paginateRows cuts a page from a list that was made of rows, unless the request ended meanwhile.
func paginateRows[T any](w *watch, list []T, identity func(T) string, request PageRequest, limit int) (*Page[T], error) {
	if err := checkFirst(request.First, limit); err != nil {
		return nil, err
	}
	start := 0
	if w.err != nil {
		return nil, w.err
	}
	if request.After != "" {
		after, err := decodeCursor(request.After)
		if err != nil {
			return nil, err
		}
		start = -1
		for i, item := range list {
			if err := w.step(); err != nil {
				return nil, err
			}
			if identity(item) == after {
				start = i + 1
				break
			}
		}
		if start < 0 {
			return nil, goneCursor()
		}
	}
	end := min(start+request.First, len(list))
	cursor := func(item T) string { return encodeCursor(identity(item)) }
	page := newPage(list[start:end], cursor, len(list), start > 0, end < len(list))
	page.Behind = len(list) - end
	return page, nil
}

// encodeCursor makes texts opaque. Cursors name items by their codes, so that they survive a refresh.
func encodeCursor(fields ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(fields, "\x1f")))
}

func decodeCursor(cursor string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return "", invalidCursor()
	}
	return string(raw), nil
}

func decodeCursorFields(cursor string, n int) ([]string, error) {
	text, err := decodeCursor(cursor)
	if err != nil {
		return nil, err
	}
	fields := strings.Split(text, "\x1f")
	if len(fields) != n {
		return nil, invalidCursor()
	}
	return fields, nil
}

func invalidCursor() error {
	err := indicator.Errorf(indicator.InvalidInput, "after is not a cursor of this list")
	err.Hint = "take it from pageInfo.endCursor or an edge"
	return err.At("after")
}

func goneCursor() error {
	err := indicator.Errorf(indicator.InvalidInput, "the item that the cursor names is no longer in the list")
	err.Hint = "start again without after"
	return err.At("after")
}
