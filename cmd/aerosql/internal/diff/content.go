package diff

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A sum is a hash of the content of a record.
type sum [16]byte

// sumOf returns the hash of the bins of a record, and of its time of expiry if it counts.
func (c *comparison) sumOf(rec *protocol.Record) (total sum, err error) {
	h := sha256.New()
	bins := slices.Clone(rec.Bins)
	slices.SortFunc(bins, func(a, b protocol.Bin) int { return strings.Compare(a.Name, b.Name) })
	for _, b := range bins {
		content, err := contentOf(b.Value)
		if err != nil {
			return total, err
		}
		var head [8]byte
		binary.BigEndian.PutUint32(head[:4], uint32(len(b.Name)))
		binary.BigEndian.PutUint32(head[4:], uint32(len(content)))
		h.Write(head[:])
		h.Write([]byte(b.Name))
		h.Write(content)
	}
	if c.ttl {
		// Clocks and batches differ by seconds, so that a sum can only have whether it expires.
		h.Write([]byte{map[bool]byte{true: 1}[rec.VoidTime != 0]})
	}
	copy(total[:], h.Sum(nil))
	return total, nil
}

// contentOf returns the type and the bytes of a value. Maps without an order have equal bytes if
// they have equal entries.
func contentOf(v protocol.Value) ([]byte, error) {
	return protocol.AppendParticle([]byte{byte(v.Particle())}, canonical(v))
}

// canonical returns a value with the entries of all maps sorted.
func canonical(v protocol.Value) protocol.Value {
	if elements, ok := v.List(); ok {
		list := make([]protocol.Value, len(elements))
		for i, e := range elements {
			list[i] = canonical(e)
		}
		return protocol.ListWithOrder(v.Order(), list)
	}
	if pairs, ok := v.Map(); ok {
		list := make([]protocol.Pair, len(pairs))
		for i, p := range pairs {
			list[i] = protocol.Pair{Key: p.Key, Value: canonical(p.Value)}
		}
		slices.SortFunc(list, func(a, b protocol.Pair) int { return protocol.Compare(a.Key, b.Key) })
		return protocol.MapWithOrder(v.Order(), list)
	}
	return v
}

// differing says in what two records differ.
func (c *comparison) differing(first, second *protocol.Record) (list []string, err error) {
	for _, b := range first.Bins {
		other, known := second.Bin(b.Name)
		if !known {
			list = append(list, b.Name+" only in the first")
			continue
		}
		one, err := contentOf(b.Value)
		if err != nil {
			return nil, err
		}
		two, err := contentOf(other)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(one, two) {
			list = append(list, b.Name+" differs")
		}
	}
	for _, b := range second.Bins {
		if _, known := first.Bin(b.Name); !known {
			list = append(list, b.Name+" only in the second")
		}
	}
	if c.ttl && (first.VoidTime == 0) != (second.VoidTime == 0) {
		list = append(list, "only one of them expires")
	}
	return list, nil
}
