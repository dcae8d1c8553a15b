package mapper

import (
	"cmp"
	"reflect"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
)

// A Field is a typed field of T: a value of type V in the records of T. It makes conditions for
// queries and changes for patches. Get one from [Fields] or [Of]. Its other forms, such as [Num]
// and [Text], embed it and add what their types allow.
//
// Values are stored and compared in the form that the field's tag selects. Conditions follow SQL: a
// record without the bin meets none of them but [Field.IsNull].
type Field[T, V any] struct {
	p *binPath
}

// Eq is the condition that the value equals v. If v is stored as NULL, as a nil pointer is, the
// condition is IsNull.
func (f Field[T, V]) Eq(v V) Cond[T] { return compare[T](opEqual, f.p, &v) }

// Ne is the condition that there is a value and it doesn't equal v.
func (f Field[T, V]) Ne(v V) Cond[T] { return compare[T](opNotEqual, f.p, &v) }

// In is the condition that the value equals one of v. Without any v no record meets it.
func (f Field[T, V]) In(v ...V) Cond[T] {
	c := &condition{op: opIn, place: f.p}
	for i := range v {
		c.values = append(c.values, valueAt(f.p, &v[i]))
	}
	return Cond[T]{c}
}

// IsNull is the condition that there is no value. It is the same as that of a missing bin.
func (f Field[T, V]) IsNull() Cond[T] { return Cond[T]{&condition{op: opIsNull, place: f.p}} }

// NotNull is the condition that there is a value.
func (f Field[T, V]) NotNull() Cond[T] { return Cond[T]{&condition{op: opNotNull, place: f.p}} }

// Set changes the value to v, also if v is zero. If v is stored as NULL the bin is removed.
func (f Field[T, V]) Set(v V) Change[T] { return Change[T]{setChange(f.p, valueAt(f.p, &v))} }

// SetOnce sets the value if there is none. Needs server 5.6.
func (f Field[T, V]) SetOnce(v V) Change[T] { return Change[T]{setOnceChange(f.p, valueAt(f.p, &v))} }

// Unset removes the value.
func (f Field[T, V]) Unset() Change[T] { return Change[T]{unsetChange(f.p)} }

// bind sets the place of a field that [Fields] fills.
func (f *Field[T, V]) bind(p *binPath) { f.p = p }

// types returns the type parameters.
func (f *Field[T, V]) types() (root, value reflect.Type) {
	return reflect.TypeFor[T](), reflect.TypeFor[V]()
}

// An Ord is a [Field] whose values have an order.
type Ord[T any, V cmp.Ordered] struct{ Field[T, V] }

// Lt is the condition that the value is less than v.
func (f Ord[T, V]) Lt(v V) Cond[T] { return compare[T](opLess, f.p, &v) }

// Le is the condition that the value is at most v.
func (f Ord[T, V]) Le(v V) Cond[T] { return compare[T](opLessEqual, f.p, &v) }

// Gt is the condition that the value is greater than v.
func (f Ord[T, V]) Gt(v V) Cond[T] { return compare[T](opGreater, f.p, &v) }

// Ge is the condition that the value is at least v.
func (f Ord[T, V]) Ge(v V) Cond[T] { return compare[T](opGreaterEqual, f.p, &v) }

// Between is the condition that the value is from low to high, both included.
func (f Ord[T, V]) Between(low, high V) Cond[T] { return between[T](f.p, &low, &high) }

// Asc orders by the value, records without one first.
func (f Ord[T, V]) Asc() Order[T] { return Order[T]{place: f.p} }

// Desc orders by the value, the greatest first.
func (f Ord[T, V]) Desc() Order[T] { return Order[T]{place: f.p, descending: true} }

// Min is the least value of a group; see [GroupBy].
func (f Ord[T, V]) Min() Aggregate[T] { return Aggregate[T]{function: "MIN", place: f.p} }

// Max is the greatest value of a group.
func (f Ord[T, V]) Max() Aggregate[T] { return Aggregate[T]{function: "MAX", place: f.p} }

// A Number is a type of the values of a [Num].
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}

// A Num is an [Ord] of numbers.
type Num[T any, V Number] struct{ Ord[T, V] }

// Add adds v to the value. A missing value counts as 0. The sum is not checked against the range of
// V: a read returns [ErrRange] if it doesn't fit.
func (f Num[T, V]) Add(v V) Change[T] { return Change[T]{addChange(f.p, valueAt(f.p, &v))} }

// Sum is the sum of a group's values, NULL if there are none.
func (f Num[T, V]) Sum() Aggregate[T] { return Aggregate[T]{function: "SUM", place: f.p} }

