package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// A RecordVersion identifies a version of a record. It consists of the time of the last write, in
// milliseconds since 2010, and the generation. The version of a record that does not exist is 0.
type RecordVersion uint64

const (
	recordVersionSize   = 7
	versionLUTBits      = 40
	transactionIDSize   = 8
	transactionEndSize  = 4
	transactionFieldMax = 3
)

// NewRecordVersion returns the version of a record from the time of its last write, in milliseconds
// since 2010, and its generation. It uses the lower 40 bits of the time.
func NewRecordVersion(lastUpdate uint64, generation uint16) RecordVersion {
	return RecordVersion(lastUpdate&(1<<versionLUTBits-1) | uint64(generation)<<versionLUTBits)
}

// LastUpdate returns the time when the version was written, in milliseconds since 2010.
func (v RecordVersion) LastUpdate() uint64 { return uint64(v) & (1<<versionLUTBits - 1) }

// Generation returns the generation of the record.
func (v RecordVersion) Generation() uint16 { return uint16(uint64(v) >> versionLUTBits) }

// AppendTo appends the encoded version: 7 bytes, little-endian.
func (v RecordVersion) AppendTo(dst []byte) []byte {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(v))
	return append(dst, b[:recordVersionSize]...)
}

// ParseRecordVersion parses the form that AppendTo writes. Errors wrap [protocol.ErrMalformed].
func ParseRecordVersion(data []byte) (RecordVersion, error) {
	if len(data) != recordVersionSize {
		return 0, fmt.Errorf("%w: a record version of %d bytes", protocol.ErrMalformed, len(data))
	}
	var b [8]byte
	copy(b[:], data)
	return RecordVersion(binary.LittleEndian.Uint64(b[:])), nil
}

// The monitor of a transaction is a record in the transaction's namespace that lists the records
// the transaction has locked. Its user key is the transaction's id.
const (
	ReservedSetPrefix = "<ERO~" // the names of the server's own sets start with it
	MonitorSet        = ReservedSetPrefix + "MRT"

	MonitorID      = "id"    // bin: the transaction's id
	MonitorKeys    = "keyds" // bin: an ordered list of the digests of the locked records
	MonitorForward = "fwd"   // bin: true once the transaction commits
)

// TransactionFields are the fields of a command about its multi-record transaction. Needs server 8
// and a namespace with strong consistency.
type TransactionFields struct {
	// ID is the id of the transaction, or 0 for none: see NewVerify.
	ID uint64
	// Version is the version of the record that the transaction has read; only if HasVersion.
	Version    RecordVersion
	HasVersion bool
	// Deadline is the time when the server ends the transaction, in seconds since 2010; 0 for none.
	Deadline uint32
}

// ParseTransactionFields parses the fields of a message about a transaction. If there are none the
// result is zero. Errors wrap [protocol.ErrMalformed].
func ParseTransactionFields(fields []Field) (t TransactionFields, err error) {
	for _, f := range fields {
		switch f.Type {
		case FieldTransactionID:
			if len(f.Data) != transactionIDSize {
				return t, fmt.Errorf("%w: a transaction id of %d bytes", protocol.ErrMalformed, len(f.Data))
			}
			if t.ID = binary.LittleEndian.Uint64(f.Data); t.ID == 0 {
				return t, fmt.Errorf("%w: a transaction id of 0", protocol.ErrMalformed)
			}
		case FieldRecordVersion:
			if t.Version, err = ParseRecordVersion(f.Data); err != nil {
				return t, err
			}
			t.HasVersion = true
		case FieldTransactionEnd:
			if t.Deadline, err = parseTransactionEnd(f.Data); err != nil {
				return t, err
			}
		}
	}
	return t, nil
}

func parseTransactionEnd(data []byte) (uint32, error) {
	if len(data) != transactionEndSize {
		return 0, fmt.Errorf("%w: a transaction's deadline of %d bytes", protocol.ErrMalformed, len(data))
	}
	return binary.LittleEndian.Uint32(data), nil
}

// AppendTo appends the fields that are set, in the order of the official clients, and also returns
// their number. t may be nil.
func (t *TransactionFields) AppendTo(dst []byte) (_ []byte, count uint16) {
	if t == nil {
		return dst, 0
	}
	if t.ID != 0 {
		dst = binary.LittleEndian.AppendUint64(appendFieldHeader(dst, FieldTransactionID, transactionIDSize), t.ID)
		count++
	}
	if t.HasVersion {
		dst = t.Version.AppendTo(appendFieldHeader(dst, FieldRecordVersion, recordVersionSize))
		count++
	}
	if t.Deadline != 0 {
		dst = binary.LittleEndian.AppendUint32(appendFieldHeader(dst, FieldTransactionEnd, transactionEndSize), t.Deadline)
		count++
	}
	return dst, count
}

func (t *TransactionFields) count() (n uint16) {
	var space [transactionFieldMax * (fieldMin + transactionIDSize)]byte
	_, n = t.AppendTo(space[:0])
	return n
}

// endsTransaction has the flags of the commands that end a transaction. These have no operations.
const endsTransaction = Info4VerifyRead | Info4RollForward | Info4RollBack

// EndsTransaction reports whether the command ends a transaction: whether it was made by
// [NewVerify] or [NewRoll].
func (c *Command) EndsTransaction() bool { return c.Info4&endsTransaction != 0 }

// NewVerify returns a command that checks whether a record still has the version that a transaction
// has read. The result is OK, TransactionVersionMismatch, or TransactionBlocked if another
// transaction has locked the record.
func NewVerify(key protocol.Key, version RecordVersion) Command {
	return Command{Key: key, Info1: Info1Read | Info1NoBins, Info3: Info3SCReadType, Info4: Info4VerifyRead,
		Transaction: &TransactionFields{Version: version, HasVersion: true}}
}

// NewRoll returns a command that releases a transaction's lock on a record. If forward is true the
// transaction's write takes effect, otherwise it is discarded. If the transaction has not locked
// the record the command does nothing.
func NewRoll(key protocol.Key, forward bool, t *TransactionFields) Command {
	c := Command{Key: key, Info2: Info2Write | Info2DurableDelete, Info4: Info4RollBack, Transaction: t}
	if forward {
		c.Info4 = Info4RollForward
	}
	return c
}
