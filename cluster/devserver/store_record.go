package devserver

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol"
)

// A record is one version of a record. It is immutable once stored, so it may be read without a
// lock.
type record struct {
	digest     protocol.Digest
	set        *setID // nil if in no set
	key        []byte // user key as in FieldKey, nil if not stored
	generation uint16
	voidTime   uint32 // seconds since 2010, 0 if it never expires
	lastUpdate uint64 // milliseconds since 2010
	size       int    // bytes on a device
	bins       []byte // concatenated, as encoded in an answer
	binCount   int
	indexed    [][]byte // names of the bins with a persisted list or map index
	// tombstone means that a durable delete left this version. It has no bins. Its metadata is the
	// base for a record that is created later.
	tombstone bool
	// transaction is the id of the transaction that has locked the record, 0 if there is none.
	// original is the version before the lock, nil if the transaction creates the record.
	transaction uint64
	original    *record
	// outcome is set only for monitors: TransactionCommitted or TransactionAborted if the
	// transaction has ended or is being ended, OK while it is open.
	outcome protocol.ResultCode
}

// keepsIndex reports whether the server keeps an index for the list or map in the named bin.
func (r *record) keepsIndex(name []byte) bool {
	for _, indexed := range r.indexed {
		if string(indexed) == string(name) {
			return true
		}
	}
	return false
}

// expired reports whether the record has expired at the given second.
func (r *record) expired(now uint32) bool { return r.voidTime != 0 && r.voidTime < now }

// expiredOrTruncated reports whether the record has expired or was truncated, although it is still
// in the index.
func (r *record) expiredOrTruncated(ns *namespace, now uint32) bool {
	if r.isMonitor() {
		return false // it lasts as long as its transaction
	}
	return r.expired(now) || r.lastUpdate < ns.truncated.Load() ||
		r.set != nil && r.lastUpdate < ns.setOf(r.set).truncated.Load()
}

// setName returns the name of the record's set, "" if it is in none.
func (r *record) setName() string {
	if r.set == nil {
		return ""
	}
	return r.set.name
}

// A bin is a bin of a record that a command is working on. Name and value share memory with the
// request, with the stored record or with the command's scratch space.
type bin struct {
	name     []byte
	particle protocol.ParticleType
	value    []byte
	indexed  bool // see record.keepsIndex
}

// opFixed is the length of an operation without its size field, name and value.
const opFixed = 4

// wireSize returns the length of the bin in an answer.
func (b *bin) wireSize() int { return 4 + opFixed + len(b.name) + len(b.value) }

// appendBin appends the bin as encoded in an answer.
func appendBin(dst []byte, code protocol.OpCode, name []byte, particle protocol.ParticleType, value []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(opFixed+len(name)+len(value)))
	dst = append(dst, byte(code), byte(particle), 0, byte(len(name)))
	dst = append(dst, name...)
	return append(dst, value...)
}

// nextBin splits the first bin from encoded bins.
func nextBin(bins []byte) (b bin, rest []byte) {
	end := 4 + int(binary.BigEndian.Uint32(bins))
	nameEnd := 4 + opFixed + int(bins[7])
	return bin{name: bins[8:nameEnd:nameEnd], particle: protocol.ParticleType(bins[5]), value: bins[nameEnd:end:end]}, bins[end:]
}

// firstBin returns the size of the first of encoded bins if it has the name, otherwise 0.
func firstBin(bins, name []byte) int {
	const head = 4 + opFixed
	if len(bins) == 0 || int(bins[head-1]) != len(name) || string(bins[head:head+len(name)]) != string(name) {
		return 0
	}
	return 4 + int(binary.BigEndian.Uint32(bins))
}

// findBin returns the stored bin with the given name and its encoding, nil if there is none.
func findBin(bins, name []byte) (b bin, wire []byte) {
	for len(bins) > 0 {
		b, rest := nextBin(bins)
		if string(b.name) == string(name) {
			return b, bins[: len(bins)-len(rest) : len(bins)-len(rest)]
		}
		bins = rest
	}
	return bin{}, nil
}

// findNextBin is findBin for names that come in the order of the bins: it looks in rest, the last
// of the bins, before it looks in the others. It returns what follows the bin as the next rest.
func findNextBin(bins, rest, name []byte) (b bin, wire, after []byte) {
	for part := rest; len(part) > 0; {
		b, next := nextBin(part)
		if string(b.name) == string(name) {
			return b, part[: len(part)-len(next) : len(part)-len(next)], next
		}
		part = next
	}
	b, wire = findBin(bins[:len(bins)-len(rest)], name)
	return b, wire, rest
}

// live reports whether readers see the record: it is not a tombstone, has not expired and was not
// truncated.
func (r *record) live(ns *namespace, now uint32) bool {
	return !r.tombstone && !r.expiredOrTruncated(ns, now)
}

// makeTombstone turns a record that is not stored yet into a tombstone.
func (r *record) makeTombstone() {
	r.tombstone, r.voidTime = true, 0
	r.size = roundToBlocks(deviceSize(r, nil))
}

// provisional reports whether the record is locked by a transaction.
func (r *record) provisional() bool { return r != nil && r.transaction != 0 }

// committed returns the version that commands outside of the record's transaction see. It is nil if
// the transaction creates the record.
func (r *record) committed() *record {
	if r.provisional() {
		return r.original
	}
	return r
}

// isMonitor reports whether the record is a transaction's monitor.
func (r *record) isMonitor() bool { return r.set != nil && r.set.monitors }
