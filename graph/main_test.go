package graph

import (
	"testing"

	"github.com/countyql/countyql/bench/dense"
)

func TestMain(m *testing.M) { dense.Main(m) }
