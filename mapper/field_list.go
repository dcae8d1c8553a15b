package mapper

import (
	"fmt"
	"reflect"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// A ListOf is a [Field] of lists with elements of type E. Structs as elements are stored as the
// mapper stores them. For lists of structs see [StructList].
type ListOf[T, E any] struct{ Field[T, []E] }

// Contains is the condition that an element equals e. An index of the list's elements serves it.
func (f ListOf[T, E]) Contains(e E) Cond[T] {
	return Cond[T]{&condition{op: opContains, place: f.p, values: []typedValue{elementAt(f.p, &e)}}}
}

// Len is the number of elements.
func (f ListOf[T, E]) Len() Size[T] { return sizeOf[T](f.p, "LIST_SIZE") }

// At is the element at an index, counted from 0, or from the end if it is negative.
func (f ListOf[T, E]) At(i int) Field[T, E] {
	if f.p == nil {
		return Field[T, E]{}
	}
	return Field[T, E]{f.p.step(pathStep{index: i}, reflect.TypeFor[E]())}
}

// Append appends elements. A missing list is created.
func (f ListOf[T, E]) Append(e ...E) Change[T] { return f.append(cdt.ListPolicy{}, e) }

// AppendUnique appends the elements that the list doesn't have.
func (f ListOf[T, E]) AppendUnique(e ...E) Change[T] {
	return f.append(cdt.ListPolicy{Flags: cdt.AddUnique | cdt.NoFail | cdt.Partial}, e)
}

func (f ListOf[T, E]) append(policy cdt.ListPolicy, e []E) Change[T] {
	return f.change(e, func(c *changing, items []protocol.Value, in cdt.Context) {
		if f.p.form.ordered {
			policy.Order = protocol.Ordered
		}
		if len(items) > 0 {
			c.add(cdt.ListAppendItems(f.p.bin, items, policy, in))
		}
	})
}

// Insert inserts elements before an index, counted from 0, or from the end if it is negative.
func (f ListOf[T, E]) Insert(i int, e ...E) Change[T] {
	return f.change(e, func(c *changing, items []protocol.Value, in cdt.Context) {
		if len(items) > 0 {
			c.add(cdt.ListInsertItems(f.p.bin, i, items, in))
		}
	})
}

// Remove removes all elements that equal one of e.
func (f ListOf[T, E]) Remove(e ...E) Change[T] {
	return f.change(e, func(c *changing, items []protocol.Value, in cdt.Context) {
		if len(items) > 0 {
			c.add(cdt.ListRemove(f.p.bin, cdt.ByValueList(items...), cdt.ReturnNone, in))
		}
	})
}

// RemoveAt removes count elements from an index on, which is counted from the end if it is
// negative.
func (f ListOf[T, E]) RemoveAt(i, count int) Change[T] {
	return f.change(nil, func(c *changing, _ []protocol.Value, in cdt.Context) {
		c.add(cdt.ListRemove(f.p.bin, cdt.ByIndexRange(i, count), cdt.ReturnNone, in))
	})
}

// Trim keeps count elements from an index on and removes the others. A negative index counts from
// the end: Trim(-10, 10) keeps the last 10 elements.
func (f ListOf[T, E]) Trim(i, count int) Change[T] {
	return f.change(nil, func(c *changing, _ []protocol.Value, in cdt.Context) {
		c.add(cdt.ListTrim(f.p.bin, i, count, in))
	})
}

// Clear removes all elements. The list stays.
func (f ListOf[T, E]) Clear() Change[T] {
	return f.change(nil, func(c *changing, _ []protocol.Value, in cdt.Context) {
		c.add(cdt.ListClear(f.p.bin, in))
	})
}

// change returns a change of the list with some elements.
func (f ListOf[T, E]) change(e []E, do func(*changing, []protocol.Value, cdt.Context)) Change[T] {
	values := make([]typedValue, len(e))
	for i := range e {
		values[i] = elementAt(f.p, &e[i])
	}
	return Change[T]{collectionChange(f.p, values, do)}
}

// A StructList is a list of structs of type E whose fields are the typed fields F:
//
//	type lineFields struct { Qty mapper.Num[Order, int] }
//	type orderFields struct { Lines mapper.StructList[Order, Line, lineFields] }
//
//	O.Lines.At(2).Qty.Add(1)
type StructList[T, E, F any] struct{ ListOf[T, E] }

// At returns the fields of the element at an index, counted from 0, or from the end if it is
// negative. A mistake in F is an error of every use of them.
func (f StructList[T, E, F]) At(i int) F {
	return elementFields[F](f.p, pathStep{index: i}, reflect.TypeFor[E]())
}

// Whole is the element at an index as one value.
func (f StructList[T, E, F]) Whole(i int) Field[T, E] { return f.ListOf.At(i) }

func (f *StructList[T, E, F]) checkElement(p *binPath) error {
	_, err := fillElement[F](p, pathStep{}, reflect.TypeFor[E]())
	return err
}

// elementFields returns the fields of a struct inside a list or map.
func elementFields[F any](p *binPath, s pathStep, elem reflect.Type) F {
	fields, _ := fillElement[F](p, s, elem) // Fields has checked it
	return fields
}

func fillElement[F any](p *binPath, s pathStep, elem reflect.Type) (fields F, err error) {
	if p == nil {
		return fields, errNoField
	}
	err = fillStruct(reflect.ValueOf(&fields).Elem(), p.step(s, elem))
	return fields, err
}

// errElement is the error for a change of an element that its collection doesn't have.
func errElement(what, instead string) error {
	return fmt.Errorf("%w: %s; %s", ErrUnsupported, what, instead)
}
