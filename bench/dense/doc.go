// Package dense is an engine for benchmarks above the store: 2,850 counties, indicators of every kind and months without a gap,
// whose figures are worked out instead of read. Asking it takes next to nothing, so that what is measured is what a question
// costs beside the engine. It links no engine and keeps no history: every figure is current.
package dense
