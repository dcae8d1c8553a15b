package mapper

import (
	"slices"
	"strings"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
)

// A Cond is a condition on the records of T. Typed fields make conditions; see [Field]. The zero
// Cond is an error of the query that uses it.
type Cond[T any] struct{ c *condition }

// And is the condition that all of c are true. Without any it is true for all records.
func And[T any](c ...Cond[T]) Cond[T] { return combine(opAnd, c) }

// Or is the condition that at least one of c is true. Without any no record meets it.
func Or[T any](c ...Cond[T]) Cond[T] { return combine(opOr, c) }

// Not is the condition that c is false. As in SQL, a condition on a missing value is neither true
// nor false, so that a record without the bin meets neither c nor Not(c).
func Not[T any](c Cond[T]) Cond[T] { return combine(opNot, []Cond[T]{c}) }

func combine[T any](op conditionOp, c []Cond[T]) Cond[T] {
	return Cond[T]{&condition{op: op, parts: slices.Clone(conditionsOf(c))}}
}

// conditionsOf returns conditions without their type parameter. The slice is the same.
func conditionsOf[T any](c []Cond[T]) []*condition {
	return *(*[]*condition)(unsafe.Pointer(&c))
}

// A conditionOp is what a condition tests.
type conditionOp uint8

const (
	opAnd conditionOp = iota
	opOr
	opNot
	opEqual
	opNotEqual
	opLess
	opLessEqual
	opGreater
	opGreaterEqual
	opBetween
	opIn
	opIsNull
	opNotNull
	opLike
	opILike
	opRegexp
	opContains
	opHasValue
	opWithin
	opCovers
	opText
)

// A condition is a Cond without its type parameter.
type condition struct {
	op     conditionOp
	place  *binPath
	values []typedValue
	keys   []typedValue // of maps
	parts  []*condition
	// text is the pattern of opLike and the like, or the SQL of opText, whose arguments are args.
	text string
	args []any
}

func compare[T, V any](op conditionOp, p *binPath, v *V) Cond[T] {
	return Cond[T]{&condition{op: op, place: p, values: []typedValue{valueAt(p, v)}}}
}

func between[T, V any](p *binPath, low, high *V) Cond[T] {
	return Cond[T]{&condition{op: opBetween, place: p, values: []typedValue{valueAt(p, low), valueAt(p, high)}}}
}

func like[T any](op conditionOp, p *binPath, pattern string) Cond[T] {
	return Cond[T]{&condition{op: op, place: p, text: pattern}}
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// escapeLike returns the pattern of LIKE ... ESCAPE '\' for a text.
func escapeLike(text string) string { return likeEscaper.Replace(text) }

// errEmptyCondition is the error of a Cond that is the zero value.
var errEmptyCondition error = &emptyError{"", "the condition is empty: make it with a typed field"}

// An Order is a sort key of a query; see [Ord.Asc]. The zero Order is an error of the query.
type Order[T any] struct {
	place      *binPath
	descending bool
}

// An order is an Order without its type parameter.
type order struct {
	place      *binPath
	descending bool
}

// isNull reports whether a condition compares with a value that is stored as NULL.
func isNull(values []protocol.Value) bool { return len(values) == 1 && values[0].IsNil() }
