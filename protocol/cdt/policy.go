package cdt

import "github.com/aerosql/aerosql/protocol"

// Flags shared by several flag types.
const (
	// NoFail turns an operation that its flags forbid into a no-op instead of an error. List and
	// map flags need server 4.3.
	NoFail = 0x04
	// Partial, together with NoFail, applies the part of an operation that is allowed: some of
	// several values, or the bits before the end of a blob. Needs server 4.3.
	Partial = 0x08
	// CreateOnly fails if the target exists: error 24 for a map key, 6 for a bin.
	CreateOnly = 0x01
	// UpdateOnly fails if the target does not exist: error 23 for a map key, 17 for a bin.
	UpdateOnly = 0x02
)

// ListFlags restrict writes to a list: [AddUnique], [InsertBounded], [NoFail], [Partial].
type ListFlags uint8

const (
	// AddUnique fails with error 24 if the list already has the value.
	AddUnique ListFlags = 0x01
	// InsertBounded fails with error 26 if the index is beyond the end of the list. Without it the
	// gap is filled with nil.
	InsertBounded ListFlags = 0x02
)

// A ListPolicy is an option of operations that write to lists.
type ListPolicy struct {
	// Order is the order of a list that the operation creates: protocol.Unordered or
	// protocol.Ordered, optionally or-ed with protocol.PersistIndex. An existing list keeps its
	// order.
	Order protocol.Order
	// Flags restrict what the operation may write.
	Flags ListFlags
}

// MapFlags restrict writes to a map: [CreateOnly], [UpdateOnly], [NoFail], [Partial].
type MapFlags uint8

// A MapMode is what servers before 4.3 have instead of CreateOnly and UpdateOnly.
type MapMode uint8

// The map modes. They are used only if Flags is 0.
const (
	MapUpsert     MapMode = iota // create or change
	MapUpdateOnly                // error 23 if the map does not have the key
	MapCreateOnly                // error 24 if the map has the key
)

// A MapPolicy is an option of operations that write to maps.
type MapPolicy struct {
	// Order is the order of a map that the operation creates: protocol.Unordered, protocol.Ordered
	// (by key) or protocol.KeyValueOrdered, optionally or-ed with protocol.PersistIndex. An
	// existing map keeps its order.
	Order protocol.Order
	// Flags restrict what MapPut and MapPutItems may write.
	Flags MapFlags
	// Mode is used by MapPut and MapPutItems if Flags is 0.
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

// listOptions are the combined options of one operation. The last policy wins.
type listOptions struct {
	in     Context
	policy ListPolicy
	given  bool // a policy was given, so that the server must not use its own defaults
}

func listOptionsOf(options []ListOption) (all listOptions) {
	for _, o := range options {
		switch o := o.(type) {
		case Context:
			all.in = joinTwo(all.in, o)
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
			in = joinTwo(in, o)
		case MapPolicy:
			policy = o
		}
	}
	return in, policy
}

// joinContexts joins the contexts of an operation.
func joinContexts(in []Context) (all Context) {
	for _, c := range in {
		all = joinTwo(all, c)
	}
	return all
}

func joinTwo(a, b Context) Context {
	if len(a) == 0 {
		return b
	}
	return append(a[:len(a):len(a)], b...)
}
