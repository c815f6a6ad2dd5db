package graph_test

import (
	"context"
	"strings"
	"testing"

	"github.com/countyql/countyql/store"
)

// The budget shows the limits of the engine where it has some.
func TestBudget_OfTheEngine(t *testing.T) {
	t.Parallel()
	service := serviceOf(newCounting(t), 1000)
	service.Bounds = func(context.Context) store.Bounds { return store.Bounds{Memory: 6e9} }
	const document = `{ budget { limits { name limit } } }`
	_, got := ask(t, service, document, nil)
	if limits := string(got.Data["budget"]); !strings.Contains(limits, `{"name":"engineMemory","limit":6000000000}`) || strings.Contains(limits, "engineTemporary") {
		t.Errorf("%s", limits)
	}
	service.Bounds = func(context.Context) store.Bounds { return store.Bounds{Temporary: 1e6} }
	_, got = ask(t, service, document, nil)
	if limits := string(got.Data["budget"]); !strings.Contains(limits, `{"name":"engineTemporary","limit":1000000}`) || strings.Contains(limits, "engineMemory") {
		t.Errorf("%s", limits)
	}
}