// Avg is the mean of a group's values, a float, NULL if there are none.
func (f Num[T, V]) Avg() Aggregate[T] { return Aggregate[T]{function: "AVG", place: f.p} }

// A Text is an [Ord] of strings.
type Text[T any, V ~string] struct{ Ord[T, V] }

// Append appends s to the value. A missing value counts as "".
func (f Text[T, V]) Append(s V) Change[T] {
	return Change[T]{joinChange(f.p, protocol.OpAppend, valueAt(f.p, &s))}
}

// Prepend puts s before the value.
func (f Text[T, V]) Prepend(s V) Change[T] {
	return Change[T]{joinChange(f.p, protocol.OpPrepend, valueAt(f.p, &s))}
}

// HasPrefix is the condition that the value begins with s.
func (f Text[T, V]) HasPrefix(s string) Cond[T] { return like[T](opLike, f.p, escapeLike(s)+"%") }

// HasSuffix is the condition that the value ends with s.
func (f Text[T, V]) HasSuffix(s string) Cond[T] { return like[T](opLike, f.p, "%"+escapeLike(s)) }

// Contains is the condition that s is part of the value.
func (f Text[T, V]) Contains(s string) Cond[T] {
	return like[T](opLike, f.p, "%"+escapeLike(s)+"%")
}

// EqualFold is the condition that the value equals s without regard to case.
func (f Text[T, V]) EqualFold(s string) Cond[T] { return like[T](opILike, f.p, escapeLike(s)) }

// Match is the condition that the regular expression finds a match in the value. The syntax is that
// of package regexp. The client checks it.
func (f Text[T, V]) Match(regexp string) Cond[T] { return like[T](opRegexp, f.p, regexp) }

// A Size is the number of elements of a list or map. It has conditions only.
type Size[T any] struct{ p *binPath }

// Eq is the condition that the number is n.
func (s Size[T]) Eq(n int) Cond[T] { return compare[T](opEqual, s.p, &n) }

// Ne is the condition that there is a list or map, and the number is not n.
func (s Size[T]) Ne(n int) Cond[T] { return compare[T](opNotEqual, s.p, &n) }

// Lt is the condition that the number is less than n.
func (s Size[T]) Lt(n int) Cond[T] { return compare[T](opLess, s.p, &n) }

// Le is the condition that the number is at most n.
func (s Size[T]) Le(n int) Cond[T] { return compare[T](opLessEqual, s.p, &n) }

// Gt is the condition that the number is greater than n.
func (s Size[T]) Gt(n int) Cond[T] { return compare[T](opGreater, s.p, &n) }

// Ge is the condition that the number is at least n.
func (s Size[T]) Ge(n int) Cond[T] { return compare[T](opGreaterEqual, s.p, &n) }

// sizeOf returns the Size of a place.
func sizeOf[T any](p *binPath, function string) Size[T] {
	if p == nil {
		return Size[T]{}
	}
	size := *p
	size.err = cmp.Or(p.err, p.checkParts())
	size.function, size.typ, size.form = function, reflect.TypeFor[int](), form{}
	return Size[T]{&size}
}

// A typedValue is a Go value that is encoded when it is used, because its stored form depends on
// the options of the Repo.
type typedValue struct {
	typ   reflect.Type
	form  form
	at    unsafe.Pointer
	isKey bool // a key of a map
}

// valueAt returns the value of a variable for a place.
func valueAt[V any](p *binPath, at *V) typedValue {
	v := typedValue{typ: reflect.TypeFor[V](), at: unsafe.Pointer(at)}
	if p != nil {
		v.form = p.form
	}
	return v
}

// elementAt returns the value of a variable that is an element of the list or map at a place.
func elementAt[V any](p *binPath, at *V) typedValue {
	v := valueAt(p, at)
	v.form.ordered = false
	return v
}

// valueOf encodes a value in the form that the Repo stores.
func (s *store) valueOf(p *binPath, v typedValue) (protocol.Value, error) {
	encoded, err := s.encodeTyped(v)
	if err == nil {
		err = checkStorable(encoded)
	}
	if err != nil {
		return protocol.Value{}, p.fail(err)
	}
	return encoded, nil
}

func (s *store) encodeTyped(v typedValue) (protocol.Value, error) {
	if v.isKey {
		return s.mapKey(v)
	}
	codec, err := s.codecOf(v.typ, v.form)
	if err != nil {
		return protocol.Value{}, err
	}
	return codec.encode(placeOf(v.typ, v.at), 0)
}
