package query

import (
	"context"
	"errors"
)

// errDeclined says that figures are not rolled up where they are.
var errDeclined = errors.New("figures are not rolled up where they are")

// aggregated is what has been made of figures.
type aggregated struct {
	groups, totals []*Group
	warnings       []Warning
}

// make reads the figures and makes groups of them: all at once or, where the request wants that and they are not rolled up where they are, a few
// indicators at a time.
func (p *aggregatePlan) make(ctx context.Context, w *watch, s *Session) (*aggregated, error) {
	if p.request.Part > 0 && p.partEnd(0, p.request.Part) < len(p.subjects) {
		if !p.figures.request.rolledUp {
			return p.makeParts(ctx, w, s)
		}
		p.figures.request.onlyRolledUp = true
	}
	made, err := p.makeWhole(ctx, w, s)
	if errors.Is(err, errDeclined) {
		return p.makeParts(ctx, w, s)
	}
	return made, err
}

func (p *aggregatePlan) makeWhole(ctx context.Context, w *watch, s *Session) (made *aggregated, err error) {
	if err := p.fetch(ctx, s); err != nil {
		return nil, err
	}
	made = &aggregated{}
	if made.groups, made.totals, err = p.group(w, s); err != nil {
		return nil, err
	}
	if !p.request.WithoutWarnings {
		made.warnings = p.warnings(w, made.groups, made.totals)
	}
	return made, w.err
}

func (p *aggregatePlan) makeParts(ctx context.Context, w *watch, s *Session) (*aggregated, error) {
	made, from := &aggregated{}, int32(0)
	var read int64
	err := p.inParts(ctx, s, p.request.Part, &read, func(ctx context.Context, figures *figures) error {
		figures.request.onlyRolledUp = false
		part := &aggregatePlan{figures: figures, request: p.request, groupRegion: p.groupRegion, lasting: p.lasting}
		of, err := part.makeWhole(ctx, w, s)
		if err != nil {
			return err
		}
		for _, g := range of.groups {
			if err := w.steps(1 + g.size()); err != nil {
				return err
			}
			g.settle(p, from)
		}
		made.groups, made.warnings = append(made.groups, of.groups...), append(made.warnings, of.warnings...)
		p.longer, p.read, p.queries = p.longer+part.longer, p.read+part.read, p.queries+part.queries
		from += int32(len(part.subjects)) //nolint:gosec // a request has few
		return nil
	})
	return made, err
}

// settle works out the numbers of a group that was made as a part of a plan, whose subjects begin with one of the plan's, and lets go of the figures that they are
// worked out from.
func (g *Group) settle(p *aggregatePlan, from int32) {
	ahead := p.request.Ahead
	if len(p.request.Having)+len(p.request.OrderBy) > 0 {
		ahead |= MeanAhead | MedianAhead | StdDevAhead
	}
	g.workOut(ahead)
	g.over()
	if ahead&WeightShareAhead != 0 {
		g.weightShare()
	}
	g.key.subject += from
	g.figures, g.weights, g.rollup.scratch = p.figures, nil, nil
	g.cells, g.part, g.known, g.sorted, g.used, g.lacking = nil, part{}, nil, nil, nil, nil
}
