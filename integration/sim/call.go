package sim

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A Call is an operation that was carried out, and what the client said about it.
type Call struct {
	Caller, Index int
	*Operation
	Span
	// Err is the error of the call as a whole.
	Err error
	// Outcomes are those of its commands.
	Outcomes []Outcome
	// Found are the records of a query, in the order in which they came.
	Found []*protocol.Record
	// Pages is how many pages a query had.
	Pages int
	// Ending is how a transaction has ended.
	Ending Ending
	// Left tells that the loop over a query was left before its end.
	Left bool
	// Closed tells that the client was closed, or about to be, before the call had ended, and ClosedBefore that it was before the call began.
	Closed, ClosedBefore bool
}

// A Span is from the begin of a call, or of a step of a transaction, to its end.
type Span struct {
	Begun, Ended Moment
	// Tick is the end by the ticks of the wire.
	Tick uint64
}

// took is how long it lasted.
func (s *Span) took() time.Duration { return s.Ended.At - s.Begun.At }

// A Moment is a place in the true history: the number of the last event, and the time since the begin of the load.
type Moment struct {
	Event uint64
	At    time.Duration
}

// An Outcome is what the client said about one command.
type Outcome struct {
	Span
	Token Token // 0 for a read
	// Expected is the generation that a Swap asked for.
	Expected uint32
	// Batch tells that the command was sent in a batch.
	Batch bool
	// Skipped tells that the command was not carried out, because the transaction had failed before.
	Skipped bool
	// Record is what was read, or the header that a write in a batch has; nil if there is none.
	Record *protocol.Record
	Err    error
}

// errAbsent is what batches say where single commands say that there was no record without calling it an error.
var errAbsent error = &protocol.Error{Code: protocol.KeyNotFound}

// exists takes what Delete and Exists return.
func (o *Outcome) exists(existed bool, err error) {
	if o.Err = err; err == nil && !existed {
		o.Err = errAbsent
	}
}

// A Verdict is what the client says about a write.
type Verdict uint8

// The verdicts.
const (
	Applied Verdict = iota
	NotApplied
	InDoubt
)

// String returns the verdict in words.
func (v Verdict) String() string { return [...]string{"applied", "not applied", "in doubt"}[v] }

// verdict is what the client says about a write.
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

// code is the server's verdict on a command: OK where there is no error, ClientError where it has given none.
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

// String tells all about the call.
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
