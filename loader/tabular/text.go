package tabular

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// BadCharacter says which character of a cell's text no table of ours may hold, and how many characters stand before it; the
// message is empty if there is none. Such are bytes that are no UTF-8, control characters, and those that cannot be seen: two
// codes that look alike must be one code.
func BadCharacter(text string) (message string, at int) {
	plain := true
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= utf8.RuneSelf || c == 0x7F {
			plain = false
			break
		}
	}
	if plain {
		return "", 0
	}
	for i, r := range text {
		switch {
		case r == utf8.RuneError:
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return fmt.Sprintf("byte 0x%02X is not UTF-8", text[i]), at
			}
			return fmt.Sprintf("character %U, which stands for one that was lost", r), at
		case unicode.IsControl(r):
			return fmt.Sprintf("control character %U", r), at
		case invisible(r):
			return fmt.Sprintf("invisible character %U", r), at
		}
		at++
	}
	return "", 0
}

// invisible reports whether a character shows nothing and joins nothing. The zero-width joiners are left out: some scripts
// cannot be written without them.
func invisible(r rune) bool {
	switch r {
	case '\u00AD', '\u034F', '\u061C', '\u180E', '\u200B', '\u200E', '\u200F', '\u2028', '\u2029', '\uFEFF':
		return true
	}
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2060' && r <= '\u206F' || r >= 0xE0000 && r <= 0xE007F
}

// cut shortens an offending text for a Malformed.
func cut(text string) string {
	const most = 200
	n := 0
	for i := range text {
		if n == most {
			return text[:i] + "…"
		}
		n++
	}
	return text
}
