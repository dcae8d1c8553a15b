package driver

import "strings"

const (
	textsSize  = 2 << 10 // bytes that are allocated together
	maxInTexts = 256     // longer texts are allocated on their own
)

// texts copies many short strings with few allocations. A string that is kept keeps up to textsSize
// bytes in memory.
type texts struct {
	buffer strings.Builder
	used   bool // the first string is allocated on its own: most results have one row
}

// clone returns a copy of a string.
func (t *texts) clone(s string) string {
	if !t.used || len(s) > maxInTexts {
		t.used = true
		return strings.Clone(s)
	}
	if t.buffer.Cap()-t.buffer.Len() < len(s) {
		t.buffer = strings.Builder{}
		t.buffer.Grow(textsSize)
	}
	start := t.buffer.Len()
	t.buffer.WriteString(s)
	return t.buffer.String()[start:]
}
