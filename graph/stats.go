package graph

import (
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/countyql/countyql/query"
)

// statsHeader asks for extensions.stats if it is 1; the extension countyqlStats of a request does if it is true.
const (
	statsHeader    = "X-Countyql-Stats"
	statsExtension = "countyqlStats"
)

// stats are what an operation took, as extensions.stats shows it.
type stats struct {
	Snapshot      string  `json:"snapshot"`
	EngineQueries int64   `json:"engineQueries"`
	Cells         int64   `json:"cells"`
	Rows          int64   `json:"rows"`
	Values        int64   `json:"values"`
	EngineMillis  float64 `json:"engineMs"` // of all queries together: they may run side by side
	QueuedMillis  float64 `json:"queuedMs"`
	Millis        float64 `json:"ms"`
}

// wantsStats reports whether a request asks what its operation took.
func wantsStats(extensions map[string]any, header http.Header) bool {
	asked, _ := extensions[statsExtension].(bool)
	return asked || header.Get(statsHeader) == "1"
}

// addStats adds what an operation took to its answer.
func addStats(response *graphql.Response, r *request, spent query.Spent, took time.Duration) {
	if response.Extensions == nil {
		response.Extensions = make(map[string]any)
	}
	response.Extensions["stats"] = stats{
		Snapshot: r.session.SnapshotID(), EngineQueries: spent.EngineQueries, Cells: spent.Cells, Rows: spent.Rows, Values: r.meter.values.Load(),
		EngineMillis: millis(spent.EngineTime), QueuedMillis: millis(spent.Queued), Millis: millis(took),
	}
}

func millis(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}
