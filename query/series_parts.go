package query

import (
	"context"
	"slices"
)

// SeriesInParts are series that are made a few indicators at a time, so that they take the memory of a few however many there are. They may be
// made more than once: to see what they say, and to write them.
type SeriesInParts struct {
	// Warnings are of all series, once they have been made.
	Warnings []Warning

	session *Session
	plan    *seriesPlan
	most    int64 // cells of a part
	read    int64 // figures, when they were made last
}

// SeriesInParts resolves a request, whose points are deferred, and charges it as Series does. Its page does not matter. A part has about as many
// cells as are said, one indicator at least.
func (s *Session) SeriesInParts(ctx context.Context, request *SeriesRequest, cells int64) (*SeriesInParts, error) {
	plan, err := s.planSeries(ctx, request)
	if err == nil {
		err = s.charge(ctx, plan.cells())
	}
	if err != nil {
		return nil, err
	}
	return &SeriesInParts{session: s, plan: plan, most: cells}, nil
}

// Whole reports whether there is one part only, which is good as long as the session's scratch.
func (r *SeriesInParts) Whole() bool { return r.plan.partEnd(0, r.most) == len(r.plan.subjects) }

// Each hands the series of a few indicators at a time to visit, in the order of the request, with evidence if it is wanted and the request asks for it, and the
// regions that have none unless that is nil, until either fails. Series are good until visit returns, unless they are whole. What is read
// again counts once.
func (r *SeriesInParts) Each(ctx context.Context, evidence bool, visit func([]*Series) error, missing func([]MissingSeries) error) error {
	var warnings []Warning
	left := 0
	err := r.plan.inParts(ctx, r.session, r.most, &r.read, func(ctx context.Context, part *figures) error {
		part.request.evidence = part.request.evidence && evidence
		made, w := &seriesPlan{figures: part, request: r.plan.request, shown: r.plan.shown}, newWatch(ctx)
		answer, err := made.answer(ctx, w, r.session)
		if err != nil {
			return err
		}
		if !r.plan.request.WithoutWarnings {
			warnings, left = append(warnings, made.warnings(w, answer.all)...), left+made.left
		}
		if w.err != nil {
			return w.err
		}
		if missing != nil {
			none, err := answer.Missing(ctx)
			if err == nil {
				err = missing(none)
			}
			if err != nil {
				return err
			}
		}
		return visit(answer.all)
	})
	r.Warnings = slices.Concat(r.plan.regions.warnings, warnings, r.plan.leftOut(left))
	return err
}
