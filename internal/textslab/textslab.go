// Package textslab copies many short strings with few allocations.
package textslab

import "strings"

const (
	slabSize = 2 << 10 // bytes that are allocated together
	maxText  = 256     // longer texts are allocated on their own
)

// A Slab copies strings. A string that is kept keeps up to 2 KiB in memory. The zero value is
// ready. A Slab is not safe for concurrent use.
type Slab struct {
	buffer strings.Builder
	used   bool // the first string is allocated on its own: most results have one row
}

// Clone returns a copy of a string.
func (s *Slab) Clone(text string) string {
	if !s.used || len(text) > maxText {
		s.used = true
		return strings.Clone(text)
	}
	if s.buffer.Cap()-s.buffer.Len() < len(text) {
		s.buffer = strings.Builder{}
		s.buffer.Grow(slabSize)
	}
	start := s.buffer.Len()
	s.buffer.WriteString(text)
	return s.buffer.String()[start:]
}
