package graph

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/countyql/countyql/graph/scalar"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// Identifiers name objects by their codes, so that they stay the same across refreshes and engines.

const (
	regionKind      = "Region"
	indicatorKind   = "Indicator"
	sourceKind      = "Source"
	observationKind = "Observation"
)

func encodeID(kind string, fields ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(kind + "\x1f" + strings.Join(fields, "\x1f")))
}

func decodeID(id string) (kind string, fields []string, err error) {
	raw, decodeErr := base64.RawURLEncoding.DecodeString(id)
	parts := strings.Split(string(raw), "\x1f")
	if decodeErr != nil || len(parts) < 2 {
		invalid := indicator.Errorf(indicator.InvalidInput, "%q is not an identifier of this service", id)
		invalid.Hint = "take it from the id field of a node"
		return "", nil, invalid.At("id")
	}
	return parts[0], parts[1:], nil
}

func observationID(o *query.Observation) string {
	return encodeID(observationKind, o.Identity()...)
}

// node finds what an identifier names; nil if there is nothing any more.
func node(ctx context.Context, id string) (scalar.Node, error) {
	kind, fields, err := decodeID(id)
	if err != nil {
		return nil, err
	}
	catalog := sessionOf(ctx).Catalog()
	switch kind {
	case regionKind:
		if r, err := catalog.Region(fields[0]); err == nil {
			return r, nil
		}
	case indicatorKind:
		if ind, err := catalog.Indicator(fields[0]); err == nil {
			return ind, nil
		}
	case sourceKind:
		if source, err := catalog.Source(fields[0]); err == nil {
			return source, nil
		}
	case observationKind:
		return observationNode(ctx, id, fields)
	}
	return nil, nil //nolint:nilnil // null is the contract's answer
}

func observationNode(ctx context.Context, id string, fields []string) (scalar.Node, error) {
	if len(fields) < 5 {
		return nil, nil //nolint:nilnil // null is the contract's answer
	}
	status, err := indicator.ParseStatus(fields[4])
	if err != nil {
		return nil, nil //nolint:nilnil,nilerr // likewise
	}
	r := requestOf(ctx)
	current, err := r.batchers().figures.get(ctx, indicator.ObservationKey{
		Region: fields[0], Indicator: fields[1], Slice: fields[2], Period: fields[3], Status: status,
	})
	if err != nil || current == nil {
		return nil, err
	}
	if observationID(current) == id {
		return current, nil
	}
	revisions, err := r.batchers().revisions.get(ctx, current)
	if err != nil {
		return nil, err
	}
	for _, o := range revisions {
		if observationID(o) == id {
			return o, nil
		}
	}
	return nil, nil //nolint:nilnil // likewise
}
