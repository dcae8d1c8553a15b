package exec

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/function"
)

// keyEpoch is the start of the times in generated integers, 2024-01-01 UTC, in milliseconds.
const keyEpoch = 1_704_067_200_000

// keyShift is the number of bits below the time in generated integers.
const keyShift = 22

// A keyGenerator generates keys of new records. Integers are ordered by time; they are unique in
// this process, and in different processes with high probability: an INSERT whose key exists
// generates another one. UUIDs are of version 7.
type keyGenerator struct{ last atomic.Int64 }

// next returns a new key: an integer for an integer column, a blob of 16 bytes for a column of
// blobs, the text of a UUID for others.
func (g *keyGenerator) next(of function.Family, now time.Time) protocol.Value {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	if of == function.Integers {
		low := int64(binary.BigEndian.Uint32(random[:])) & (1<<keyShift - 1)
		return protocol.Int(g.after((now.UnixMilli()-keyEpoch)<<keyShift | low))
	}
	binary.BigEndian.PutUint64(random[:], uint64(now.UnixMilli())<<16|uint64(random[6])<<8|uint64(random[7]))
	random[6] = random[6]&0x0F | 0x70
	random[8] = random[8]&0x3F | 0x80
	if of == function.Blobs {
		return protocol.Blob(random[:])
	}
	var text [36]byte
	hex.Encode(text[:], random[:4])
	for at, part := range [][2]int{{4, 6}, {6, 8}, {8, 10}, {10, 16}} {
		start := []int{8, 13, 18, 23}[at]
		text[start] = '-'
		hex.Encode(text[start+1:], random[part[0]:part[1]])
	}
	return protocol.String(string(text[:]))
}

// after returns n, or the number after the last one if that is larger.
func (g *keyGenerator) after(n int64) int64 {
	for {
		last := g.last.Load()
		next := max(n, last+1)
		if g.last.CompareAndSwap(last, next) {
			return next
		}
	}
}
