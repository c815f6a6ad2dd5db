package export

import (
	"context"
	"fmt"
	"math"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// Question is a request for a table.
type Question interface {
	// Columns are all columns that the table can have, in order.
	Columns() []Column
	// Ask prepares the answer. Whatever can be refused is refused here, with an error as package query types it: TOO_LARGE, with
	// the limit "exportRows", where the table would have more rows than bounds allow. Nothing is cut short.
	Ask(ctx context.Context, session *query.Session, bounds Bounds) (*Table, error)
}

// Bounds are what a table may hold.
type Bounds struct {
	// Rows is the most rows.
	Rows int
	// Present leaves out the rows of regions that have no value or series, which otherwise follow the others with the reason.
	Present bool
	// Unwarned leaves out the warnings, for which figures are looked at one by one that could be added up where they are.
	Unwarned bool
	// Columns names the columns wanted, in the order wanted; nil for all. Only what they show is read and worked out. CheckColumns tells
	// whether there are such columns, which is an error else.
	Columns []string
	// Part is about how many cells, indicators x regions x slices x statuses, are in memory at a time.
	Part int64
}

// Whole is the page size that stands for everything.
const Whole = math.MaxInt

// checkRows refuses tables with too many rows.
func checkRows(rows, most int) error {
	if rows <= most {
		return nil
	}
	return &indicator.Error{
		Code:      indicator.TooLarge,
		Message:   fmt.Sprintf("the file would have %d rows", rows),
		Hint:      "ask for fewer regions, indicators or periods, or for pages with first and after",
		LimitName: "exportRows", Limit: int64(most), Estimate: int64(rows),
	}
}

// rowsOf is how many rows a page makes, those of all that follow it among them where everything is asked for.
func rowsOf[T any](page *query.Page[T], whole bool) int {
	if whole {
		return len(page.Nodes) + page.Behind
	}
	return len(page.Nodes)
}

// page asks for at most as many items as a file may have rows, and one more, so that it is seen when there are more.
func page(request query.PageRequest, most int) query.PageRequest {
	if request.First == Whole {
		request.First = most + 1
	}
	return request
}
