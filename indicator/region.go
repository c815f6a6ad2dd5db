package indicator

// Level is the administrative level of a region.
type Level int8

// The levels, highest first. A district, a county-level city and an autonomous county are all County.
const (
	Country Level = iota
	Province
	Prefecture
	County
	Township
	Community
)

var levelNames = []string{"COUNTRY", "PROVINCE", "PREFECTURE", "COUNTY", "TOWNSHIP", "COMMUNITY"}

// String returns the contract's name of the level.
func (l Level) String() string { return enumName(levelNames, l) }

// ParseLevel reads a level by its contract name.
func ParseLevel(text string) (Level, error) {
	return parseEnum[Level]("region level", levelNames, text)
}

// Region is an administrative area. Its code is text and unique within its scheme; leading zeros are part of it.
type Region struct {
	Code   string
	Scheme string // the code list the code belongs to, such as GB/T 2260
	Parent string // code of the enclosing region in force; empty for a root
	Level  Level
	Name   string // native name
	NameEn string // English name or pinyin; empty where unknown
	// Aliases are further names to be found by.
	Aliases []string
	// ValidFrom is the first day the code was in force, ValidTo the last; NoDay where unknown or still in force.
	ValidFrom Day
	ValidTo   Day
	// Successor is the code that replaced a retired one; empty otherwise.
	Successor string
}

// Retired reports whether the code is no longer in force.
func (r *Region) Retired() bool { return r.ValidTo != NoDay }

// QualifiedCode is the code with its scheme, which is unique across schemes: GB/T 2260:370105.
func (r *Region) QualifiedCode() string { return r.Scheme + ":" + r.Code }
