package scratch

import "context"

type key struct{}

// With has whoever is asked with the context take from a Scratch what it answers by.
func With(ctx context.Context, s *Scratch) context.Context { return context.WithValue(ctx, key{}, s) }

// From is the Scratch of a context; nil without one.
func From(ctx context.Context) *Scratch {
	s, _ := ctx.Value(key{}).(*Scratch)
	return s
}
