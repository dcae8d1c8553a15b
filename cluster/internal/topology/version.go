package topology

import (
	"strconv"
	"strings"
)

// A Version is a server's build number: its first four numeric parts, padded with zeros.
type Version [4]int

// ParseVersion parses a version such as "8.1.2.0" or "8.1.2.0-rc1". ok is false if it does not
// start with a number.
func ParseVersion(s string) (v Version, ok bool) {
	for i := range v {
		digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
		n, err := strconv.Atoi(s[:digits])
		if err != nil {
			return v, i > 0
		}
		v[i] = n
		if s = s[digits:]; !strings.HasPrefix(s, ".") {
			return v, true
		}
		s = s[1:]
	}
	return v, true
}

// AtLeast reports whether the version is the given version or later.
func (v Version) AtLeast(parts ...int) bool {
	for i, p := range parts {
		if v[i] != p {
			return v[i] > p
		}
	}
	return true
}
