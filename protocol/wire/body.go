package wire

const (
	// firstBodyPart is the size in bytes of the first buffer of a body.
	firstBodyPart = 32 << 10
	// firstInflatedPart is that of a decompressed body. It is smaller because the decoder takes 42
	// KiB.
	firstInflatedPart = 16 << 10
)

// A Body collects the bytes of a message body of known size. A peer that announces a large body but
// does not send it takes little memory: each buffer is at most as large as the bytes that arrived
// before it. In the end the buffers are joined, so a body of n bytes takes at most 2n bytes.
type Body struct {
	left int // bytes that have not arrived
	// part is filled up to n; the buffers in parts are full.
	part  []byte
	n     int
	parts [][]byte
}

// NewBody returns a Body for size bytes. It uses the memory of keep, which can be nil, if the
// capacity of keep is large enough. If it is larger than that, Space has its extra byte. Memory for
// up to trusted bytes is taken at once.
func NewBody(size, trusted int, keep []byte) Body {
	if cap(keep) >= size {
		return Body{left: size, part: keep[:size:min(size+1, cap(keep))]}
	}
	first := firstBodyPart
	if size <= trusted {
		first = size
	}
	return newBody(size, first)
}

func newBody(size, first int) Body {
	return Body{left: size, part: makePart(size, first)}
}

// makePart returns the next buffer of a body if missing bytes have not arrived: at most most bytes.
// The capacity of the last buffer is one byte larger than its length, see Space.
func makePart(missing, most int) []byte {
	if missing > most {
		return make([]byte, most)
	}
	return make([]byte, missing, missing+1)
}

// Space returns the buffer for the next bytes. It is empty if all bytes have arrived. In the last
// buffer of a body the capacity is usually one more than the length. A caller that also reads into
// that byte sees, without another read, whether anything follows the body.
func (b *Body) Space() []byte { return b.part[b.n:] }

// Arrived records that the caller has put n bytes at the start of Space.
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

// Bytes returns the whole body. All bytes must have arrived.
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
