package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// A Scan is a query without a secondary index: it reads the records of a set, or of a whole
// namespace, by partitions. Needs server 6.0.
type Scan struct {
	Namespace, Set string
	Bins           []string // bins to return; if empty, all bins
	NoBins         bool     // return metadata only
	TaskID         uint64   // must differ from those of all running queries
	// Partitions are the partitions to read from their start. Resume has digests: the partition of
	// each is read from the record after the digest. At least one of the two must not be empty, and
	// no partition may be in both.
	Partitions       []uint16
	Resume           []protocol.Digest
	MaxRecords       uint64 // per node, 0 for no limit
	RecordsPerSecond uint32 // per node, 0 for no limit
	SocketTimeout    uint32 // milliseconds that the server waits for the client to read, 0 for no limit
	Filter           []byte // a packed filter expression, nil for none
	Info1            Info1  // can have Info1CompressResponses
}

// AppendMessage appends the request with its proto header. If it returns an error dst is returned
// unchanged.
func (s *Scan) AppendMessage(dst []byte) ([]byte, error) {
	return (&Query{Scan: *s}).AppendMessage(dst)
}

// appendFields appends the fields and counts them in the header.
func (s *Scan) appendFields(buf []byte, h *Header) []byte {
	add := func(t FieldType, size int) {
		buf = appendFieldHeader(buf, t, size)
		h.FieldCount++
	}
	add(FieldNamespace, len(s.Namespace))
	buf = append(buf, s.Namespace...)
	if s.Set != "" {
		add(FieldSet, len(s.Set))
		buf = append(buf, s.Set...)
	}
	if len(s.Partitions) > 0 {
		add(FieldPartitions, 2*len(s.Partitions))
		for _, p := range s.Partitions {
			buf = binary.LittleEndian.AppendUint16(buf, p)
		}
	}
	if len(s.Resume) > 0 {
		add(FieldDigests, len(protocol.Digest{})*len(s.Resume))
		for _, d := range s.Resume {
			buf = append(buf, d[:]...)
		}
	}
	if s.MaxRecords > 0 {
		add(FieldMaxRecords, 8)
		buf = binary.BigEndian.AppendUint64(buf, s.MaxRecords)
	}
	if s.RecordsPerSecond > 0 {
		add(FieldRecordsPerSec, 4)
		buf = binary.BigEndian.AppendUint32(buf, s.RecordsPerSecond)
	}
	if s.Filter != nil {
		add(FieldFilterExp, len(s.Filter))
		buf = append(buf, s.Filter...)
	}
	add(FieldSocketTimeout, 4)
	buf = binary.BigEndian.AppendUint32(buf, s.SocketTimeout)
	add(FieldTaskID, 8)
	return binary.BigEndian.AppendUint64(buf, s.TaskID)
}

// ParsePartitions parses the data of a FieldPartitions. Errors wrap [protocol.ErrMalformed], also
// if an id is not below 4096.
func ParsePartitions(data []byte) ([]uint16, error) {
	if len(data)%2 != 0 || len(data) > 2*protocol.PartitionCount {
		return nil, fmt.Errorf("%w: a list of partitions of %d bytes", protocol.ErrMalformed, len(data))
	}
	ids := make([]uint16, len(data)/2)
	for i := range ids {
		ids[i] = binary.LittleEndian.Uint16(data[2*i:])
		if ids[i] >= protocol.PartitionCount {
			return nil, fmt.Errorf("%w: partition %d", protocol.ErrMalformed, ids[i])
		}
	}
	return ids, nil
}

// ParseDigests parses the data of a FieldDigests. Errors wrap [protocol.ErrMalformed].
func ParseDigests(data []byte) ([]protocol.Digest, error) {
	const size = len(protocol.Digest{})
	if len(data)%size != 0 || len(data) > size*protocol.PartitionCount {
		return nil, fmt.Errorf("%w: a list of digests of %d bytes", protocol.ErrMalformed, len(data))
	}
	digests := make([]protocol.Digest, len(data)/size)
	for i := range digests {
		copy(digests[i][:], data[size*i:])
	}
	return digests, nil
}
