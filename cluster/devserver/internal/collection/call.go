package collection

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/cluster/devserver/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// opCode is the number of an operation (docs/wire-cdt-exp.md#2.4 and 2.5). Those
// below firstMapOp are about lists, all others about maps.
type opCode uint32

// The operations whose numbers have a meaning outside the table.
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

// invocation is a call whose arguments are still to be read.
type invocation struct {
	op    opCode
	count int // of the arguments
	args  *call.Reader
}

// legacyCall is the first byte of the old form: the number in two bytes, then an
// array of arguments unless there are none (docs/wire-cdt-exp.md#2.1).
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

// readCall reads an array that starts with the operation's number.
func readCall(r *call.Reader) (invocation, bool) {
	op, count, ok := r.Number()
	return invocation{op: opCode(op), count: count, args: r}, ok
}

// argKind tells how an argument is read.
type argKind uint8

const (
	number  argKind = iota // an index, a rank, a count, flags
	payload                // a value to compare with: sentinels may be in it
	stored                 // a value to keep: checked and brought into its stored form
)

// argument is one argument of a call. missing ones have their default.
type argument struct {
	n       int64
	value   protocol.Value
	missing bool
	// unsound is a value to store that is well-formed but has a map in it with
	// keys that are invalid or there twice, or something ordered that is not in order.
	unsound bool
}

// toTheEnd is the default of every count.
const toTheEnd = 1<<32 - 1

const maxArguments = 4

// read takes the arguments that the operation's table entry asks for. An
// operation without arguments ignores what was sent.
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
			a.unsound = !sound
		}
		if !ok {
			return args, false
		}
	}
	return args, true
}

// count returns an argument that counts elements; a negative one is as large as its bits are.
func (a *argument) count() uint64 {
	if a.missing {
		return toTheEnd
	}
	return uint64(a.n)
}

// kept returns a value to store as a list's element; one that is not sound
// leaves a gap, see torn.
func (a *argument) kept() protocol.Value {
	if a.unsound {
		return torn
	}
	return a.value
}

// order returns an argument with order flags, of which only the lowest byte counts.
func (a *argument) order() protocol.Order { return protocol.Order(a.n) }

// perform runs an operation on a target that it may or may not fit.
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
