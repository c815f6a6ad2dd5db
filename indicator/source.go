package indicator

import "time"

// Source is a document or data set that figures come from.
type Source struct {
	Code      string
	Title     string
	Publisher string
	// PublishedOn is the day of publication. PublishedInferred says that the source is undated and the day is the
	// earliest by which its facts can all hold.
	PublishedOn       Day
	PublishedInferred bool
	Language          string // BCP 47
	Licence           string
	Note              string
}

// Load is one run of the loader that published something.
type Load struct {
	ID         string
	StartedAt  time.Time
	FinishedAt time.Time
	Files      []LoadedFile
	Added      int64
	Revised    int64
	Withdrawn  int64
	Unchanged  int64
	Rejected   int64
	// ChecksEdition numbers what checks find and say: that of the loader whose results the snapshot has; 0 where nobody knows.
	ChecksEdition int
}

// LoadedFile is one input of a load.
type LoadedFile struct {
	Name   string
	SHA256 string // lower-case hexadecimal
	Bytes  int64
	Rows   int64
}
