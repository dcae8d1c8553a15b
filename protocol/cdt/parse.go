package cdt

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/aerosql/aerosql/protocol"
)

// A Call is a decoded call.
type Call struct {
	Op      protocol.OpCode
	Bin     string
	Context Context
	Code    Code
	// Args are the arguments in wire order. For a call by path they are its flags.
	Args []protocol.Value
	// Expression is the packed expression of a modify by path, nil for other calls.
	Expression []byte
}

// Parse decodes the packed call of an operation. It checks the form, not whether a server supports
// the call or its arguments. The values share memory with the operation. Errors wrap
// [protocol.ErrMalformed], [protocol.ErrTooDeep], or [protocol.ErrInvalidCommand] if the operation
// is not of a kind that has a packed call.
func Parse(op protocol.Operation) (Call, error) {
	packed, ok := op.Value.Bytes()
	call := Call{Op: op.Code, Bin: op.Bin}
	switch {
	case op.Value.Err() != nil:
		return call, op.Value.Err()
	case familyOf(op.Code) == noFamily || !ok:
		return call, fmt.Errorf("%w: operation %d on bin %q has no packed call", protocol.ErrInvalidCommand, op.Code, op.Bin)
	}
	r := unpacker{rest: packed}
	n := r.array()
	call.Code = r.code()
	byPath := familyOf(op.Code) == collections
	switch {
	case call.Code == CodeContext && n == 3: // official clients frame bit calls too, though servers reject that
		call.Context = r.context()
		inner := r.array()
		call.Code = r.code()
		if call.Code == CodeContext || call.Code == CodeSelect {
			r.fail("frame inside a context")
		}
		call.Args = r.values(inner - 1)
	case byPath && call.Code == CodeSelect && (n == 3 || n == 4):
		call.Context = r.context()
		call.Args = r.values(1)
		if n == 4 {
			call.Expression = r.document()
		}
	case call.Code == CodeContext || call.Code == CodeSelect:
		r.fail("unexpected frame")
	default:
		call.Args = r.values(n - 1)
	}
	return call, r.end()
}

// Operation encodes the call.
func (c Call) Operation() protocol.Operation {
	if c.Code != CodeSelect || familyOf(c.Op) != collections {
		p := begin(c.Context, c.Code, len(c.Args))
		for _, a := range c.Args {
			p.value(a)
		}
		return p.operation(c.Op, c.Bin)
	}
	elements := 2 + len(c.Args)
	if c.Expression != nil {
		elements++
	}
	p := beginPath(c.Context, elements)
	for _, a := range c.Args {
		p.value(a)
	}
	p.raw(c.Expression)
	return p.operation(c.Op, c.Bin)
}

// unpacker reads a packed call. It keeps the first error; later reads return zero values.
type unpacker struct {
	rest []byte
	err  error
}

func (r *unpacker) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: packed call: %s", protocol.ErrMalformed, what)
	}
	r.rest = nil
}

func (r *unpacker) end() error {
	if r.err == nil && len(r.rest) > 0 {
		r.fail(fmt.Sprintf("%d trailing bytes", len(r.rest)))
	}
	return r.err
}

// array reads the header of an array. It checks the length against the remaining bytes, since each
// element takes at least one byte.
func (r *unpacker) array() int {
	n, size := -1, 1
	switch b := r.rest; {
	case len(b) >= 1 && msgpcode.IsFixedArray(b[0]):
		n = int(b[0] & msgpcode.FixedArrayMask)
	case len(b) >= 3 && b[0] == msgpcode.Array16:
		n, size = int(binary.BigEndian.Uint16(b[1:])), 3
	case len(b) >= 5 && b[0] == msgpcode.Array32:
		n, size = int(binary.BigEndian.Uint32(b[1:])), 5
	}
	if n < 0 || n > len(r.rest)-size {
		r.fail("not an array, or an array longer than the remaining bytes")
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *unpacker) value() protocol.Value {
	if r.err != nil {
		return protocol.Nil()
	}
	v, rest, err := protocol.ParseMsgpackPrefix(r.rest)
	if err != nil {
		r.err, r.rest = fmt.Errorf("packed call: %w", err), nil
		return protocol.Nil()
	}
	r.rest = rest
	return v
}

// document reads a value and returns its encoded bytes.
func (r *unpacker) document() []byte {
	before := r.rest
	r.value()
	return before[: len(before)-len(r.rest) : len(before)-len(r.rest)]
}

// number reads an integer from 0 to limit.
func (r *unpacker) number(limit int64, what string) int64 {
	n, ok := r.value().Int()
	if !ok || n < 0 || n > limit {
		r.fail(what)
		return 0
	}
	return n
}

func (r *unpacker) code() Code {
	return Code(r.number(math.MaxUint8, "invalid call number"))
}

func (r *unpacker) values(n int) []protocol.Value {
	if r.err != nil || n <= 0 {
		return nil
	}
	values := make([]protocol.Value, 0, n)
	for range n {
		values = append(values, r.value())
	}
	return values
}

func (r *unpacker) context() Context {
	n := r.array()
	if n == 0 || n%2 != 0 {
		r.fail("context is not a list of type and value pairs")
		return nil
	}
	c := make(Context, 0, n/2)
	for range n / 2 {
		c = append(c, r.step())
	}
	if r.err != nil {
		return nil
	}
	return c
}

func (r *unpacker) step() Step {
	s := Step{Type: StepType(r.number(math.MaxUint16, "invalid type of a context step"))}
	if s.Type&stepBase != StepExpression {
		s.Value = r.value()
		return s
	}
	if expression := r.document(); len(expression) == 1 && expression[0] == msgpcode.True { // all children
		s.Value = protocol.Bool(true)
	} else {
		s.Value = protocol.Blob(expression)
	}
	return s
}
