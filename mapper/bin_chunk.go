package mapper

import (
	"encoding/binary"
	"math"

	"github.com/aerosql/aerosql/protocol/wire"
)

// A chunk is fields that are written together: the start of their encoded operations, with zeros
// for the values, is copied at once, and the values are stored in it. The fields have values of a
// fixed size, but for the last one, which may be a string or a slice of bytes.
type chunk struct {
	first, last int    // the steps, last excluded
	head        string // "" if only the codecs of the fields know how to write them
	values      []chunkValue
	// tail is the step of a last field without a fixed size, nil if there is none. Its operation
	// begins at tailStart of head.
	tail      *step
	tailStart int
}

// A chunkValue is a field whose value has a fixed size.
type chunkValue struct {
	location location
	form     binForm
	at, size int // of the value in the chunk
}

// chunksOf returns the chunks of all steps.
func chunksOf(steps []step) []chunk {
	var all []chunk
	open := false // the last chunk takes more fields
	for i := range steps {
		s := &steps[i]
		if !s.direct || s.form == formValue {
			all = append(all, chunk{first: i, last: i + 1})
			open = false
			continue
		}
		if !open {
			all = append(all, chunk{first: i})
		}
		open = all[len(all)-1].add(s, i)
	}
	return all
}

// add adds a field and reports whether others can follow it.
func (c *chunk) add(s *step, i int) (open bool) {
	t, size := s.form.particle()
	if s.form == formByteArray {
		size = s.size
	}
	start := len(c.head)
	c.head, c.last = c.head+wire.OpHead(s.bin, t, size), i+1
	if size == 0 && s.form != formByteArray {
		c.tail, c.tailStart = s, start
		return false
	}
	c.values = append(c.values, chunkValue{s.location, s.form, len(c.head), size})
	c.head += string(make([]byte, size))
	return true
}

// write writes the fields of the object at base and returns how many. The codecs must write the
// others: their values are NULL or errors.
func (c *chunk) write(w *binEncoder, base place) int {
	if c.head == "" {
		return 0
	}
	start := len(w.encoded.Ops)
	ops := append(w.encoded.Ops, c.head...)
	for i := range c.values {
		v := &c.values[i]
		at := start + v.at
		if !v.form.put(ops[at:at+v.size], v.location.of(base)) {
			w.encoded.Ops = ops[:start]
			return 0
		}
	}
	n := len(c.values)
	if c.tail != nil {
		start += c.tailStart
		longer, ok := c.tail.form.append(ops, c.tail.location.of(base))
		if ok {
			wire.SetOpSize(longer, start)
			n++
		} else {
			longer = ops[:start]
		}
		ops = longer
	}
	w.encoded.Ops = ops
	w.encoded.Count += n
	return n
}

// put stores the value of the variable at a place in dst, whose size is that of the value. It
// returns false if the value must be encoded by its codec, for which it is an error.
func (f binForm) put(dst []byte, at place) bool {
	var n uint64
	switch f {
	case formInt:
		n = uint64(*variable[int](at))
	case formInt64:
		n = uint64(*variable[int64](at))
	case formInt32:
		n = uint64(*variable[int32](at))
	case formInt16:
		n = uint64(*variable[int16](at))
	case formInt8:
		n = uint64(*variable[int8](at))
	case formUint:
		n = uint64(*variable[uint](at))
		if n > math.MaxInt64 {
			return false
		}
	case formUint64:
		n = *variable[uint64](at)
		if n > math.MaxInt64 {
			return false
		}
	case formUint32:
		n = uint64(*variable[uint32](at))
	case formUint16:
		n = uint64(*variable[uint16](at))
	case formUint8:
		n = uint64(*variable[uint8](at))
	case formFloat64:
		n = math.Float64bits(*variable[float64](at))
	case formFloat32:
		n = math.Float64bits(float64(*variable[float32](at)))
	case formBoolInt:
		if *variable[bool](at) {
			n = 1
		}
	case formBool:
		dst[0] = 0
		if *variable[bool](at) {
			dst[0] = 1
		}
		return true
	case formByteArray:
		copy(dst, arrayBytes(at, len(dst)))
		return true
	}
	binary.BigEndian.PutUint64(dst, n)
	return true
}

// append appends the text or bytes of the variable at a place. It returns false if the value must
// be encoded by its codec, for which it is NULL.
func (f binForm) append(dst []byte, at place) ([]byte, bool) {
	if f == formString {
		return append(dst, *variable[string](at)...), true
	}
	b := loadBytes(at)
	return append(dst, b...), b != nil
}
