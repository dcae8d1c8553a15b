package expression

import (
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
	// UserKey returns the stored user key as [protocol.FieldKey] carries it, nil if
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
}
