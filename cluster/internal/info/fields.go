package info

import (
	"strconv"
	"strings"
)

// ParseFields parses text such as "a=1;b=2", with any separator. A part without an equals sign is a
// name without a value.
func ParseFields(text, separator string) map[string]string {
	fields := make(map[string]string)
	for part := range strings.SplitSeq(text, separator) {
		if name, value, _ := strings.Cut(part, "="); name != "" {
			fields[name] = value
		}
	}
	return fields
}

// Int parses text as an integer. It returns 0 if text is not an integer.
func Int(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

// Float parses text as a number. It returns 0 if text is not a number.
func Float(text string) float64 {
	n, _ := strconv.ParseFloat(text, 64)
	return n
}
