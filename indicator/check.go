package indicator

// Severity says how much a failed check matters: an Error stops publication, the others are published with the data.
type Severity int8

// The severities.
const (
	SeverityError Severity = iota
	SeverityWarning
	SeverityNote
)

var severityNames = []string{"ERROR", "WARNING", "NOTE"}

// String returns the contract's name of the severity.
func (s Severity) String() string { return enumName(severityNames, s) }

// ParseSeverity reads a severity by its contract name.
func ParseSeverity(text string) (Severity, error) {
	return parseEnum[Severity]("severity", severityNames, text)
}

// CheckStatus is the outcome of a check.
type CheckStatus int8

// The outcomes.
const (
	Passed CheckStatus = iota
	Failed
)

var checkStatusNames = []string{"PASSED", "FAILED"}

// String returns the contract's name of the outcome.
func (s CheckStatus) String() string { return enumName(checkStatusNames, s) }

// ParseCheckStatus reads an outcome by its contract name.
func ParseCheckStatus(text string) (CheckStatus, error) {
	return parseEnum[CheckStatus]("check status", checkStatusNames, text)
}

// CheckKind is the arithmetic a declared check performs.
type CheckKind int8

// The kinds of checks.
const (
	PartsSum               CheckKind = iota // the values of a complete dimension add up to the total
	RateCounts                              // a printed rate agrees with its counts, within Tolerance of the rate's unit
	NumeratorLEDenominator                  // a rate's numerator does not exceed its denominator
	InRange                                 // a value lies within the indicator's range
	ChildrenSum                             // a region's value equals the sum of its children's, where all are reported
	Jump                                    // a value is not more than Factor times, nor less than 1/Factor of, the previous one
	UnitScale                               // a percentage does not look like a fraction: 0 < value <= 1
	ShareOf                                 // an indicator is Factor times another, within the relative Tolerance
	SameAs                                  // an indicator equals another, within the relative Tolerance
)

var checkKindNames = []string{
	"PARTS_SUM", "RATE_COUNTS", "NUMERATOR_LE_DENOMINATOR", "RANGE", "CHILDREN_SUM", "JUMP", "UNIT_SCALE", "SHARE_OF", "SAME_AS",
}

// String returns the contract's name of the kind.
func (k CheckKind) String() string { return enumName(checkKindNames, k) }

// ParseCheckKind reads a kind by its contract name.
func ParseCheckKind(text string) (CheckKind, error) {
	return parseEnum[CheckKind]("check kind", checkKindNames, text)
}

// Check is a consistency check declared in the catalogue and run at every load.
type Check struct {
	Code     string
	Kind     CheckKind
	Severity Severity
	// Indicator is the code checked; empty means every indicator the kind applies to.
	Indicator   string
	Dimension   string // for PartsSum
	Other       string // for ShareOf and SameAs: the indicator compared with
	Factor      float64
	Tolerance   float64
	Description string
}

// CheckResult is what one check found for one region, or for the whole data set where Region is empty.
type CheckResult struct {
	Check     string // the check's code
	Severity  Severity
	Status    CheckStatus
	Region    string
	Indicator string
	Message   string
	// Arithmetic is the computation in words, with its figures: 334 + 687 + 26 = 1,047, and the total is 1,047.
	Arithmetic string
	// Observations are the keys of the figures used.
	Observations []ObservationKey
}

// ObservationKey identifies an observation across snapshots and engines.
type ObservationKey struct {
	Region    string
	Indicator string
	Slice     string // as Slice.String writes it
	Period    string // as Period.String writes it
	Status    Status
}
