package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
)

// An Operation is one call that a caller makes, as a seed has drawn it.
type Operation struct {
	// Think is the pause before it.
	Think time.Duration
	// Commands are its commands on single records: one, or the rows of a batch. A query has none.
	Commands []Command
	Batch    bool
	Query    *Query
	// Transaction, if it is not nil, is the one to which the commands belong.
	Transaction *Transaction
	Limits      Limits
	// Cancel is when the call's context is cancelled, after its begin; negative: before. Deadline is the context's. 0 is never.
	Cancel, Deadline time.Duration
	// MustSucceed: nothing stands in the way of the call.
	MustSucceed bool
}

// A Command is what an operation does with one record.
type Command struct {
	Verb Verb
	// Key is the number of the record.
	Key int
	// Padding is the size in bytes of a bin that a Put has in addition.
	Padding int
}

// A Transaction is how commands belong together.
type Transaction struct {
	// Timeout is the transaction's own.
	Timeout time.Duration
	// Steps are the numbers of commands that are sent together; 1 is a command alone.
	Steps []int
	// Pause is made before each step and before the end.
	Pause time.Duration
	// Abort ends it without a commit. Bold commits also if a command has failed, which aborts it otherwise.
	Abort, Bold bool
}

// Limits are the fields that most policies have in common.
type Limits struct {
	Total, Socket, Sleep, Delay time.Duration
	Retries                     int
	Replica                     cluster.ReplicaPolicy
	Compress                    bool
}

// A Query is what a query asks for.
type Query struct {
	// Namespace and Set are what is read.
	Namespace, Set string
	// First and Last, if Last is not 0, bound the numbers of the records that are asked for by an index.
	First, Last int
	// Begin and Count are the partitions, all if Count is 0.
	Begin, Count int
	// Page, if it is not 0, is the number of records after which the cursor is saved, and loaded for the next page.
	Page int64
	// Leave, if it is not 0, is the number of records after which the loop is left.
	Leave int
	// Pause is how long the loop takes for each record.
	Pause time.Duration
}

// tries is how often a command may be sent at most.
func (l *Limits) tries(write bool) int {
	switch {
	case l.Retries > 0:
		return l.Retries + 1
	case l.Retries == 0 && !write:
		return cluster.DefaultReadRetries + 1
	}
	return 1
}

// isDoor reports whether the operation goes through package mapper or SQL.
func (op *Operation) isDoor() bool { return len(op.Commands) == 1 && op.Commands[0].Verb.isDoor() }

// bound is when the call, or a step of its transaction, must have returned, after its begin.
func (op *Operation) bound() time.Duration {
	d := op.Limits.Total
	if op.isDoor() {
		d = op.Deadline // of several commands
	} else if op.Deadline > 0 {
		d = min(d, op.Deadline)
	}
	if op.Cancel != 0 {
		d = min(d, max(op.Cancel, 0))
	}
	return d
}

// String tells all about the operation but its think time.
func (op *Operation) String() string {
	var b strings.Builder
	switch {
	case op.Query != nil:
		fmt.Fprintf(&b, "query %+v", *op.Query)
	case op.Transaction != nil:
		fmt.Fprintf(&b, "transaction %+v", *op.Transaction)
	case op.Batch:
		fmt.Fprintf(&b, "batch of %d", len(op.Commands))
	default:
		b.WriteString(op.Commands[0].String())
	}
	fmt.Fprintf(&b, " %+v", op.Limits)
	if op.Cancel != 0 {
		fmt.Fprintf(&b, " cancelled after %v", op.Cancel)
	}
	if op.Deadline != 0 {
		fmt.Fprintf(&b, " deadline %v", op.Deadline)
	}
	return b.String()
}

// String tells verb and key.
func (c *Command) String() string { return fmt.Sprintf("%v %d", c.Verb, c.Key) }
