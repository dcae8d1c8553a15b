package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
)

// An Operation is one call of a caller, as drawn from the seed.
type Operation struct {
	// Think is the pause before it.
	Think time.Duration
	// Commands are its commands on single records: one, or the rows of a batch. A query has none.
	Commands []Command
	Batch    bool
	Query    *Query
	// Transaction is the one that the commands belong to, if not nil.
	Transaction *Transaction
	Limits      Limits
	// Cancel is when the call's context is canceled, counted from the start of the call; if
	// negative, before it. Deadline is the timeout of the context. 0 means never.
	Cancel, Deadline time.Duration
	// MustSucceed means that nothing is wrong during the call.
	MustSucceed bool
}

// A Command is what an operation does with one record.
type Command struct {
	Verb Verb
	// Key is the number of the record.
	Key int
	// Padding is the size in bytes of an additional bin of a Put.
	Padding int
}

// A Transaction describes a transaction of several commands.
type Transaction struct {
	// Timeout is the transaction's own timeout.
	Timeout time.Duration
	// Steps are the numbers of commands that are sent together. 1 means a single command.
	Steps []int
	// Pause is the pause before each step and before the end.
	Pause time.Duration
	// Abort ends it with an abort. Bold commits even if a command has failed; otherwise a failure
	// aborts it.
	Abort, CommitAnyway bool
}

// Limits are the fields that most policies have in common.
type Limits struct {
	Total, Socket, Sleep, Delay time.Duration
	Retries                     int
	Replica                     cluster.ReplicaPolicy
	Compress                    bool
}

// A Query describes a query.
type Query struct {
	// Namespace and Set are what is read.
	Namespace, Set string
	// First and Last, if Last is not 0, limit the numbers of the records, by an index.
	First, Last int
	// Begin and Count are the partitions. If Count is 0, all are read.
	Begin, Count int
	// Page, if not 0, is the number of records per page. The cursor is saved after each page and
	// loaded for the next one.
	Page int64
	// Leave, if not 0, is the number of records after which the loop is left.
	Leave int
	// Pause is the time that the loop spends on each record.
	Pause time.Duration
}

// tries returns how often a command may be sent.
func (l *Limits) tries(write bool) int {
	switch {
	case l.Retries > 0:
		return l.Retries + 1
	case l.Retries == 0 && !write:
		return cluster.DefaultReadRetries + 1
	}
	return 1
}

// isHighLevel reports whether the operation goes through package mapper or SQL.
func (op *Operation) isHighLevel() bool {
	return len(op.Commands) == 1 && op.Commands[0].Verb.isHighLevel()
}

// bound returns the time within which the call, or a step of its transaction, must return.
func (op *Operation) bound() time.Duration {
	d := op.Limits.Total
	if op.isHighLevel() {
		d = op.Deadline // it has several commands
	} else if op.Deadline > 0 {
		d = min(d, op.Deadline)
	}
	if op.Cancel != 0 {
		d = min(d, max(op.Cancel, 0))
	}
	return d
}

// String returns the operation without its think time.
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
		fmt.Fprintf(&b, " canceled after %v", op.Cancel)
	}
	if op.Deadline != 0 {
		fmt.Fprintf(&b, " deadline %v", op.Deadline)
	}
	return b.String()
}

// String returns the verb and the key.
func (c *Command) String() string { return fmt.Sprintf("%v %d", c.Verb, c.Key) }
