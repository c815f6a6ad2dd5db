package indicator

import (
	"fmt"
	"strings"
)

// enumName returns the contract's name of an enumeration value. The ordinals of all enumerations are the storage
// format of snapshots: append new values, never reorder.
func enumName[E ~int8](names []string, value E) string {
	if int(value) < 0 || int(value) >= len(names) {
		return fmt.Sprintf("INVALID(%d)", int8(value))
	}
	return names[value]
}

// parseEnum reads an enumeration value by its contract name, in any letter case.
func parseEnum[E ~int8](kind string, names []string, text string) (E, error) {
	for ordinal, name := range names {
		if strings.EqualFold(name, text) {
			return E(ordinal), nil
		}
	}
	return 0, &Error{
		Code:    InvalidInput,
		Message: fmt.Sprintf("%q is not a %s", text, kind),
		Hint:    "use one of " + strings.TrimPrefix(strings.Join(names, ", "), ", "), // an ordinal for none has no name
	}
}
