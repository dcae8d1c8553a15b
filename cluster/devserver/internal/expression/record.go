package expression

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/call"
	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/protocol"
)

// A Bin is a bin, or what an expression gives for one.
type Bin struct {
	Type protocol.ParticleType // [protocol.ParticleNull]: no bin
	Data []byte                // as it stands in an answer
	// Indexed says that the server keeps an index for a list or map.
	Indexed bool
}

// A Record is what expressions see of a record. Times are in milliseconds or
// seconds since 2010-01-01 UTC, as the server keeps them.
type Record interface {
	Bin(name []byte) Bin
	Digest() *protocol.Digest
	SetName() string // "" without a set
	// UserKey returns the stored user key as [wire.FieldKey] carries it, nil if
	// there is none or it can't be read now: while a write replaces all bins.
	UserKey() []byte
	// HasKey reports whether a user key is stored.
	HasKey() bool
	LastUpdate() uint64 // milliseconds
	VoidTime() uint32   // seconds, 0 for never
	// Size returns the bytes that the stored record takes; while a write creates
	// a record that is one block, 16.
	Size() int
	Now() uint64 // milliseconds
}

// frame is one evaluation: what it sees and the variables that are defined.
type frame struct {
	record Record           // nil within a path
	loop   *collection.Loop // nil but within a path
	vars   []value
	// effort is that of the whole evaluation, the paths within it included.
	effort *effort
	own    effort
}

// What one evaluation may take altogether. The real server has no such limits, and may die.
const (
	// maxResult is how many bytes one call may make: as many as a record can have in any namespace. Larger results could be
	// read only.
	maxResult = 8 << 20
	// maxTaken is how many bytes one call may take, its arguments and what it is about together.
	maxTaken = maxResult + maxResult/2
	// maxMade is how many bytes calls may make together: a list that is appended to itself doubles each time.
	maxMade = 4 * maxResult
	// maxValues is how many values of lists and maps may be among these bytes. A value takes a byte at least here, and far more in memory.
	maxValues = 4 * protocol.MaxRecordSize
	// countedSize is from how many bytes on values are counted. Of less, each byte is taken for one.
	countedSize = 256 << 10
	// maxSteps is how many evaluations for elements there may be, of expressions of up to 32 bytes; longer ones count as
	// several. A record has no more elements, but paths within paths go through all of them for each.
	maxSteps  = protocol.MaxRecordSize
	stepBytes = 32
)

// An effort is what is left of them.
type effort struct{ bytes, values, steps int }

func newEffort() effort { return effort{maxMade, maxValues, maxSteps} }

// make counts bytes that were made; false if they are too many.
func (e *effort) make(n int) bool {
	e.bytes -= n
	return n <= maxResult && e.bytes >= 0
}

// makePacked is make for values in their packed form.
func (e *effort) makePacked(packed []byte) bool {
	if !e.make(len(packed)) {
		return false
	}
	if len(packed) < countedSize {
		e.values -= len(packed)
		return e.values >= 0
	}
	for r := call.NewReader(packed); !r.Done() && e.values >= 0; e.values-- {
		if _, ok := r.Next(); !ok {
			return false
		}
	}
	return e.values >= 0
}

// step counts an evaluation of an expression of that size; false if it is one too many.
func (e *effort) step(size int) bool {
	e.steps -= 1 + size/stepBytes
	return e.steps >= 0
}
