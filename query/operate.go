package query

import (
	"context"
	"errors"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/store"
)

// Publish makes a kept snapshot the one that is served, and describes it. Only an administrator who is shown everything may.
func (v *Service) Publish(ctx context.Context, id string) (*Snapshot, error) {
	keeper, err := v.keeper(ctx)
	if err != nil {
		return nil, err
	}
	snapshot, err := keeper.Open(ctx, id) // before publishing, so that it can be described whatever happens next
	if err != nil {
		return nil, beyondKeeper(err)
	}
	defer snapshot.Release()
	if err := keeper.Publish(ctx, id); err != nil {
		return nil, beyondKeeper(err)
	}
	return NewSession(snapshot, v.Limits, indicator.DayAt(v.Now())).Snapshot(), nil
}

// Prune removes kept snapshots but for the served one and the newest keep-1 others, and returns the identifiers of those
// removed, oldest first, also beside an error. Only an administrator who is shown everything may.
func (v *Service) Prune(ctx context.Context, keep int) (removed []string, err error) {
	keeper, err := v.keeper(ctx)
	if err != nil {
		return nil, err
	}
	if keep < 1 {
		err := indicator.Errorf(indicator.InvalidInput, "%d snapshots cannot be kept", keep)
		err.Hint, err.Path = "the published snapshot is always kept: write 1 or more", []string{"keep"}
		return nil, err
	}
	removed, err = keeper.Prune(ctx, keep)
	return removed, beyondKeeper(err)
}

// MayOperate refuses all but administrators who are shown everything.
func (v *Service) MayOperate(ctx context.Context) error {
	principal, known := access.Of(ctx)
	switch {
	case !known || principal.Name == "":
		err := indicator.Errorf(indicator.Unauthenticated, "this needs a token of the role %s", access.Admin)
		err.Hint = "send Authorization: Bearer TOKEN"
		return err
	case !principal.May(access.Admin):
		err := indicator.Errorf(indicator.Forbidden, "this needs the role %s, and the token has the role %s", access.Admin, principal.Role)
		err.Hint = "ask whoever runs this server for a token of that role"
		return err
	case !principal.Scope.Everything():
		err := indicator.Errorf(indicator.Forbidden, "a token with a scope may not change snapshots, which are everybody's")
		err.Hint = "use a token without a scope"
		return err
	}
	return nil
}

// keeper is what an administrator changes snapshots with; anybody else is refused.
func (v *Service) keeper(ctx context.Context) (store.Keeper, error) {
	if err := v.MayOperate(ctx); err != nil {
		return nil, err
	}
	keeper, ok := v.Engine.(store.Keeper)
	if !ok {
		return nil, indicator.Errorf(indicator.Unavailable, "the engine of this server keeps no snapshots")
	}
	return keeper, nil
}

// beyondKeeper turns the errors of a store.Keeper that a client can do something about into typed ones. Who holds the lock, and what
// is wrong with a file, is the operator's business.
func beyondKeeper(err error) error {
	var locked *store.LockedError
	var unknown *store.UnknownSnapshotError
	var damaged *store.DamagedError
	var away *store.UnavailableError
	switch {
	case errors.As(err, &locked):
		typed := indicator.Errorf(indicator.Overloaded, "a load holds the store")
		typed.Hint = "try again when the load is done"
		return typed
	case errors.As(err, &unknown):
		typed := indicator.Errorf(indicator.InvalidInput, "there is no snapshot %q", unknown.ID)
		typed.Path, typed.Suggestions = []string{"id"}, unknown.Kept
		typed.Hint = "snapshots lists those that are kept"
		return typed
	case errors.As(err, &damaged):
		typed := indicator.Errorf(indicator.Unavailable, "snapshot %s is damaged", damaged.ID)
		typed.Hint = "publish another one; countyql snapshots verify says what is wrong"
		return typed
	case errors.As(err, &away):
		typed := indicator.Errorf(indicator.Unavailable, "a part of the store cannot be reached")
		typed.Hint = "try again a little later"
		return typed
	}
	return err
}
