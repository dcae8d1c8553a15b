package devserver

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// chunkLimit is the largest number of entries in a chunk. Larger chunks are split.
const chunkLimit = 256

// leastChunk is the smallest capacity to which a chunk is shrunk.
const leastChunk = 16

// An index is one node's copy of a partition: its records in digest order. The entries are in
// chunks of bounded size. An insertion therefore moves at most one chunk's entries, however large
// the partition is, and a search reads contiguous memory.
type index struct {
	chunks     [][]indexEntry // chunks are never empty
	count      int
	tombstones int // included in count
	// secondary are the trees of secondary indexes over these records.
	secondary []*secondaryTree
	sets      []*setRecords // set indexes
	// frozen means that forks share the copy. It doesn't change: a write replaces it with a clone
	// (partition.writable).
	frozen bool
}

// clone returns a copy that can be changed. The records are shared.
func (x *index) clone() *index {
	y := &index{chunks: make([][]indexEntry, len(x.chunks)), count: x.count, tombstones: x.tombstones}
	for i, chunk := range x.chunks {
		y.chunks[i] = slices.Clone(chunk)
	}
	for _, t := range x.secondary {
		y.secondary = append(y.secondary, &secondaryTree{t.of, t.tree.Clone()})
	}
	for _, part := range x.sets {
		y.sets = append(y.sets, &setRecords{part.set, *part.records.clone()})
	}
	return y
}

// An indexEntry holds the first bytes of the digest next to the record. Most comparisons need only
// these.
type indexEntry struct {
	prefix uint64
	record *record
}

func (e *indexEntry) compare(prefix uint64, d *protocol.Digest) int {
	if c := cmp.Compare(e.prefix, prefix); c != 0 {
		return c
	}
	return bytes.Compare(e.record.digest[:], d[:])
}

// find returns the chunk and the place in it where the digest is, or where it would be inserted.
func (x *index) find(d *protocol.Digest) (chunk, place int, found bool) {
	prefix := binary.BigEndian.Uint64(d[:])
	lo, hi := 0, len(x.chunks)-1
	for lo < hi {
		mid := (lo + hi) / 2
		last := &x.chunks[mid][len(x.chunks[mid])-1]
		if last.compare(prefix, d) < 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if len(x.chunks) == 0 {
		return 0, 0, false
	}
	place, found = x.findIn(x.chunks[lo], prefix, d)
	return lo, place, found
}

// findIn is find for a chunk.
func (x *index) findIn(entries []indexEntry, prefix uint64, d *protocol.Digest) (place int, found bool) {
	i := likelyPlace(entries, prefix)
	for i < len(entries) && entries[i].compare(prefix, d) < 0 {
		i++
	}
	for i > 0 {
		c := entries[i-1].compare(prefix, d)
		if c == 0 {
			return i - 1, true
		}
		if c < 0 {
			break
		}
		i--
	}
	return i, i < len(entries) && entries[i].compare(prefix, d) == 0
}

// likelyPlace returns where the entry with a prefix is if digests are spread evenly, which they
// are. So a search reads one or two lines of the cache.
func likelyPlace(entries []indexEntry, prefix uint64) int {
	first, last, at := spread(entries[0].prefix), spread(entries[len(entries)-1].prefix), spread(prefix)
	if at <= first {
		return 0
	}
	if at >= last {
		return len(entries) - 1
	}
	return int(float64(at-first) / float64(last-first) * float64(len(entries)-1))
}

// spread returns the bits of a prefix that differ between the digests of a partition, in the same
// order: the first byte and half of the second are the partition's number.
func spread(prefix uint64) uint64 { return prefix<<8&(0xf<<60) | prefix<<16>>4 }

// get returns the record with the digest, nil if there is none.
func (x *index) get(d *protocol.Digest) *record {
	if chunk, place, found := x.find(d); found {
		return x.chunks[chunk][place].record
	}
	return nil
}

// put stores a record and returns the one that it replaces, nil if there was none.
func (x *index) put(r *record) (old *record) {
	chunk, place, found := x.find(&r.digest)
	if found {
		e := &x.chunks[chunk][place]
		old, e.record = e.record, r
		return old
	}
	x.count++
	e := indexEntry{binary.BigEndian.Uint64(r.digest[:]), r}
	if len(x.chunks) == 0 {
		x.chunks = append(x.chunks, []indexEntry{e})
		return nil
	}
	x.chunks[chunk] = slices.Insert(x.chunks[chunk], place, e)
	if entries := x.chunks[chunk]; len(entries) > chunkLimit {
		half := len(entries) / 2
		x.chunks = slices.Insert(x.chunks, chunk+1, slices.Clone(entries[half:]))
		x.chunks[chunk] = slices.Delete(entries, half, len(entries))
	}
	return nil
}

// remove removes a record and returns it, nil if there was none.
func (x *index) remove(d *protocol.Digest) *record {
	chunk, place, found := x.find(d)
	if !found {
		return nil
	}
	old := x.chunks[chunk][place].record
	x.count--
	entries := slices.Delete(x.chunks[chunk], place, place+1)
	if cap(entries) > leastChunk && len(entries) <= cap(entries)/4 {
		entries = slices.Clone(entries)
	}
	x.chunks[chunk] = entries
	if len(entries) == 0 {
		x.chunks = slices.Delete(x.chunks, chunk, chunk+1)
	}
	if x.count == 0 {
		x.chunks = nil
	}
	return old
}

// appendDescending appends all records to dst in descending digest order. If below is not nil, it
// appends only records with smaller digests.
func (x *index) appendDescending(dst []*record, below *protocol.Digest) []*record {
	last, place := len(x.chunks)-1, -1
	if below != nil {
		last, place, _ = x.find(below)
	}
	for chunk := last; chunk >= 0 && chunk < len(x.chunks); chunk-- {
		entries := x.chunks[chunk]
		if place >= 0 {
			entries, place = entries[:place], -1
		}
		for i := len(entries) - 1; i >= 0; i-- {
			dst = append(dst, entries[i].record)
		}
	}
	return dst
}

// forget removes the tree of a secondary index.
func (x *index) forget(si *secondaryIndex) {
	x.secondary = slices.DeleteFunc(x.secondary, func(t *secondaryTree) bool { return t.of == si })
}
