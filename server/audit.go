package server

import (
	"context"
	"errors"
	"log/slog"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/indicator"
)

// audited writes down who changed, or tried to change, which snapshots there are.
func audited(audit *slog.Logger) func(ctx context.Context, act graph.Act) {
	return func(ctx context.Context, act graph.Act) {
		name := ""
		if principal, known := access.Of(ctx); known {
			name = principal.Name
		}
		outcome := "done"
		var typed *indicator.Error
		switch {
		case errors.As(act.Err, &typed):
			outcome = string(typed.Code)
		case act.Err != nil:
			outcome = string(indicator.Internal)
		}
		audit.InfoContext(ctx, act.Name, "request", requestID(ctx), "principal", name, "asked", act.Asked, "outcome", outcome, "snapshots", act.Snapshots)
	}
}
