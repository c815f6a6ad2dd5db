package scalar

// readers read the values of scalars, by the names that the contract gives them.
var readers = map[string]func(value any) error{
	"Date":     reads(UnmarshalDate),
	"Period":   reads(UnmarshalPeriod),
	"Duration": reads(UnmarshalDuration),
	"Float":    reads(UnmarshalFloat),
}

func reads[T any](unmarshal func(any) (T, error)) func(any) error {
	return func(value any) error {
		_, err := unmarshal(value)
		return err
	}
}

// Check says what is wrong with a value of a scalar, so that it can be said before anything is asked. Scalars without a reader of ours
// take anything here.
func Check(name string, value any) error {
	if read := readers[name]; read != nil {
		return read(value)
	}
	return nil
}
