package info

import (
	"strconv"
	"strings"
)

// ParseFields reads "a=1;b=2" with any separator. A part without an equals sign is a name without a
// value.
func ParseFields(text, separator string) map[string]string {
	fields := make(map[string]string)
	for part := range strings.SplitSeq(text, separator) {
		if name, value, _ := strings.Cut(part, "="); name != "" {
			fields[name] = value
		}
	}
	return fields
}

// Int returns the integer that text is, 0 if it is not an integer.
func Int(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

// Float returns the number that text is, 0 if it is not a number.
func Float(text string) float64 {
	n, _ := strconv.ParseFloat(text, 64)
	return n
}
