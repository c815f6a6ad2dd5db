package indicator

import (
	"math"
	"testing"
)

func TestCounted(t *testing.T) {
	t.Parallel()
	for count, want := range map[int64]string{
		0: "0 rows", 1: "1 row", 2: "2 rows", 999: "999 rows", 1000: "1,000 rows", 2034567: "2,034,567 rows", -1: "-1 rows", -100: "-100 rows",
		-1000: "-1,000 rows", math.MaxInt64: "9,223,372,036,854,775,807 rows",
	} {
		if got := Counted(count, "row"); got != want {
			t.Errorf("Counted(%d) = %q, want %q", count, got, want)
		}
	}
}
