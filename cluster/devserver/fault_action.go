package devserver

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// An Action is what a node does with a request besides executing and answering it, which is all that the
// zero Action does. The steps happen in the order of the fields. The functions of this package that
// return an Action make those that tests mostly want; fields may be combined freely.
type Action struct {
	// Delay is how long the request waits before it is executed, and Hold makes it wait until the channel is
	// closed. Neither outlives the node or the server: what still waits then is never executed.
	Delay time.Duration
	Hold  <-chan struct{}
	// Skip leaves the request unexecuted. Without an Edit that makes an answer there is none.
	Skip bool
	// Code, if it is not OK, leaves the request unexecuted and is its answer: of a batch or query as a whole, of every
	// command of an info request.
	Code protocol.ResultCode
	// DelayAnswer and HoldAnswer are Delay and Hold between the execution and the answer.
	DelayAnswer time.Duration
	HoldAnswer  <-chan struct{}
	// Edit gets all the bytes of the answer, none if the request was left out, and returns the bytes that are sent. It
	// may keep and change what it gets.
	Edit func(answer []byte) []byte
	// Slice, if it is not 0, sends the answer in pieces of so many bytes. In memory each piece is read by
	// the client before the next one is sent; on TCP each is a write of its own.
	Slice int
	// Close ends the connection in order when the answer has been sent; Reset makes it break, and whatever the client has
	// not yet read is lost.
	Close, Reset bool
	// CutNext, if it is not 0, breaks the connection as soon as so many bytes of its next request have come;
	// the request is not executed. In memory the client's write fails behind these bytes; on TCP it may succeed before
	// the break is noticed.
	CutNext int
}

// Delay executes the request after d.
func Delay(d time.Duration) Action { return Action{Delay: d} }

// Hold executes the request when the channel is closed.
func Hold(until <-chan struct{}) Action { return Action{Hold: until} }

// Ignore neither executes nor answers the request; the connection stays open. A connection that is
// ignored when it is opened is accepted, and nothing that comes on it is ever answered.
func Ignore() Action { return Action{Skip: true} }

// Refuse answers with the result code without executing the request. A connection is refused with any code.
func Refuse(code protocol.ResultCode) Action { return Action{Code: code} }

// Break resets the connection without executing the request. A connection that breaks
// when it is opened is refused.
func Break() Action { return Action{Skip: true, Reset: true} }

// DropAnswer executes the request and sends nothing; the connection stays open.
func DropAnswer() Action { return Edit(func([]byte) []byte { return nil }) }

// CutAnswer executes the request, sends the first n bytes of the answer and closes the connection.
func CutAnswer(n int) Action {
	a := Edit(func(answer []byte) []byte { return answer[:min(n, len(answer))] })
	a.Close = true
	return a
}

// CutRequest breaks the connection when n bytes of the next request on it have come. It does nothing to the
// request that it is returned for; returned for the opening of a connection, it cuts the first request.
func CutRequest(n int) Action { return Action{CutNext: n} }

// Edit executes the request and sends what edit makes of the answer.
func Edit(edit func(answer []byte) []byte) Action { return Action{Edit: edit} }

// Answer sends the bytes in place of an answer; the request is not executed.
func Answer(answer []byte) Action {
	return Action{Skip: true, Edit: func([]byte) []byte { return answer }}
}

// RepeatAnswer sends the answer twice.
func RepeatAnswer() Action {
	return Edit(func(answer []byte) []byte { return append(answer, answer...) })
}

// TrailAnswer sends the bytes behind the answer.
func TrailAnswer(trailing []byte) Action {
	return Edit(func(answer []byte) []byte { return append(answer, trailing...) })
}

// SliceAnswer sends the answer in pieces of n bytes.
func SliceAnswer(n int) Action { return Action{Slice: n} }

// InfoAnswer gives another value to a command in the answer to an info request: the name of another node or
// cluster, peers of yesterday. Where the command was not asked for, the answer stays as it is.
func InfoAnswer(command, value string) Action {
	return Edit(func(answer []byte) []byte { return replaceInfo(answer, command, value) })
}

func replaceInfo(answer []byte, command, value string) []byte {
	if len(answer) < wire.ProtoHeaderSize || wire.ProtoType(answer[1]) != wire.ProtoInfo {
		return answer
	}
	var body bytes.Buffer
	for line := range bytes.Lines(answer[wire.ProtoHeaderSize:]) {
		if name, _, _ := bytes.Cut(line, []byte{'\t'}); string(name) == command {
			fmt.Fprintf(&body, "%s\t%s\n", command, value)
			continue
		}
		body.Write(line)
	}
	return append(wire.ProtoHeader{Type: wire.ProtoInfo, Size: body.Len()}.AppendTo(nil), body.Bytes()...)
}

// executes reports whether the request is executed.
func (a *Action) executes() bool { return !a.Skip && a.Code == protocol.OK }

// refuses reports whether the action keeps a connection from being opened.
func (a *Action) refuses() bool { return a.Code != protocol.OK || a.Reset || a.Close }

// isZero reports whether the action changes nothing.
func (a *Action) isZero() bool {
	return a.Delay == 0 && a.Hold == nil && a.DelayAnswer == 0 && a.HoldAnswer == nil && a.Edit == nil &&
		a.Slice == 0 && a.CutNext == 0 && !a.Skip && a.Code == protocol.OK && !a.Close && !a.Reset
}

// String tells what the action does, for logs of faults.
func (a Action) String() string {
	var parts []string
	add := func(does bool, format string, args ...any) {
		if does {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(a.Delay != 0, "delay %v", a.Delay)
	add(a.Hold != nil, "hold")
	add(a.Skip, "skip")
	add(a.Code != protocol.OK, "refuse %v", a.Code)
	add(a.DelayAnswer != 0, "delay answer %v", a.DelayAnswer)
	add(a.HoldAnswer != nil, "hold answer")
	add(a.Edit != nil, "edit answer")
	add(a.Slice != 0, "slices of %d", a.Slice)
	add(a.Close, "close")
	add(a.Reset, "reset")
	add(a.CutNext != 0, "cut next request at %d", a.CutNext)
	if parts == nil {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// waitDialing has a client that dials in memory wait as long as the action wants, or until it gives up.
func (a *Action) waitDialing(ctx context.Context) error {
	if a.Delay > 0 {
		timer := time.NewTimer(a.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if a.Hold != nil {
		select {
		case <-a.Hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
