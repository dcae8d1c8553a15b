package sim

import (
	"context"
	"errors"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// slack is how late a call may return. The clock does not advance while any goroutine can run.
const slack = time.Millisecond

// time checks that a call returned in time.
func (c *checker) time(call *Call) {
	bound := call.bound()
	if call.Transaction != nil {
		for i := range call.Outcomes {
			if o := &call.Outcomes[i]; o.took() > call.Limits.Total+slack {
				c.breach(Late, call, "row %d took %v, limit %v", i, o.took(), call.Limits.Total)
			}
		}
		return
	}
	if call.Query != nil {
		bound += time.Duration(len(call.Found)) * call.Query.Pause
		if call.Pages > 1 {
			// The limits apply to each page.
			bound += time.Duration(call.Pages-1) * call.Limits.Total
		}
	}
	if took := call.took(); took > bound+slack {
		c.breach(Late, call, "took %v, limit %v", took, bound)
	}
	if call.MustSucceed {
		c.recovered(call)
	}
}

// recovered checks a call made when nothing was wrong.
func (c *checker) recovered(call *Call) {
	err := call.Err
	for i := range call.Outcomes {
		if o := &call.Outcomes[i]; o.Err != nil && !o.absent() {
			err = o.Err
		}
	}
	if err != nil {
		c.breach(NotRecovered, call, "%v", err)
	}
}

// cause checks that an error without a server's result code has a possible cause.
func (c *checker) cause(call *Call, o *Outcome) {
	sent := c.Sent[o.Token]
	isCanceled, isOver, isClosed := errors.Is(o.Err, context.Canceled), errors.Is(o.Err, context.DeadlineExceeded), errors.Is(o.Err, cluster.ErrClosed)
	switch {
	case call.Cancel < 0 && (!isCanceled && !call.Closed || sent > 0):
		c.breach(ForbiddenSend, call, "the context was canceled before the call; sent %d times, %v", sent, o.Err)
	case call.ClosedBefore && (!isClosed && !isCanceled && !isOver || sent > 0):
		c.breach(ForbiddenSend, call, "the client was closed before the call; sent %d times, %v", sent, o.Err)
	case isCanceled && call.Cancel == 0:
		c.breach(ImpossibleCause, call, "%v, but the context was not canceled", o.Err)
	case isClosed && !call.Closed:
		c.breach(ImpossibleCause, call, "%v, but the client was not closed", o.Err)
	case isOver && call.Deadline == 0:
		c.breach(ImpossibleCause, call, "%v, but the context has no deadline", o.Err)
	case errors.Is(o.Err, cluster.ErrOverload) && !gaveUp(o.Err):
		c.overload(call, o)
	case isOver && !gaveUp(o.Err) && o.Ended.At < call.Begun.At+call.Deadline:
		c.breach(ImpossibleCause, call, "%v, after %v", o.Err, call.took())
	case errors.Is(o.Err, cluster.ErrTimeout) && !isOver && !gaveUp(o.Err) && o.took() < c.shortest(call):
		c.breach(ImpossibleCause, call, "%v, after %v", o.Err, o.took())
	case call.isHighLevel() && (isCanceled || isOver):
		// Between two commands, context errors are returned unwrapped.
	case o.code() == protocol.ClientError && !isTyped(o.Err):
		c.breach(ImpossibleCause, call, "%v is not a *protocol.Error", o.Err)
	}
}

// shortest returns the shortest time after which anything in a call can time out, except its
// context.
func (c *checker) shortest(call *Call) time.Duration {
	d := min(call.Limits.Total, c.Plan.Client.ConnectTimeout)
	if call.Limits.Socket > 0 {
		d = min(d, call.Limits.Socket)
	}
	return d
}

// gaveUp reports whether a command ended after a failure because no time was left for another try.
func gaveUp(err error) bool {
	var e *protocol.Error
	if !asError(err, &e) {
		return false
	}
	_, two := e.Err.(interface{ Unwrap() []error })
	return two
}

func isTyped(err error) bool {
	var e *protocol.Error
	return asError(err, &e)
}

// asError is errors.As.
func asError[T error](err error, target *T) bool { return errors.As(err, target) }
