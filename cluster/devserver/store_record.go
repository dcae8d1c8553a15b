package devserver

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol"
)

// A record is one version of a record. It never changes once it is stored, so
// that whoever has found it may read it without a lock.
type record struct {
	digest     protocol.Digest
	set        *set   // nil: in no set
	key        []byte // the user key as FieldKey carries it, nil if it is not stored
	generation uint16
	voidTime   uint32 // seconds since 2010, 0 for never
	lastUpdate uint64 // milliseconds since 2010
	size       int    // bytes that it would take on a device
	bins       []byte // the bins as they stand in an answer, one behind the other
	binCount   int
	indexed    [][]byte // names of the lists and maps for which an index is kept
	// tombstone marks what a durable delete has left: no bins, and the metadata from which a
	// record that is created later goes on.
	tombstone bool
	// transaction is the one that has locked the record, 0 for none; original is the version that its
	// provisional one stands for, nil if the transaction creates the record.
	transaction uint64
	original    *record
	// outcome is how the transaction of a monitor has ended, or is being ended: TransactionCommitted or
	// TransactionAborted. OK while it is open, and for other records.
	outcome protocol.ResultCode
}

// keepsIndex reports whether the server keeps an index for the list or map in a bin.
func (r *record) keepsIndex(name []byte) bool {
	for _, indexed := range r.indexed {
		if string(indexed) == string(name) {
			return true
		}
	}
	return false
}

// expired reports whether the record's time to live had ended at the given second.
func (r *record) expired(now uint32) bool { return r.voidTime != 0 && r.voidTime < now }

// doomed reports whether the record counts as gone although it is still in the
// index: it has expired or was truncated.
func (r *record) doomed(ns *namespace, now uint32) bool {
	if r.isMonitor() {
		return false // it ends with its transaction
	}
	return r.expired(now) || r.lastUpdate < ns.truncated.Load() ||
		r.set != nil && r.lastUpdate < r.set.truncated.Load()
}

// setName returns the name of the record's set, "" if it is in none.
func (r *record) setName() string {
	if r.set == nil {
		return ""
	}
	return r.set.name
}

// A bin is a bin of a record while a command works on it. Name and value share
// memory with the request, with the stored record or with the command's scratch space.
type bin struct {
	name     []byte
	particle protocol.ParticleType
	value    []byte
	indexed  bool // see record.keepsIndex
}

// opFixed is the length of an operation behind its size field and without name and value.
const opFixed = 4

// wireSize is the length of the bin in an answer.
func (b *bin) wireSize() int { return 4 + opFixed + len(b.name) + len(b.value) }

// appendBin appends the bin as it stands in an answer.
func appendBin(dst []byte, code protocol.OpCode, name []byte, particle protocol.ParticleType, value []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(opFixed+len(name)+len(value)))
	dst = append(dst, byte(code), byte(particle), 0, byte(len(name)))
	dst = append(dst, name...)
	return append(dst, value...)
}

// nextBin splits the first bin off stored bins.
func nextBin(bins []byte) (b bin, rest []byte) {
	end := 4 + int(binary.BigEndian.Uint32(bins))
	nameEnd := 4 + opFixed + int(bins[7])
	return bin{name: bins[8:nameEnd:nameEnd], particle: protocol.ParticleType(bins[5]), value: bins[nameEnd:end:end]}, bins[end:]
}

// findBin returns the stored bin of a name with its bytes in an answer, nil if there is none.
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

// live reports whether the record is there for those who read: it is no tombstone and counts
// as gone for no other reason.
func (r *record) live(ns *namespace, now uint32) bool { return !r.tombstone && !r.doomed(ns, now) }

// bury makes a record that is not stored yet a tombstone.
func (r *record) bury() {
	r.tombstone, r.voidTime = true, 0
	r.size = roundToBlocks(deviceSize(r, nil))
}

// provisional reports whether the record is locked by a transaction.
func (r *record) provisional() bool { return r != nil && r.transaction != 0 }

// committed is the version that is shown to those outside of the record's transaction: nil if the
// transaction creates the record.
func (r *record) committed() *record {
	if r.provisional() {
		return r.original
	}
	return r
}

// isMonitor reports whether the record is a transaction's monitor.
func (r *record) isMonitor() bool { return r.set != nil && r.set.monitors }
