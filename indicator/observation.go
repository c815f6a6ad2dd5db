package indicator

// Status says whether a figure is measured, expected or aimed at. Figures of different status never mix unless asked.
type Status int8

// The statuses.
const (
	Actual Status = iota
	Forecast
	Target
)

var statusNames = []string{"ACTUAL", "FORECAST", "TARGET"}

// String returns the contract's name of the status.
func (s Status) String() string { return enumName(statusNames, s) }

// ParseStatus reads a status by its contract name.
func ParseStatus(text string) (Status, error) { return parseEnum[Status]("status", statusNames, text) }

// Missing says why a value is absent. The zero value is NotMissing: there is a value.
type Missing int8

// The reasons for a missing value. Those behind UnknownReason are found when figures are merged or asked for, never loaded.
const (
	NotMissing Missing = iota
	NotApplicable
	NotCollected
	NotPublished
	Suppressed
	UnknownReason
	NoWeight      // the weight indicator has no value for the region
	NoDenominator // the rate has no counts, or the divisor no value, for the region
	NoObservation // nothing is loaded for the region in the selection
	BelowCoverage // the group covers less than the coverage asked for
	Withdrawn     // the figure was taken back: only history shows it
)

var missingNames = []string{
	"", "NOT_APPLICABLE", "NOT_COLLECTED", "NOT_PUBLISHED", "SUPPRESSED", "UNKNOWN",
	"NO_WEIGHT", "NO_DENOMINATOR", "NO_OBSERVATION", "BELOW_COVERAGE",
	"WITHDRAWN",
}

// String returns the contract's name of the reason; empty for NotMissing.
func (m Missing) String() string { return enumName(missingNames, m) }

// ParseMissing reads a reason by its contract name; the empty text is NotMissing.
func ParseMissing(text string) (Missing, error) {
	return parseEnum[Missing]("missing reason", missingNames, text)
}

// Loadable reports whether the reason may be stated in data, as opposed to found by a query.
func (m Missing) Loadable() bool { return m <= UnknownReason }

// Observation is one reported figure: region x indicator x slice x period x status, as a load reads it. Codes are
// resolved against the catalogue by the loader.
type Observation struct {
	Region    string
	Indicator string
	Slice     Slice
	Period    Period
	Status    Status
	// Value is in the indicator's unit; meaningless unless Missing is NotMissing.
	Value     float64
	Missing   Missing
	Precision Precision
	// Numerator and Denominator are the counts of a rate; nil where unknown. CountsPrecision is the precision of
	// their ratio.
	Numerator       *float64
	Denominator     *float64
	CountsPrecision Precision
	// PeriodInferred says that the source does not date the figure and the source's own date was taken.
	PeriodInferred bool
	Source         string
	PublishedOn    Day
	// Printed is the figure as the source prints it and Offset the position of its first character in the source
	// text, in Unicode code points from 0; -1 where unknown.
	Printed string
	Offset  int32
	// Definition says where this figure's definition departs from the indicator's; empty where it does not.
	Definition string
	Note       string
}
