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

// An Action changes how a node handles a request. The zero Action executes and answers it normally.
// The steps happen in the order of the fields. Fields can be combined; functions such as [Delay]
// and [DropAnswer] return the most common actions.
type Action struct {
	// Delay is how long the request waits before it is executed. Hold makes it wait until the
	// channel is closed. If the node or the server ends first, the request is never executed.
	Delay time.Duration
	Hold  <-chan struct{}
	// Skip drops the request without executing it. No answer is sent unless Edit makes one.
	Skip bool
	// Code, if not OK, is sent as the result and the request is not executed. It applies to a batch
	// or query as a whole, and to every command of an info request.
	Code protocol.ResultCode
	// DelayAnswer and HoldAnswer are like Delay and Hold, but wait after execution and before the
	// answer is sent.
	DelayAnswer time.Duration
	HoldAnswer  <-chan struct{}
	// Edit receives the complete answer and returns the bytes to send. The answer is empty if the
	// request was skipped. Edit may keep and modify its argument.
	Edit func(answer []byte) []byte
	// Slice, if not 0, sends the answer in pieces of this many bytes. In memory the client must
	// read a piece before the next one is sent. On TCP each piece is a separate write.
	Slice int
	// Close closes the connection after the answer has been sent. Reset resets it; the client loses
	// what it has not read.
	Close, Reset bool
	// CutNext, if not 0, resets the connection when this many bytes of the next request have
	// arrived. That request is not executed. In memory the client's write fails after these bytes.
	// On TCP the write may succeed before the client notices the reset.
	CutNext int
}

// Delay executes the request after the duration d.
func Delay(d time.Duration) Action { return Action{Delay: d} }

// Hold executes the request after the channel is closed.
func Hold(until <-chan struct{}) Action { return Action{Hold: until} }

// Ignore neither executes nor answers the request, and keeps the connection open. If it applies to
// the opening of a connection, the connection is accepted but its requests are never answered.
func Ignore() Action { return Action{Skip: true} }

// Refuse answers with the result code and does not execute the request. Any code other than OK
// refuses a connection.
func Refuse(code protocol.ResultCode) Action { return Action{Code: code} }

// Break resets the connection and does not execute the request. If it applies to the opening of a
// connection, the connection is refused.
func Break() Action { return Action{Skip: true, Reset: true} }

// DropAnswer executes the request and sends no answer. The connection stays open.
func DropAnswer() Action { return Edit(func([]byte) []byte { return nil }) }

// CutAnswer executes the request, sends the first n bytes of the answer and closes the connection.
func CutAnswer(n int) Action {
	a := Edit(func(answer []byte) []byte { return answer[:min(n, len(answer))] })
	a.Close = true
	return a
}

// CutRequest resets the connection when n bytes of the next request have arrived. It does not
// affect the current request. If it applies to the opening of a connection, it cuts the first
// request.
func CutRequest(n int) Action { return Action{CutNext: n} }

// Edit executes the request and sends what edit returns for the answer.
func Edit(edit func(answer []byte) []byte) Action { return Action{Edit: edit} }

// Answer sends the given bytes as the answer and does not execute the request.
func Answer(answer []byte) Action {
	return Action{Skip: true, Edit: func([]byte) []byte { return answer }}
}

// RepeatAnswer sends the answer twice.
func RepeatAnswer() Action {
	return Edit(func(answer []byte) []byte { return append(answer, answer...) })
}

// TrailAnswer sends the answer followed by the given bytes.
func TrailAnswer(trailing []byte) Action {
	return Edit(func(answer []byte) []byte { return append(answer, trailing...) })
}

// SliceAnswer sends the answer in pieces of n bytes.
func SliceAnswer(n int) Action { return Action{Slice: n} }

// InfoAnswer replaces the value of one command in the answer to an info request, for example to
// report a different node name or a stale peer list. If the request does not include the command,
// the answer is unchanged.
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

// refuses reports whether the action prevents a connection from being opened.
func (a *Action) refuses() bool { return a.Code != protocol.OK || a.Reset || a.Close }

// isZero reports whether the action does nothing.
func (a *Action) isZero() bool {
	return a.Delay == 0 && a.Hold == nil && a.DelayAnswer == 0 && a.HoldAnswer == nil && a.Edit == nil &&
		a.Slice == 0 && a.CutNext == 0 && !a.Skip && a.Code == protocol.OK && !a.Close && !a.Reset
}

// String describes the action, for logs.
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

// waitDialing waits as long as the action says, or until ctx is done.
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
