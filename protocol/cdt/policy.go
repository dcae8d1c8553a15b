package cdt

import "github.com/aerosql/aerosql/protocol"

// Flags that mean the same wherever they are allowed.
const (
	// NoFail makes an operation that its flags forbid a no-op instead of an error. List and map flags: server 4.3.
	NoFail = 0x04
	// Partial with NoFail does the part of an operation on several values, or on bits past
	// the end of a blob, that is allowed. Server 4.3.
	Partial = 0x08
	// CreateOnly refuses to change what exists: error 24 for a map's key, 6 for a bin.
	CreateOnly = 0x01
	// UpdateOnly refuses to create: error 23 for a map's key, 17 for a bin.
	UpdateOnly = 0x02
)

// ListFlags say when a list must not be written: [AddUnique], [InsertBounded], [NoFail], [Partial].
type ListFlags uint8

const (
	// AddUnique refuses a value that the list has already: error 24.
	AddUnique ListFlags = 0x01
	// InsertBounded refuses an index beyond the end of the list, which is else
	// filled up with nil: error 26.
	InsertBounded ListFlags = 0x02
)

// A ListPolicy is an option of operations that write into lists.
type ListPolicy struct {
	// Order is the order of a list that the operation creates: protocol.Unordered or
	// protocol.Ordered, with protocol.PersistIndex or-ed to it or not. A list that exists keeps its order.
	Order protocol.Order
	// Flags are checked by the operation.
	Flags ListFlags
}

// MapFlags say when a map must not be written: [CreateOnly], [UpdateOnly], [NoFail], [Partial].
type MapFlags uint8

// A MapMode says the same as CreateOnly and UpdateOnly do, to servers before 4.3.
type MapMode uint8

// The modes. They count only where there are no flags.
const (
	MapUpsert     MapMode = iota // create or change
	MapUpdateOnly                // error 23 for a key that the map does not have
	MapCreateOnly                // error 24 for a key that the map has
)

// A MapPolicy is an option of operations that write into maps.
type MapPolicy struct {
	// Order is the order of a map that the operation creates: protocol.Unordered,
	// protocol.Ordered (by key) or protocol.KeyValueOrdered, with protocol.PersistIndex
	// or-ed to it or not. A map that exists keeps its order.
	Order protocol.Order
	// Flags are checked by MapPut and MapPutItems.
	Flags MapFlags
	// Mode chooses the call of MapPut and MapPutItems if Flags is 0.
	Mode MapMode
}

// A ListOption is a [Context] or a [ListPolicy].
type ListOption interface{ listOption() }

// A MapOption is a [Context] or a [MapPolicy].
type MapOption interface{ mapOption() }

func (Context) listOption()    {}
func (Context) mapOption()     {}
func (ListPolicy) listOption() {}
func (MapPolicy) mapOption()   {}

// listOptions are the options of one operation put together; the last policy counts.
type listOptions struct {
	in     Context
	policy ListPolicy
	given  bool // a policy was given: the server's own defaults are not left to it
}

func listOptionsOf(options []ListOption) (all listOptions) {
	for _, o := range options {
		switch o := o.(type) {
		case Context:
			all.in = joined(all.in, o)
		case ListPolicy:
			all.policy, all.given = o, true
		}
	}
	return all
}

func mapOptionsOf(options []MapOption) (in Context, policy MapPolicy) {
	for _, o := range options {
		switch o := o.(type) {
		case Context:
			in = joined(in, o)
		case MapPolicy:
			policy = o
		}
	}
	return in, policy
}

// whole is the context of an operation that was given several, or none.
func whole(in []Context) (all Context) {
	for _, c := range in {
		all = joined(all, c)
	}
	return all
}

func joined(a, b Context) Context {
	if len(a) == 0 {
		return b
	}
	return append(a[:len(a):len(a)], b...)
}
