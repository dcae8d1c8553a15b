package cursor

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"maps"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// ErrDamaged means that the data is not a saved cursor.
var ErrDamaged = errors.New("damaged")

// savedMark starts a saved cursor. Its last byte is the version of the format:
//
//	 4  mark
//	 8  query identifier
//	 2  first partition
//	 2  number of partitions
//	 1  1 if records are remembered, else 0
//	 …  runs of partitions in the same state: uvarint of length<<2 | state
//	28  for each started partition: digest, index value; and if records are
//	    remembered, their number as uvarint and 8 bytes for each
//	 4  checksum, CRC-32C
const savedMark = "AQC\x01"

const (
	savedHead  = len(savedMark) + 13
	savedPoint = 20 + 8
	savedSeen  = 8
	savedSum   = 4
)

// The states of a partition in a saved cursor.
const (
	savedOpen = iota
	savedStarted
	savedDone
)

// AppendTo appends the cursor in the format that Parse reads.
func (c *Cursor) AppendTo(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, savedMark...)
	dst = binary.BigEndian.AppendUint64(dst, c.Query)
	dst = binary.BigEndian.AppendUint16(dst, uint16(c.begin))
	dst = binary.BigEndian.AppendUint16(dst, uint16(c.count))
	once := byte(0)
	if c.Once {
		once = 1
	}
	dst = append(dst, once)
	parts := c.parts[c.begin : c.begin+c.count]
	for at := 0; at < len(parts); {
		state, run := parts[at].state(), 1
		for at+run < len(parts) && parts[at+run].state() == state {
			run++
		}
		dst = binary.AppendUvarint(dst, uint64(run<<2|state))
		at += run
	}
	for i := range parts {
		if p := &parts[i]; p.state() == savedStarted {
			dst = append(dst, p.last[:]...)
			dst = binary.BigEndian.AppendUint64(dst, uint64(p.bval))
			if c.Once {
				dst = p.appendSeen(dst)
			}
		}
	}
	return binary.BigEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli()))
}

func (p *part) appendSeen(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(p.seen)))
	for _, mark := range slices.Sorted(maps.Keys(p.seen)) {
		dst = binary.BigEndian.AppendUint64(dst, mark)
	}
	return dst
}

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

func (p *part) state() int {
	switch {
	case p.done:
		return savedDone
	case p.started:
		return savedStarted
	}
	return savedOpen
}

// Parse reads the output of AppendTo. The error is ErrDamaged.
func Parse(data []byte) (*Cursor, error) {
	if len(data) < savedHead+savedSum || string(data[:len(savedMark)]) != savedMark {
		return nil, ErrDamaged
	}
	body, sum := data[:len(data)-savedSum], binary.BigEndian.Uint32(data[len(data)-savedSum:])
	if crc32.Checksum(body, castagnoli()) != sum {
		return nil, ErrDamaged
	}
	head := body[len(savedMark):]
	c := New(int(binary.BigEndian.Uint16(head[8:])), int(binary.BigEndian.Uint16(head[10:])))
	c.Query = binary.BigEndian.Uint64(head)
	c.Once = head[12] == 1
	if head[12] > 1 || c.count == 0 || c.begin+c.count > protocol.PartitionCount {
		return nil, ErrDamaged
	}
	points, ok := c.parseRuns(body[savedHead:])
	if !ok || !c.parsePoints(points) {
		return nil, ErrDamaged
	}
	return c, nil
}

// parseRuns reads the states of all partitions and returns the rest of the data.
func (c *Cursor) parseRuns(data []byte) (rest []byte, ok bool) {
	for at := 0; at < c.count; {
		word, n := binary.Uvarint(data)
		run, state := word>>2, word&3
		if n <= 0 || run == 0 || run > uint64(c.count-at) || state > savedDone {
			return nil, false
		}
		data = data[n:]
		for range run {
			p := &c.parts[c.begin+at]
			p.done, p.started = state == savedDone, state == savedStarted
			at++
		}
	}
	return data, true
}

// parsePoints reads the positions of the started partitions.
func (c *Cursor) parsePoints(data []byte) bool {
	for at := c.begin; at < c.begin+c.count; at++ {
		p := &c.parts[at]
		if !p.started {
			continue
		}
		if len(data) < savedPoint {
			return false
		}
		copy(p.last[:], data)
		p.bval = int64(binary.BigEndian.Uint64(data[len(p.last):]))
		if int(p.last.Partition()) != at {
			return false
		}
		data = data[savedPoint:]
		if c.Once {
			var ok bool
			if data, ok = p.parseSeen(data); !ok {
				return false
			}
		}
	}
	return len(data) == 0
}

// parseSeen reads the remembered records and returns the rest of the data.
func (p *part) parseSeen(data []byte) (rest []byte, ok bool) {
	count, n := binary.Uvarint(data)
	if n <= 0 || count > uint64(len(data)/savedSeen) {
		return nil, false
	}
	data = data[n:]
	for range count {
		if len(data) < savedSeen || !p.markSeen(binary.BigEndian.Uint64(data)) {
			return nil, false
		}
		data = data[savedSeen:]
	}
	return data, true
}
