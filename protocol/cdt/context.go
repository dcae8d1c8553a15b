package cdt

import "github.com/aerosql/aerosql/protocol"

// A Context is the path from a bin's value to the list or map inside it that an operation works on,
// outermost step first. It is an option of every list and map operation. If an operation gets
// several contexts, they are joined. Needs server 4.6.
type Context []Step

// In returns the context with the given steps.
func In(steps ...Step) Context { return steps }

// A Step leads from a list or map to one of its elements, or to several in path expressions. Use
// the functions below to make one.
type Step struct {
	Type StepType
	// Value is the index, rank, key or value to look for. In path expressions it can also be a list
	// of keys, true for all children, or a packed expression as a blob.
	Value protocol.Value
}

// A StepType says how a step selects an element, and what it creates if there is none.
type StepType uint16

// How a step selects. The StepCreate constants, StepAnd and StepCreatePersistIndex are or-ed to the
// others.
const (
	StepListIndex StepType = 0x10
	StepListRank  StepType = 0x11
	StepListValue StepType = 0x13
	StepMapIndex  StepType = 0x20
	StepMapRank   StepType = 0x21
	StepMapKey    StepType = 0x22
	StepMapValue  StepType = 0x23

	StepExpression StepType = 0x04  // path expressions only: children for which a filter is true
	StepMapKeysIn  StepType = 0x2a  // path expressions only: entries whose key is in a list
	StepAnd        StepType = 0x200 // path expressions only: narrows the previous step

	StepCreateUnordered    StepType = 0x40  // create an unordered list or map
	StepCreatePadded       StepType = 0x80  // create an unordered list and fill gaps with nil
	StepCreateKeyOrdered   StepType = 0x80  // create a key-ordered map
	StepCreateOrdered      StepType = 0xc0  // create an ordered list
	StepCreateValueOrdered StepType = 0xc0  // create a key-value-ordered map
	StepCreatePersistIndex StepType = 0x100 // with a persisted index

	stepBase   StepType = 0x3f // the bits that say how to select
	stepCreate StepType = 0xc0 // the bits that say what to create
)

// ListIndex leads to the element of a list at an index. A negative index counts from the end. Fails
// with error 26 if there is none.
func ListIndex(index int) Step { return Step{StepListIndex, protocol.Int(int64(index))} }

// ListIndexCreate is like [ListIndex], but creates a list of the given order if there is none. If
// index is the length of the list it also creates the element. At the top level the order can have
// [protocol.PersistIndex] or-ed to it. Needs server 4.9.
func ListIndexCreate(index int, order protocol.Order) Step {
	return Step{StepListIndex | listCreate(order), protocol.Int(int64(index))}
}

// ListIndexPad is like [ListIndexCreate] for an unordered list, but takes any index and fills the
// gap with nil. Needs server 4.9.
func ListIndexPad(index int) Step {
	return Step{StepListIndex | StepCreatePadded, protocol.Int(int64(index))}
}

// ListRank leads to the element of a list by rank: 0 is the smallest, -1 the greatest. Fails with
// error 26 if there is none.
func ListRank(rank int) Step { return Step{StepListRank, protocol.Int(int64(rank))} }

// ListValue leads to the first element of a list that equals v. v can be a list with a wildcard in
// it. Fails with error 26 if there is none.
func ListValue[V any](v V) Step { return Step{StepListValue, valueOf(v)} }

// MapIndex leads to the value of a map entry by its index in key order. A negative index counts
// from the end. Fails with error 26 if there is none.
func MapIndex(index int) Step { return Step{StepMapIndex, protocol.Int(int64(index))} }

// MapRank leads to the value of a map entry by rank: 0 is the smallest value, -1 the greatest.
// Fails with error 26 if there is none.
func MapRank(rank int) Step { return Step{StepMapRank, protocol.Int(int64(rank))} }

// MapKey leads to the value of a map entry by key: an integer, string or blob. Fails with error 26
// if there is none.
func MapKey[K any](key K) Step { return Step{StepMapKey, valueOf(key)} }

// MapKeyCreate is like [MapKey], but creates a map of the given order if there is none, and the
// entry in it. At the top level the order can have [protocol.PersistIndex] or-ed to it. Needs
// server 4.9.
func MapKeyCreate[K any](key K, order protocol.Order) Step {
	return Step{StepMapKey | mapCreate(order), valueOf(key)}
}

// MapValue leads to the first value of a map that equals v. Fails with error 26 if there is none.
func MapValue[V any](v V) Step { return Step{StepMapValue, valueOf(v)} }

func listCreate(order protocol.Order) StepType {
	if order&protocol.Ordered != 0 {
		return StepCreateOrdered | persist(order)
	}
	return StepCreateUnordered | persist(order)
}

func mapCreate(order protocol.Order) StepType {
	switch order &^ protocol.PersistIndex {
	case protocol.Unordered:
		return StepCreateUnordered | persist(order)
	case protocol.KeyValueOrdered:
		return StepCreateValueOrdered | persist(order)
	}
	return StepCreateKeyOrdered | persist(order)
}

func persist(order protocol.Order) StepType {
	if order&protocol.PersistIndex != 0 {
		return StepCreatePersistIndex
	}
	return 0
}

// selecting reports whether the step is valid only in path expressions.
func (s Step) selecting() bool {
	base := s.Type & stepBase
	return base == StepExpression || base == StepMapKeysIn || s.Type&StepAnd != 0
}

// creating returns the context with a create flag in its last step, unless that step already has
// one.
func (c Context) creating(flag StepType) Context {
	last := len(c) - 1
	if c[last].Type&stepCreate != 0 {
		return c
	}
	c = append(Context(nil), c...)
	c[last].Type |= flag
	return c
}

// context appends the context of a call.
func (p *packer) context(c Context) {
	p.array(2 * len(c))
	for _, s := range c {
		if s.selecting() {
			p.fail("%s in the context of a call: valid only in path expressions", s)
		}
		p.step(s)
	}
}

func (p *packer) step(s Step) {
	p.int(int64(s.Type))
	expression, ok := s.Value.Bytes()
	if !ok || s.Type&stepBase != StepExpression {
		p.value(s.Value)
		return
	}
	if len(expression) == 0 {
		p.fail("empty expression in a path")
	}
	p.raw(expression)
}
