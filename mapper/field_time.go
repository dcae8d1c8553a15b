package mapper

import "time"

// A Time is a [Field] of times. It can't be used for a field whose tag has the option text or json,
// because their strings have another order.
type Time[T any] struct{ Field[T, time.Time] }

// Before is the condition that the time is before t.
func (f Time[T]) Before(t time.Time) Cond[T] { return compare[T](opLess, f.p, &t) }

// After is the condition that the time is after t.
func (f Time[T]) After(t time.Time) Cond[T] { return compare[T](opGreater, f.p, &t) }

// Since is the condition that the time is t or after t.
func (f Time[T]) Since(t time.Time) Cond[T] { return compare[T](opGreaterEqual, f.p, &t) }

// Between is the condition that the time is from begin to end, both included.
func (f Time[T]) Between(begin, end time.Time) Cond[T] { return between[T](f.p, &begin, &end) }

// Asc orders by the time, records without one first.
func (f Time[T]) Asc() Order[T] { return Order[T]{place: f.p} }

// Desc orders by the time, the latest first.
func (f Time[T]) Desc() Order[T] { return Order[T]{place: f.p, descending: true} }

// Min is the earliest time of a group; see [GroupBy].
func (f Time[T]) Min() Aggregate[T] { return Aggregate[T]{function: "MIN", place: f.p} }

// Max is the latest time of a group.
func (f Time[T]) Max() Aggregate[T] { return Aggregate[T]{function: "MAX", place: f.p} }
