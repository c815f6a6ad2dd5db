package clickhouse

import (
	"testing"

	"github.com/countyql/countyql/store/storetest"
)

func TestConformance(t *testing.T) {
	for name, c := range shapes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.start(t)
			storetest.Run(t, func(t *testing.T) storetest.Engine { return c.openLoader(t, "", Options{}) })
		})
	}
}
