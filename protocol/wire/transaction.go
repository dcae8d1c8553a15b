package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// A RecordVersion tells one version of a record from all others: when it was written, in milliseconds
// since 2010, and its generation. A record that does not exist has version 0.
type RecordVersion uint64

const (
	recordVersionSize   = 7
	versionLUTBits      = 40
	transactionIDSize   = 8
	transactionEndSize  = 4
	transactionFieldMax = 3
)

// NewRecordVersion is the version of a record that was last written at a time, in milliseconds
// since 2010, of which 40 bits count, and has a generation.
func NewRecordVersion(lastUpdate uint64, generation uint16) RecordVersion {
	return RecordVersion(lastUpdate&(1<<versionLUTBits-1) | uint64(generation)<<versionLUTBits)
}

// LastUpdate is when the version was written, in milliseconds since 2010.
func (v RecordVersion) LastUpdate() uint64 { return uint64(v) & (1<<versionLUTBits - 1) }

// Generation is the record's generation as the server counts it.
func (v RecordVersion) Generation() uint16 { return uint16(uint64(v) >> versionLUTBits) }

// AppendTo appends the version as a message carries it: 7 bytes, the lowest first.
func (v RecordVersion) AppendTo(dst []byte) []byte {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(v))
	return append(dst, b[:recordVersionSize]...)
}

// ParseRecordVersion reads what AppendTo writes. Errors wrap [protocol.ErrMalformed].
func ParseRecordVersion(data []byte) (RecordVersion, error) {
	if len(data) != recordVersionSize {
		return 0, fmt.Errorf("%w: a record version of %d bytes", protocol.ErrMalformed, len(data))
	}
	var b [8]byte
	copy(b[:], data)
	return RecordVersion(binary.LittleEndian.Uint64(b[:])), nil
}

// The monitor of a transaction is a record in the transaction's namespace that lists the records the
// transaction has locked. Its user key is the transaction's id.
const (
	ReservedSetPrefix = "<ERO~" // the names of the server's own sets start with it
	MonitorSet        = ReservedSetPrefix + "MRT"

	MonitorID      = "id"    // bin: the transaction's id
	MonitorKeys    = "keyds" // bin: an ordered list of the digests of the locked records
	MonitorForward = "fwd"   // bin: true once the transaction commits
)

// TransactionFields are what a command tells of the multi-record transaction to which it belongs
// (server 8, namespaces with strong consistency).
type TransactionFields struct {
	// ID is the transaction's, 0 for none: a verification names a version and no transaction.
	ID uint64
	// Version is the one that the transaction has read of the record, if HasVersion.
	Version    RecordVersion
	HasVersion bool
	// Deadline is when the transaction ends by itself, in seconds since 2010; 0 if it is not told.
	Deadline uint32
}

// ParseTransactionFields finds the fields of a transaction among those of a message. Without any
// the result is zero. Errors wrap [protocol.ErrMalformed].
func ParseTransactionFields(fields []Field) (t TransactionFields, err error) {
	for _, f := range fields {
		switch f.Type {
		case FieldTransactionID:
			if len(f.Data) != transactionIDSize {
				return t, fmt.Errorf("%w: a transaction id of %d bytes", protocol.ErrMalformed, len(f.Data))
			}
			if t.ID = binary.LittleEndian.Uint64(f.Data); t.ID == 0 {
				return t, fmt.Errorf("%w: a transaction of id 0", protocol.ErrMalformed)
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

// AppendTo appends the fields that are set, in the order of the official clients, and returns their number too.
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

// endsTransaction are the flags of the commands that end transactions, which have no operations.
const endsTransaction = Info4VerifyRead | Info4RollForward | Info4RollBack

// EndsTransaction reports whether the command is one of those that end a transaction, see NewVerify and NewRoll.
func (c *Command) EndsTransaction() bool { return c.Info4&endsTransaction != 0 }

// NewVerify asks whether a record still has the version that a transaction has read: OK,
// TransactionVersionMismatch, or TransactionBlocked if another transaction has locked the record.
func NewVerify(key protocol.Key, version RecordVersion) Command {
	return Command{Key: key, Info1: Info1Read | Info1NoBins, Info3: Info3SCReadType, Info4: Info4VerifyRead,
		Transaction: &TransactionFields{Version: version, HasVersion: true}}
}

// NewRoll ends a transaction's lock on a record: forward, by which what it wrote becomes the
// record, or back. A record that is not locked by the transaction stays as it is.
func NewRoll(key protocol.Key, forward bool, t *TransactionFields) Command {
	c := Command{Key: key, Info2: Info2Write | Info2DurableDelete, Info4: Info4RollBack, Transaction: t}
	if forward {
		c.Info4 = Info4RollForward
	}
	return c
}
