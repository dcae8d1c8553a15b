package wire

const (
	// firstBodyPart is the memory in bytes that a body gets before any of it has come.
	firstBodyPart = 32 << 10
	// firstInflatedPart is the same for what a compressed body holds: its decoder takes 42 KiB besides.
	firstInflatedPart = 16 << 10
)

// A Body gathers the bytes of a body whose size has been announced, whatever brings them. An announcement alone takes
// no memory to speak of: each part is at most as large as what has come before it, and at the end all is put together, so
// that a body of n bytes takes 2n at most.
type Body struct {
	left int // bytes that have not come
	// part is being filled from n on; those in parts are full.
	part  []byte
	n     int
	parts [][]byte
}

// NewBody begins a body of size bytes. If the memory of keep, which may be nil, is
// enough for it, it is used.
func NewBody(size int, keep []byte) Body {
	if cap(keep) >= size {
		return Body{left: size, part: keep[:size:size]}
	}
	return newBody(size, firstBodyPart)
}

func newBody(size, first int) Body {
	return Body{left: size, part: makePart(size, first)}
}

// makePart makes the next part of a body of which so many bytes are missing, at most as large as most. The last one has a byte
// more, behind its end.
func makePart(missing, most int) []byte {
	if missing > most {
		return make([]byte, most)
	}
	return make([]byte, missing, missing+1)
}

// Space returns where the next bytes belong; it is empty if all have come. Where the body ends with it, its capacity is as a rule
// one more than its length: who reads into that too sees whether anything follows the body, for no more than the reading itself.
func (b *Body) Space() []byte { return b.part[b.n:] }

// Arrived counts bytes that were put at the start of Space.
func (b *Body) Arrived(n int) {
	b.n += n
	b.left -= n
	if b.n < len(b.part) || b.left == 0 {
		return
	}
	b.parts = append(b.parts, b.part)
	have := 0
	for _, p := range b.parts {
		have += len(p)
	}
	b.part, b.n = makePart(b.left, have), 0
}

// Bytes returns the body when all of it has come, in one piece of its exact size.
func (b *Body) Bytes() []byte {
	if len(b.parts) == 0 {
		return b.part
	}
	size := len(b.part)
	for _, p := range b.parts {
		size += len(p)
	}
	whole := make([]byte, 0, size)
	for _, p := range b.parts {
		whole = append(whole, p...)
	}
	return append(whole, b.part...)
}
