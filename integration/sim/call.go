package sim

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A Call is an executed operation with its results.
type Call struct {
	Caller, Index int
	*Operation
	Span
	// Err is the error of the call as a whole.
	Err error
	// Outcomes are the results of its commands.
	Outcomes []Outcome
	// Found has the records of a query in the order in which they arrived.
	Found []*protocol.Record
	// Pages is the number of pages of a query.
	Pages int
	// Ending is the end of a transaction.
	Ending Ending
	// Left means that the loop over a query was left early.
	Left bool
	// Closed means that closing the client had begun before the call ended, ClosedBefore that it
	// had begun before the call did.
	Closed, ClosedBefore bool
}

// A Span is the time of a call, or of a step of a transaction.
type Span struct {
	Begun, Ended Moment
	// Tick is the network's tick at the end.
	Tick uint64
}

// took returns the duration of the span.
func (s *Span) took() time.Duration { return s.Ended.At - s.Begun.At }

// A Moment is a point in the history: the number of the last event, and the time since the start of
// the load.
type Moment struct {
	Event uint64
	At    time.Duration
}

// An Outcome is the result of one command, as the client reported it.
type Outcome struct {
	Span
	Token Token // 0 for a read
	// Expected is the generation that a Swap expects.
	Expected uint32
	// Batch means that the command was sent in a batch.
	Batch bool
	// Skipped means that the command was not executed because the transaction had already failed.
	Skipped bool
	// Record is the record read, or the header that a write in a batch returns. It is nil if there
	// is none.
	Record *protocol.Record
	Err    error
}

// errAbsent is the error of a batch row without a record. Single commands that report a missing
// record without an error get it too.
var errAbsent error = &protocol.Error{Code: protocol.KeyNotFound}

// exists stores the results of Delete and Exists.
func (o *Outcome) exists(existed bool, err error) {
	if o.Err = err; err == nil && !existed {
		o.Err = errAbsent
	}
}

// A Verdict is what the client reports about a write.
type Verdict uint8

// The verdicts.
const (
	Applied Verdict = iota
	NotApplied
	InDoubt
)

// String returns the verdict in words.
func (v Verdict) String() string { return [...]string{"applied", "not applied", "in doubt"}[v] }

// verdict returns what the client reported about a write.
func (o *Outcome) verdict() Verdict {
	var e *protocol.Error
	switch {
	case o.Err == nil:
		return Applied
	case errors.As(o.Err, &e) && e.InDoubt:
		return InDoubt
	}
	return NotApplied
}

// code returns the server's result code: OK if there is no error, ClientError if the error has
// none.
func (o *Outcome) code() protocol.ResultCode {
	var e *protocol.Error
	switch {
	case o.Err == nil:
		return protocol.OK
	case errors.As(o.Err, &e):
		return e.Code
	}
	return protocol.ClientError
}

// String returns the complete call.
func (c *Call) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "caller %d, call %d from %v (event %d) to %v (event %d): %v", c.Caller, c.Index, c.Begun.At, c.Begun.Event, c.Ended.At, c.Ended.Event, c.Operation)
	if c.Closed {
		b.WriteString(", client closed")
	}
	if c.Err != nil && (c.Batch || c.Query != nil) {
		fmt.Fprintf(&b, "\n    error: %v", c.Err)
	}
	if c.Transaction != nil {
		fmt.Fprintf(&b, "\n    transaction %x: %v, commits %d, %v", c.Ending.ID, c.Ending.Verdict, c.Ending.Commits, c.Err)
	}
	if c.Query != nil {
		fmt.Fprintf(&b, "\n    %d records, left %v", len(c.Found), c.Left)
	}
	for i := range c.Outcomes {
		o := &c.Outcomes[i]
		fmt.Fprintf(&b, "\n    %v, token %v, expected %d: %v, %v", &c.Commands[i], o.Token, o.Expected, o.Record, o.Err)
		if o.verdict() == InDoubt {
			b.WriteString(" (in doubt)")
		}
	}
	return b.String()
}
