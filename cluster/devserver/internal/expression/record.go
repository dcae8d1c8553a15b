package expression

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
)

// A Bin is a bin, or the result of an expression as a bin.
type Bin struct {
	Type protocol.ParticleType // [protocol.ParticleNull] if there is no bin
	Data []byte                // in the form of a response
	// Indexed reports that the server keeps an index of the list or map.
	Indexed bool
}

// A Record is a record as expressions see it. Times are in milliseconds or seconds since 2010-01-01
// UTC, as on the server.
type Record interface {
	Bin(name []byte) Bin
	Digest() *protocol.Digest
	SetName() string // "" if the record has no set
	// UserKey returns the stored user key as in [wire.FieldKey]. It returns nil if there is none,
	// or if it cannot be read now because a write replaces all bins.
	UserKey() []byte
	// HasKey reports whether a user key is stored.
	HasKey() bool
	LastUpdate() uint64 // in milliseconds
	VoidTime() uint32   // in seconds, 0 if the record never expires
	// Size returns the size of the stored record in bytes. While a write creates the record it is
	// 16, the size of one block.
	Size() int
	Now() uint64 // in milliseconds
}

// A frame is the state of one evaluation.
type frame struct {
	record Record           // nil within a path
	loop   *collection.Loop // nil outside of paths
	vars   []value
	// budget is the budget of the whole evaluation, including paths.
	budget    *budget
	ownBudget budget
}

// Limits of one evaluation. A real server has no such limits and can crash.
const (
	// maxResult is the largest result of one call in bytes. It is the largest record size in any
	// configuration; a larger result could only be read.
	maxResult = 8 << 20
	// maxTaken is the largest total size in bytes of a call's arguments and input.
	maxTaken = maxResult + maxResult/2
	// maxMade limits the total size in bytes of the results of calls. A list that is appended to
	// itself doubles each time.
	maxMade = 4 * maxResult
	// maxValues limits the number of values of lists and maps in these results. A packed value
	// takes at least one byte, but far more memory.
	maxValues = 4 * protocol.MaxRecordSize
	// countedSize is the size in bytes from which values are counted. In a smaller result each byte
	// counts as a value.
	countedSize = 256 << 10
	// maxSteps limits the number of evaluations for elements. An expression of more than stepBytes
	// bytes counts several times. A record does not have more elements, but nested paths visit all
	// of them for each outer element.
	maxSteps  = protocol.MaxRecordSize
	stepBytes = 32
)

// A budget is the remaining part of the limits.
type budget struct{ bytes, values, steps int }

func newBudget() budget { return budget{maxMade, maxValues, maxSteps} }

// make charges n bytes of results. It reports false if a limit is exceeded.
func (e *budget) make(n int) bool {
	e.bytes -= n
	return n <= maxResult && e.bytes >= 0
}

// makePacked is make for packed values.
func (e *budget) makePacked(packed []byte) bool {
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

// step charges the evaluation of an expression of the given size. It reports false if the limit is
// exceeded.
func (e *budget) step(size int) bool {
	e.steps -= 1 + size/stepBytes
	return e.steps >= 0
}
