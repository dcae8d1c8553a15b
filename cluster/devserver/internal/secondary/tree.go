package secondary

import (
	"bytes"
	"cmp"
	"iter"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// chunkLimit is the largest number of entries in a chunk. Larger chunks are split.
const chunkLimit = 256

// leastChunk is the smallest capacity, in entries, of a chunk that has been larger.
const leastChunk = 16

// An Entry is a key and the digest of a record with that value.
type Entry struct {
	Key    Key
	Digest protocol.Digest
}

func (e *Entry) compare(other *Entry) int {
	if c := cmp.Compare(e.Key, other.Key); c != 0 {
		return c
	}
	return bytes.Compare(e.Digest[:], other.Digest[:])
}

// A Tree holds the entries of one copy of a partition, ordered by key and digest. The entries are
// in chunks of bounded size without pointers: an insertion moves the entries of at most one chunk,
// and the garbage collector does not scan them. One level is enough, because a partition is 1/4096
// of a namespace.
//
// The zero Tree is empty. It is not safe for concurrent use.
type Tree struct {
	chunks [][]Entry // never empty
	count  int
}

// Clone returns a copy of the tree.
func (t *Tree) Clone() Tree {
	c := Tree{chunks: make([][]Entry, len(t.chunks)), count: t.count}
	for i, entries := range t.chunks {
		c.chunks[i] = slices.Clone(entries)
	}
	return c
}

// Len returns the number of entries.
func (t *Tree) Len() int { return t.count }

// Chunks returns the number of chunks, but at least 1, like a tree with a root.
func (t *Tree) Chunks() int { return max(len(t.chunks), 1) }

// Insert adds an entry and reports whether it was new.
func (t *Tree) Insert(e Entry) bool {
	chunk, place, found := t.find(&e)
	if found {
		return false
	}
	t.count++
	if len(t.chunks) == 0 {
		t.chunks = [][]Entry{{e}}
		return true
	}
	t.chunks[chunk] = slices.Insert(t.chunks[chunk], place, e)
	if entries := t.chunks[chunk]; len(entries) > chunkLimit {
		half := len(entries) / 2
		t.chunks = slices.Insert(t.chunks, chunk+1, slices.Clone(entries[half:]))
		t.chunks[chunk] = entries[:half]
	}
	return true
}

// Delete removes an entry and reports whether it existed.
func (t *Tree) Delete(e Entry) bool {
	chunk, place, found := t.find(&e)
	if !found {
		return false
	}
	t.count--
	entries := slices.Delete(t.chunks[chunk], place, place+1)
	if cap(entries) > leastChunk && len(entries) <= cap(entries)/4 {
		entries = slices.Clone(entries)
	}
	t.chunks[chunk] = entries
	if len(entries) == 0 {
		t.chunks = slices.Delete(t.chunks, chunk, chunk+1)
	}
	if t.count == 0 {
		t.chunks = nil
	}
	return true
}

// find returns the chunk and the index in it at which the entry is, or would be inserted.
func (t *Tree) find(e *Entry) (chunk, place int, found bool) {
	if len(t.chunks) == 0 {
		return 0, 0, false
	}
	chunk, _ = slices.BinarySearchFunc(t.chunks, e, func(entries []Entry, e *Entry) int {
		return entries[len(entries)-1].compare(e)
	})
	chunk = min(chunk, len(t.chunks)-1)
	place, found = slices.BinarySearchFunc(t.chunks[chunk], e, func(at Entry, e *Entry) int { return at.compare(e) })
	return chunk, place, found
}

// From returns the entries from start on, or after start if after is set.
func (t *Tree) From(start Entry, after bool) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		chunk, place, found := t.find(&start)
		if found && after {
			place++
		}
		for ; chunk < len(t.chunks); chunk++ {
			for _, e := range t.chunks[chunk][place:] {
				if !yield(e) {
					return
				}
			}
			place = 0
		}
	}
}

// All returns all entries.
func (t *Tree) All() iter.Seq[Entry] { return t.From(Entry{}, false) }
