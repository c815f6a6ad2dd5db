package graph

import (
	"mime"
	"strconv"
	"strings"
)

// The media types of answers. Under application/json a well-formed request always has the status 200; under the other
// the status tells whether there are data.
const (
	mediaJSON    = "application/json"
	mediaGraphQL = "application/graphql-response+json"
)

// answerType chooses the media type of an answer by the Accept headers of a request: the one with the greatest weight, of equal ones
// the more exactly named, of equally named ones application/json, which older clients expect. It is empty if none is
// acceptable.
func answerType(accept []string) string {
	type wish struct {
		weight    float64
		exactness int
	}
	best := map[string]wish{}
	found := false
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		media, parameters, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		found = true
		w := wish{weight: 1}
		if q, given := parameters["q"]; given {
			if w.weight, err = strconv.ParseFloat(q, 64); err != nil || !(w.weight >= 0 && w.weight <= 1) {
				continue
			}
		}
		for _, offered := range []string{mediaJSON, mediaGraphQL} {
			switch media {
			case offered:
				w.exactness = 3
			case "application/*":
				w.exactness = 2
			case "*/*":
				w.exactness = 1
			default:
				continue
			}
			if charset, given := parameters["charset"]; given && !strings.EqualFold(charset, "utf-8") {
				continue
			}
			if known, given := best[offered]; !given || w.exactness > known.exactness {
				best[offered] = w
			}
		}
	}
	if !found {
		return mediaJSON
	}
	json, graphql := best[mediaJSON], best[mediaGraphQL]
	switch {
	case json.weight == 0 && graphql.weight == 0:
		return ""
	case graphql.weight > json.weight, graphql.weight == json.weight && graphql.exactness > json.exactness:
		return mediaGraphQL
	}
	return mediaJSON
}
