package secondary

import (
	"bytes"
	"cmp"
	"iter"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// chunkLimit is how many entries a chunk holds before it is split.
const chunkLimit = 256

// leastChunk is the number of entries for which a chunk keeps space once it was larger.
const leastChunk = 16

// An Entry says that a record has a value.
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

// A Tree holds the entries of one copy of one partition in the order of key and digest. They
// lie in chunks of bounded size without pointers: an insertion moves at most one
// chunk's entries, and the garbage collector looks at none. One more level is not needed, because a
// partition is the 4096th part of a namespace.
//
// The zero Tree is empty. It must not be used by two goroutines at once.
type Tree struct {
	chunks [][]Entry // none is empty
	count  int
}

// Len returns the number of entries.
func (t *Tree) Len() int { return t.count }

// Chunks returns the number of chunks that the entries take, at least one as in
// a tree that has a root.
func (t *Tree) Chunks() int { return max(len(t.chunks), 1) }

// Insert adds an entry and reports whether it was not there before.
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

// Delete removes an entry and reports whether it was there.
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

// find returns the chunk and the place in it where the entry is or would be.
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

// From returns the entries from start on, without start itself if after is set.
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
