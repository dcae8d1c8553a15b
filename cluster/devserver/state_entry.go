package devserver

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/aerosql/aerosql/protocol"
)

// Snapshots and the log of a data directory are sequences of entries after a header. An entry is
// its length and its checksum, 4 bytes each, then its type and its fields. Strings and numbers are
// varints and bytes after a varint. An entry sets a state: applying it twice is the same as once.

// dataMagic begins every file. The version of the format follows in one byte.
const (
	dataMagic   = "aerosql devserver data\n"
	dataVersion = 1
)

// ErrDamaged is the error of a snapshot or data directory that is damaged or of another version.
var ErrDamaged = errors.New("devserver: damaged data")

type entryType byte

const (
	entryPut        entryType = iota + 1 // namespace, record
	entryDrop                            // namespace, digest
	entryTruncate                        // namespace, set, time
	entryIndex                           // definition
	entryDropIndex                       // namespace, name
	entryModule                          // name, content
	entryDropModule                      // name
	entrySet                             // namespace, set, options
	entryNamespace                       // options as JSON
	entryEnd                             // number of entries before it; only in snapshots
	entryUsers                           // users and roles as JSON; only in data directories
	entrySetting                         // namespace, name, value; only in data directories
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const (
	entryHead = 8
	// maxEntry is the length of the longest entry. A record has at most 128 MiB.
	maxEntry = 256 << 20
)

// An entryWriter appends one entry to a buffer.
type entryWriter struct {
	buf   []byte
	start int
}

func beginEntry(buf []byte, t entryType) *entryWriter {
	w := &entryWriter{buf, len(buf)}
	w.buf = append(w.buf, make([]byte, entryHead)...)
	w.buf = append(w.buf, byte(t))
	return w
}

// end completes the entry and returns the buffer.
func (w *entryWriter) end() []byte {
	body := w.buf[w.start+entryHead:]
	binary.BigEndian.PutUint32(w.buf[w.start:], uint32(len(body)))
	binary.BigEndian.PutUint32(w.buf[w.start+4:], crc32.Checksum(body, castagnoli))
	return w.buf
}

func (w *entryWriter) number(n uint64) { w.buf = binary.AppendUvarint(w.buf, n) }

func (w *entryWriter) bytes(b []byte) {
	w.number(uint64(len(b)))
	w.buf = append(w.buf, b...)
}

func (w *entryWriter) text(s string) {
	w.number(uint64(len(s)))
	w.buf = append(w.buf, s...)
}

// Flags of a record in an entry.
const (
	flagTombstone = 1 << iota
	flagHasKey
	flagHasSet
	flagHasOriginal
)

func (w *entryWriter) record(r *record) {
	flags := uint64(0)
	if r.tombstone {
		flags |= flagTombstone
	}
	if r.key != nil {
		flags |= flagHasKey
	}
	if r.set != nil {
		flags |= flagHasSet
	}
	if r.original != nil {
		flags |= flagHasOriginal
	}
	w.number(flags)
	w.buf = append(w.buf, r.digest[:]...)
	if r.set != nil {
		w.text(r.set.name)
	}
	if r.key != nil {
		w.bytes(r.key)
	}
	for _, n := range []uint64{uint64(r.generation), uint64(r.voidTime), r.lastUpdate, uint64(r.size), uint64(r.binCount), r.transaction, uint64(r.outcome)} {
		w.number(n)
	}
	w.bytes(r.bins)
	w.number(uint64(len(r.indexed)))
	for _, name := range r.indexed {
		w.bytes(name)
	}
	if r.original != nil {
		w.record(r.original)
	}
}

// An entryReader reads the fields of an entry. After a failure all reads return zero values, and
// bad is set.
type entryReader struct {
	data []byte
	bad  bool
}

func (r *entryReader) number() uint64 {
	n, size := binary.Uvarint(r.data)
	if size <= 0 {
		r.bad, r.data = true, nil
		return 0
	}
	r.data = r.data[size:]
	return n
}

func (r *entryReader) take(n uint64) []byte {
	if n > uint64(len(r.data)) {
		r.bad, r.data = true, nil
		return nil
	}
	b := r.data[:n:n]
	r.data = r.data[n:]
	return b
}

func (r *entryReader) bytes() []byte { return r.take(r.number()) }

func (r *entryReader) text() string { return string(r.bytes()) }

func (r *entryReader) digest() (d protocol.Digest) {
	copy(d[:], r.take(uint64(len(d))))
	return d
}

// record reads a record. The names of sets become sets of the namespace. nested is set for the
// original of a record, which has no original itself.
func (r *entryReader) record(ns *namespace, nested bool) *record {
	flags := r.number()
	x := &record{digest: r.digest(), tombstone: flags&flagTombstone != 0}
	if flags&flagHasSet != 0 {
		s, code := ns.createSet(r.bytes())
		if code != protocol.OK {
			r.bad = true
			return x
		}
		x.set = s.id()
	}
	if flags&flagHasKey != 0 {
		x.key = r.bytes()
	}
	x.generation, x.voidTime, x.lastUpdate = uint16(r.number()), uint32(r.number()), r.number()
	x.size, x.binCount, x.transaction, x.outcome = int(r.number()), int(r.number()), r.number(), protocol.ResultCode(r.number())
	x.bins = r.bytes()
	for n := r.number(); n > 0 && !r.bad; n-- {
		x.indexed = append(x.indexed, r.bytes())
	}
	if flags&flagHasOriginal != 0 {
		if nested {
			r.bad = true
			return x
		}
		x.original = r.record(ns, true)
	}
	return x
}

// errTorn means that the file ends within an entry, as after a crash.
var errTorn = errors.New("the file ends within an entry")

// readEntry reads one entry. At the end of the file it returns io.EOF. The result is not reused.
func readEntry(in io.Reader) (t entryType, fields *entryReader, err error) {
	var head [entryHead]byte
	switch _, err := io.ReadFull(in, head[:]); {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return 0, nil, errTorn
	case err != nil:
		return 0, nil, err
	}
	size := binary.BigEndian.Uint32(head[:])
	if size == 0 || size > maxEntry {
		return 0, nil, fmt.Errorf("%w: an entry of %d bytes", ErrDamaged, size)
	}
	body, err := readBody(in, int(size))
	if err != nil {
		return 0, nil, err
	}
	if crc32.Checksum(body, castagnoli) != binary.BigEndian.Uint32(head[4:]) {
		return 0, nil, fmt.Errorf("%w: the checksum of an entry is wrong", ErrDamaged)
	}
	return entryType(body[0]), &entryReader{data: body[1:]}, nil
}

// readBody reads n bytes. It allocates memory as they arrive.
func readBody(in io.Reader, n int) ([]byte, error) {
	const step = 1 << 20
	body := make([]byte, 0, min(n, step))
	for len(body) < n {
		have := len(body)
		body = append(body, make([]byte, min(n-have, step))...)
		if _, err := io.ReadFull(in, body[have:]); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil, errTorn
			}
			return nil, err
		}
	}
	return body, nil
}

// appendHeader appends the header of a file.
func appendHeader(dst []byte) []byte { return append(append(dst, dataMagic...), dataVersion) }

// readHeader reads the header of a file.
func readHeader(in io.Reader) error {
	head := make([]byte, len(dataMagic)+1)
	if _, err := io.ReadFull(in, head); err != nil || string(head[:len(dataMagic)]) != dataMagic {
		return fmt.Errorf("%w: not a file of this program", ErrDamaged)
	}
	if v := head[len(dataMagic)]; v != dataVersion {
		return fmt.Errorf("%w: format version %d, this program reads version %d", ErrDamaged, v, dataVersion)
	}
	return nil
}
