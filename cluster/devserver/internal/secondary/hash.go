package secondary

import (
	"encoding/binary"
	"math/bits"
)

// The hash of strings and blobs is wyhash, final version 3, with the default secret and the
// server's seed (docs/wire-cdt-exp.md#9.2). Clients send it back to resume a query. It must be the
// server's hash, so that a query can resume on another node.
const (
	hashSeed    = 0x29fbb14cc886f
	hashSecret0 = 0xa0761d6478bd642f
	hashSecret1 = 0xe7037ed1a0b428db
	hashSecret2 = 0x8ebc6af09c88c6e3
	hashSecret3 = 0x589965cc75374cc3

	hashBlock  = 16 // bytes per mix
	hashStride = 48 // bytes per round of three lanes
)

func hash(data []byte) uint64 {
	seed := uint64(hashSeed) ^ hashSecret0
	var a, b uint64
	if n := len(data); n > hashBlock {
		seed = hashLong(seed, data)
		// The last 16 bytes are always mixed in, even if some of them were mixed before.
		tail := data[n-hashBlock:]
		a, b = binary.LittleEndian.Uint64(tail), binary.LittleEndian.Uint64(tail[8:])
	} else {
		a, b = hashShort(data)
	}
	return mix(hashSecret1^uint64(len(data)), mix(a^hashSecret1, b^seed))
}

// hashShort returns up to 16 bytes as two words.
func hashShort(data []byte) (a, b uint64) {
	n := len(data)
	switch {
	case n >= 4:
		middle := n >> 3 << 2
		a = word(data)<<32 | word(data[middle:])
		b = word(data[n-4:])<<32 | word(data[n-4-middle:])
	case n > 0:
		a = uint64(data[0])<<16 | uint64(data[n>>1])<<8 | uint64(data[n-1])
	}
	return a, b
}

func word(data []byte) uint64 { return uint64(binary.LittleEndian.Uint32(data)) }

// hashLong mixes all but the last 1 to 16 bytes into the seed.
func hashLong(seed uint64, data []byte) uint64 {
	if len(data) > hashStride {
		second, third := seed, seed
		for ; len(data) > hashStride; data = data[hashStride:] {
			seed = mixBlock(hashSecret1, seed, data)
			second = mixBlock(hashSecret2, second, data[hashBlock:])
			third = mixBlock(hashSecret3, third, data[2*hashBlock:])
		}
		seed ^= second ^ third
	}
	for ; len(data) > hashBlock; data = data[hashBlock:] {
		seed = mixBlock(hashSecret1, seed, data)
	}
	return seed
}

func mixBlock(secret, seed uint64, block []byte) uint64 {
	return mix(binary.LittleEndian.Uint64(block)^secret, binary.LittleEndian.Uint64(block[8:])^seed)
}

func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}
