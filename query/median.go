package query

import "math"

// median is quantile(sorted, 0.5) of values in any order, whose extent is known and which it leaves as they are. It does not sort: values are counted by buckets of equal
// width, and only those in the bucket of the median are looked at closely.
func median(values []float64, over extent) float64 {
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	k := (n - 1) / 2
	below := nth(values, over, k)
	if n%2 == 1 {
		return below
	}
	upTo, above := 0, math.Inf(1) // how many are not larger, and the smallest that is
	for _, x := range values {
		if x <= below {
			upTo++
		} else if x < above {
			above = x
		}
	}
	if upTo > k+1 {
		above = below
	}
	return below + 0.5*(above-below)
}

// buckets are so many that few values of a province share one.
const buckets = 64

// nth is the value with place k in ascending order.
func nth(values []float64, over extent, k int) float64 {
	low, scale := over.least, buckets/(over.greatest-over.least)
	if !(scale > 0) || math.IsInf(scale, 0) { // all are equal, or nearly so, or too far apart for their distance to be a number
		low, scale = 0, 0
	}
	var counts [2 * buckets]int32
	for _, x := range values {
		counts[bucketOf(x, low, scale)]++
	}
	wanted := 0
	for k >= int(counts[wanted]) {
		k -= int(counts[wanted])
		wanted++
	}
	var few [256]int64
	keys := few[:]
	if most := int(counts[wanted]) + 1; most > len(few) {
		keys = make([]int64, most)
	}
	n := 0
	for _, x := range values { // without a branch that would be guessed wrong
		keys[n] = ordered(x)
		if bucketOf(x, low, scale) == wanted {
			n++
		}
	}
	return unordered(nthKey(keys[:counts[wanted]], k))
}

// bucketOf is the bucket of a value, which never falls as values grow.
func bucketOf(x, low, scale float64) int { return int((x-low)*scale) & (2*buckets - 1) }

// ordered maps numbers to integers that compare as they do, and unordered maps them back.
func ordered(x float64) int64 {
	bits := int64(math.Float64bits(x))       //nolint:gosec // the bits count, not the number
	return bits ^ int64(uint64(bits>>63)>>1) //nolint:gosec // likewise
}

func unordered(key int64) float64 {
	return math.Float64frombits(uint64(key ^ int64(uint64(key>>63)>>1))) //nolint:gosec // see ordered
}

// nthKey is the key with place k in ascending order: Hoare's selection, with steps that do not branch. It moves the keys.
func nthKey(keys []int64, k int) int64 {
	for len(keys) > 1 {
		a, b, c := keys[0], keys[len(keys)/2], keys[len(keys)-1]
		pivot := max(min(a, b), min(max(a, b), c))
		smaller := 0
		for i, x := range keys {
			keys[i], keys[smaller] = keys[smaller], x
			if x < pivot {
				smaller++
			}
		}
		switch {
		case k < smaller:
			keys = keys[:smaller]
			continue
		case smaller > 0:
			keys, k = keys[smaller:], k-smaller
			continue
		}
		equal := 0 // the pivot is the smallest
		for i, x := range keys {
			keys[i], keys[equal] = keys[equal], x
			if x == pivot {
				equal++
			}
		}
		if k < equal {
			return pivot
		}
		keys, k = keys[equal:], k-equal
	}
	return keys[0]
}
