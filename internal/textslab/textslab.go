// Package textslab copies many short strings with few allocations.
package textslab

import "strings"

const (
	leastSlab = 64      // bytes that are allocated together at first
	mostSlab  = 2 << 10 // bytes that are allocated together for many texts
	maxText   = 256     // longer texts are allocated on their own
)

// A Slab copies strings. A string that is kept keeps up to 2 KiB in memory, less if few strings
// were copied before it. The zero value is ready. A Slab is not safe for concurrent use.
type Slab struct {
	buffer strings.Builder
	next   int // bytes of the next allocation; 0 for the first string, which is allocated on its own
}

// Reserve makes room for strings of n bytes in all, which are then one allocation. It does nothing
// if n is too large.
func (s *Slab) Reserve(n int) {
	if n <= mostSlab && s.buffer.Cap()-s.buffer.Len() < n {
		s.allocate(n)
	}
}

// Clone returns a copy of a string.
func (s *Slab) Clone(text string) string {
	if s.buffer.Cap()-s.buffer.Len() < len(text) {
		if s.next == 0 || len(text) > maxText {
			s.next = max(s.next, leastSlab)
			return strings.Clone(text)
		}
		s.allocate(max(s.next, len(text)))
	}
	start := s.buffer.Len()
	s.buffer.WriteString(text)
	return s.buffer.String()[start:]
}

// allocate allocates a buffer of n bytes. The next one is larger.
func (s *Slab) allocate(n int) {
	s.buffer = strings.Builder{}
	s.buffer.Grow(n)
	s.next = min(max(2*n, leastSlab), mostSlab)
}
