package exec

import (
	"errors"
	"fmt"
)

// ErrMemory means that a statement needed more memory than Options.MemoryLimit. The error is a
// [*MemoryError].
var ErrMemory = errors.New("memory limit exceeded")

// DefaultMemoryLimit is the memory limit of a statement in bytes, if the options have none.
const DefaultMemoryLimit = 64 << 20

// A MemoryError means that an operator could not keep its rows within the memory limit.
type MemoryError struct {
	Operator string // such as "sort"
	Limit    int64  // in bytes
}

// Error returns the operator, the limit and the option that raises it.
func (e *MemoryError) Error() string {
	return fmt.Sprintf("%v: the %s needs more than memory_limit = %d bytes", ErrMemory, e.Operator, e.Limit)
}

// Unwrap returns ErrMemory.
func (*MemoryError) Unwrap() error { return ErrMemory }

// A budget is the memory that the operators of a statement may use together.
type budget struct {
	limit, used int64
}

// An account is what one operator has taken from the budget.
type account struct {
	budget     *budget
	operator   string
	used, peak int64
}

// take takes n bytes, or returns a [*MemoryError].
func (a *account) take(n int) error {
	if a.budget.used+int64(n) > a.budget.limit {
		return &MemoryError{Operator: a.operator, Limit: a.budget.limit}
	}
	a.budget.used += int64(n)
	a.used += int64(n)
	a.peak = max(a.peak, a.used)
	return nil
}

// give returns n bytes.
func (a *account) give(n int) {
	a.budget.used -= int64(n)
	a.used -= int64(n)
}

// release returns all that the operator has taken.
func (a *account) release() { a.give(int(a.used)) }
