package storetest

import (
	"testing"

	"github.com/countyql/countyql/store"
)

func Run(t *testing.T, open func(t *testing.T) store.Engine) {
	e := open(t)
	m, c := publish(t, e, load{tables(), []store.Report{
		report(grids, ada, onDay(3), 12), report(grids, ada, onDay(4), 14),
		with(report(grids, bix, onDay(4), 1), func(r *store.Report) { r.Slice = primary }),
		with(report(grids, bix, onDay(4), 2), func(r *store.Report) { r.Slice = secondary }),
		report(resumed, ada, onDay(4), 95), report(firms, ada, onDay(4), 98),
	}})
	t.Logf("%+v %+v", m, c)
	s := pin(t, e)
	r := selectRows(t, s, store.NewSelect())
	t.Logf("%+v", r)
	m, c = publish(t, e, load{tables(), []store.Report{
		report(grids, ada, onDay(3), 12), with(report(grids, ada, onDay(4), 15), func(r *store.Report) { r.PublishedOn = day(9) }),
	}})
	t.Logf("%+v %+v", m, c)
	sel := store.NewSelect()
	sel.Evidence = true
	r = selectRows(t, pin(t, e), sel)
	t.Logf("%+v", r)
}
