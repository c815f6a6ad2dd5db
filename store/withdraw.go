package store

import "github.com/countyql/countyql/indicator"

// Scope is a part of all figures that a batch replaces as a whole: those of some indicators in some regions. Ordinals are
// those of the catalogue given to Stage.
type Scope struct {
	Indicators []int32 // at least one
	Regions    []Span  // nil for every region
	// On is the day from which a figure that the batch lacks is withdrawn: the newest day of publication in the batch,
	// or the load's own. A figure that was published later is withdrawn from the day of its publication.
	On indicator.Day
}

// Replaced counts what a batch does to one indicator within the scopes that it replaces.
type Replaced struct {
	Indicator     int32
	RegionsBefore int64 // regions with current reported figures in the parent
	RegionsAfter  int64 // regions with figures in the batch
	Withdrawn     int64 // current reported figures of the parent that the batch lacks
}
