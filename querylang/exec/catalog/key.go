package catalog

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"sync"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// NewKey returns a new key for a row of a table whose keys are generated. If the key column is a
// string, or the table has no key column, it is a random UUID. Otherwise it is a positive integer
// that grows with time: 42 bits of milliseconds since 2020 and 21 bits that are random at first and
// count up within a millisecond. Two clients can generate the same integer, with a probability of
// one in a million for two keys of one millisecond; so rows must be inserted as new records, and
// another key must be used if the record exists.
func (c *Catalog) NewKey(t *bind.Table) protocol.Value {
	if t.Key < 0 || t.Columns[t.Key].Type.Family == function.Strings {
		return protocol.String(newUUID())
	}
	return protocol.Int(c.keys.next(time.Now()))
}

// newUUID returns a random UUID of version 4.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	text := make([]byte, 36)
	hex.Encode(text, b[:4])
	for i, at := range [...]int{9, 14, 19, 24} {
		text[at-1] = '-'
		from, to := 4+2*i, 6+2*i
		if i == 3 {
			to = 16
		}
		hex.Encode(text[at:], b[from:to])
	}
	return string(text)
}

// keyBits is the number of bits of a key that are not time.
const keyBits = 21

// keyEpoch is 2020-01-01 UTC in milliseconds.
const keyEpoch = 1577836800000

// A keySource returns integers that grow.
type keySource struct {
	mu   sync.Mutex
	last int64
}

func (s *keySource) next(now time.Time) int64 {
	var b [4]byte
	rand.Read(b[:]) // never fails
	// The highest of the random bits stays 0, so that there is room to count.
	random := int64(binary.LittleEndian.Uint32(b[:]) >> (32 - keyBits + 1))
	key := max(now.UnixMilli()-keyEpoch, 0)<<keyBits | random
	s.mu.Lock()
	defer s.mu.Unlock()
	if key>>keyBits <= s.last>>keyBits {
		key = s.last + 1
	}
	s.last = key
	return key
}
