package cluster

import (
	"strconv"
	"strings"
)

// InfoFields are the names and values of an info answer, all of them as the server sent them. Which there are
// depends on the server's version; the typed fields beside them are those that every version has which this package speaks to.
type InfoFields map[string]string

// Int returns a value as a number; one that is none, or is missing, is 0.
func (f InfoFields) Int(name string) int64 {
	n, _ := strconv.ParseInt(f[name], 10, 64)
	return n
}

// Float returns a value as a number, percentages among them; one that is none, or is missing, is 0.
func (f InfoFields) Float(name string) float64 {
	n, _ := strconv.ParseFloat(f[name], 64)
	return n
}

// Bool returns whether a value is "true"; one that is missing is not.
func (f InfoFields) Bool(name string) bool { return f[name] == "true" }

// parseFields reads "a=1;b=2" with any separator. A part without a sign of equality is a name without a value.
func parseFields(text, separator string) InfoFields {
	fields := make(InfoFields)
	for part := range strings.SplitSeq(text, separator) {
		if name, value, _ := strings.Cut(part, "="); name != "" {
			fields[name] = value
		}
	}
	return fields
}
