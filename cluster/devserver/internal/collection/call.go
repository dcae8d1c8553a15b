package collection

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// opCode is the number of an operation (docs/wire-cdt-exp.md#2.4 and 2.5). Numbers below firstMapOp
// are list operations, all others map operations.
type opCode uint32

// The numbers used outside the table.
const (
	opSelect   = opCode(cdt.CodeSelect)
	opContext  = opCode(cdt.CodeContext)
	firstMapOp = opCode(cdt.CodeMapSetType)
)

func (op opCode) kind() protocol.Kind {
	if op < firstMapOp {
		return protocol.KindList
	}
	return protocol.KindMap
}

// An invocation is a call whose arguments have not been read.
type invocation struct {
	op    opCode
	count int // of arguments
	args  *call.Reader
}

// legacyCall is the first byte of the old form of a call: two bytes with the number, then an array
// of arguments unless there are none (docs/wire-cdt-exp.md#2.1).
const legacyCall = 0x00

func parseCall(packed []byte) (invocation, bool) {
	if len(packed) >= 2 && packed[0] == legacyCall {
		c := invocation{op: opCode(binary.BigEndian.Uint16(packed)), args: call.NewReader(packed[2:])}
		if len(packed) == 2 {
			return c, true
		}
		var ok bool
		c.count, ok = c.args.Array()
		return c, ok
	}
	return readCall(call.NewReader(packed))
}

// readCall reads the header of a call.
func readCall(r *call.Reader) (invocation, bool) {
	op, count, ok := r.Number()
	return invocation{op: opCode(op), count: count, args: r}, ok
}

// argKind selects how an argument is read.
type argKind uint8

const (
	number  argKind = iota // an index, a rank, a count, flags
	payload                // a value to compare with; may contain sentinels
	stored                 // a value to store; it is checked and normalized
)

// An argument is one argument of a call. A missing argument has its default value.
type argument struct {
	n       int64
	value   protocol.Value
	missing bool
	// invalid marks a well-formed value that cannot be stored: it contains a map with invalid or
	// duplicate keys, or an ordered list or map that is out of order.
	invalid bool
}

// toTheEnd is the default value of count arguments.
const toTheEnd = 1<<32 - 1

const maxArguments = 4

// read reads the arguments according to the operation's table row. An operation without arguments
// ignores any that were sent.
func (c *invocation) read(s *spec) (args [maxArguments]argument, ok bool) {
	for i := range args {
		args[i].missing = true
	}
	if len(s.args) == 0 {
		return args, true
	}
	if c.count > len(s.args) || c.count < len(s.args)-s.optional {
		return args, false
	}
	for i, kind := range s.args[:c.count] {
		a := &args[i]
		a.missing = false
		if kind == number {
			a.n, ok = c.args.Int()
		} else {
			a.value, ok = c.args.Value()
		}
		if ok && kind == stored {
			sound := false
			ok = !hasSentinel(a.value)
			a.value, sound = normalized(a.value, false)
			a.invalid = !sound
		}
		if !ok {
			return args, false
		}
	}
	return args, true
}

// count returns a count argument. A negative count becomes the unsigned number with the same bits.
func (a *argument) count() uint64 {
	if a.missing {
		return toTheEnd
	}
	return uint64(a.n)
}

// storable returns a value to store as a list element. An invalid value leaves the list incomplete,
// see torn.
func (a *argument) storable() protocol.Value {
	if a.invalid {
		return torn
	}
	return a.value
}

// order returns an argument with order flags. Only the lowest byte is used.
func (a *argument) order() protocol.Order { return protocol.Order(a.n) }

// perform checks that the operation and its target match and runs it.
func perform(t *target, c *invocation) protocol.ResultCode {
	if exists := !t.value.IsNil(); (exists || !t.modify) && t.value.Kind() != c.op.kind() {
		return protocol.BinTypeError
	}
	var s *spec
	if int(c.op) < len(operations) {
		s = &operations[c.op]
	}
	if s == nil || s.run == nil || s.modify != t.modify {
		return protocol.ParameterError
	}
	if t.missing() {
		if s.absent == absentIgnored {
			return protocol.OK
		}
		if s.absent == absentNotFound {
			return protocol.ElementNotFound
		}
		if s.absent == absentRefused && t.bin.IsNil() {
			return protocol.BinTypeError
		}
	}
	args, ok := c.read(s)
	if !ok {
		return protocol.ParameterError
	}
	if t.missing() {
		t.begin(c.op.kind(), s, args[:])
	}
	return s.run(t, args[:])
}
