package graph

import (
	"mime"
	"slices"
	"strconv"
	"strings"
)

// The media types of answers. Under application/json a well-formed request always has the status 200; under the other
// the status tells whether there are data.
const (
	mediaJSON    = "application/json"
	mediaGraphQL = "application/graphql-response+json"
)

// prefersEvents reports whether Accept headers name events with a greater weight than JSON or, with the same, before it. Clients like
// urql name all that they can read, JSON first, with every query.
func prefersEvents(accept []string) bool {
	if !slices.ContainsFunc(accept, func(list string) bool { return strings.Contains(strings.ToLower(list), mediaEvents) }) {
		return false
	}
	events, json := 0.0, 0.0 // the greatest weight so far
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		media, parameters, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		weight, err := weightOf(parameters)
		if err != nil {
			continue
		}
		switch media {
		case mediaEvents:
			if weight > json {
				events = max(events, weight)
			}
		case mediaJSON, mediaGraphQL:
			json = max(json, weight)
		}
	}
	return events > 0 && events >= json
}

// weightOf is the weight that a media type is given by its parameter q; 1 without one.
func weightOf(parameters map[string]string) (float64, error) {
	q, given := parameters["q"]
	if !given {
		return 1, nil
	}
	weight, err := strconv.ParseFloat(q, 64)
	if err == nil && !(weight >= 0 && weight <= 1) {
		err = strconv.ErrRange
	}
	return weight, err
}

// answerType chooses the media type of an answer by the Accept headers of a request: the one with the greatest weight, of equal ones
// the more exactly named, of equally named ones application/json, which older clients expect. It is empty if none is
// acceptable.
func answerType(accept []string) string {
	if len(accept) == 0 || len(accept) == 1 && (accept[0] == mediaJSON || accept[0] == "*/*") { // what most say
		return mediaJSON
	}
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
		w := wish{}
		if w.weight, err = weightOf(parameters); err != nil {
			continue
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
