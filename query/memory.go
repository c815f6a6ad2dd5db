package query

import (
	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/scratch"
)

// What answers have thousands of lies in the scratch of their session, which every other part of an answer may point into. Nothing here outlives the
// session: what does, answers that are kept among it, is a text by then.
var (
	rowMemory         = scratch.Of[int32]()
	numberMemory      = scratch.Of[float64]()
	optionalMemory    = scratch.Of[*float64]()
	quantityMemory    = scratch.Of[indicator.Quantity]()
	cellMemory        = scratch.Of[cell]()
	rankedMemory      = scratch.Of[ranked]()
	placingMemory     = scratch.Of[placing]()
	entryMemory       = scratch.Of[Entry]()
	entryListMemory   = scratch.Of[*Entry]()
	shareMemory       = scratch.Of[share]()
	runMemory         = scratch.Of[regionRun]()
	groupMemory       = scratch.Of[Group]()
	groupListMemory   = scratch.Of[*Group]()
	regionListMemory  = scratch.Of[*catalog.Region]()
	pointMemory       = scratch.Of[CorrelationPoint]()
	pointListMemory   = scratch.Of[*CorrelationPoint]()
	textMemory        = scratch.Of[string]()
	precisionMemory   = scratch.Of[indicator.Precision]()
	wholeNumberMemory = scratch.Of[int]()
)
