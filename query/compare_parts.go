package query

import "context"

// ComparisonInParts is a comparison that is made a few indicators at a time, so that it takes the memory of a few however many there are. It
// may be made more than once: to see what it says, and to write it.
type ComparisonInParts struct {
	comparing
	most int64 // cells of a part
	read int64 // figures, when it was made last
}

// CompareInParts resolves a request and charges it as Compare does. A part has about as many cells as are said, one indicator at least.
func (s *Session) CompareInParts(ctx context.Context, request *CompareRequest, cells int64) (*ComparisonInParts, error) {
	plan, err := s.planCompare(ctx, request)
	if err == nil {
		err = s.charge(ctx, plan.figures.cells())
	}
	if err != nil {
		return nil, err
	}
	return &ComparisonInParts{comparing: *plan, most: cells}, nil
}

// Whole reports whether there is one part only, which is good as long as the session's scratch.
func (c *ComparisonInParts) Whole() bool {
	return c.figures.partEnd(0, c.most) == len(c.figures.subjects)
}

// Each hands the comparison of each indicator to visit, with evidence if it is wanted and the request asks for it, until visit fails. A comparison is
// good until visit returns, unless it is whole. What is read again counts once.
func (c *ComparisonInParts) Each(ctx context.Context, evidence bool, visit func(*IndicatorComparison) error) error {
	return c.figures.inParts(ctx, c.session, c.most, &c.read, func(ctx context.Context, part *figures) error {
		asked := *c.request
		asked.Evidence = asked.Evidence && evidence
		made := c.comparing
		made.request, made.figures = &asked, part
		part.request.evidence = asked.Evidence
		if err := part.fetch(ctx, c.session); err != nil {
			return err
		}
		w := newWatch(ctx)
		for i := range part.subjects {
			one, err := made.subject(w, &part.subjects[i])
			if err == nil {
				err = visit(one)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
