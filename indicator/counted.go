package indicator

import "strconv"

// Counted writes a count with its noun, for people: 1 row, 2,034 rows.
func Counted[N int | int32 | int64](count N, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return grouped(strconv.FormatInt(int64(count), 10)) + " " + noun + "s"
}

// grouped puts commas between the thousands of a whole number.
func grouped(digits string) string {
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
