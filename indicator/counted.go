package indicator

import "strconv"

// Counted writes a count with its noun, for people: 1 row, 2,034 rows.
func Counted[N int | int32 | int64](count N, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return Grouped(strconv.FormatInt(int64(count), 10)) + " " + noun + "s"
}

// Grouped puts commas between the thousands of a whole number, which may have a sign: -1,234.
func Grouped(digits string) string {
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
