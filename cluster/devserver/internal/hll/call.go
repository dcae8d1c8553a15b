package hll

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/call"
	"github.com/aerosql/aerosql/protocol"
)

// Policy flags (docs/wire-cdt-exp.md#4.2).
const (
	createOnly = 0x01
	updateOnly = 0x02
	noFail     = 0x04
	allowFold  = 0x08
)

// unset is the number of bits that leaves a choice to the operation.
const unset = -1

// invocation is a call with its arguments, on a value that may not exist.
type invocation struct {
	op                     *operation
	old                    sketch // nil if the bin does not exist
	elements               [][]byte
	sketches               []sketch
	indexBits, minhashBits int64
	flags                  uint64
}

func (c *invocation) unlessNoFail(code protocol.ResultCode) protocol.ResultCode {
	if c.flags&noFail != 0 {
		return protocol.OK
	}
	return code
}

// parser reads one argument and reports whether it is valid.
type parser func(*invocation, *call.Reader) bool

// operation is what the table knows of an operation; it has either modify or read.
type operation struct {
	args     []parser
	optional int // of the arguments, at their end
	modify   func(*invocation) (changed sketch, result protocol.Value, code protocol.ResultCode)
	read     func(*invocation) (result protocol.Value, code protocol.ResultCode)
}

// operations is the table of all operations by number.
var operations = [...]operation{
	0: {args: []parser{indexBits, minhashBits, policy(createOnly | updateOnly | noFail)}, optional: 3, modify: initialize},
	1: {args: []parser{elements, indexBits, minhashBits, policy(createOnly | noFail)}, optional: 3, modify: addElements},
	2: {args: []parser{sketches, policy(createOnly | updateOnly | noFail | allowFold)}, optional: 1, modify: setUnion},
	3: {args: []parser{}, modify: refreshCount},
	4: {args: []parser{indexBits}, modify: fold},

	50: {args: []parser{}, read: getCount},
	51: {args: []parser{sketches}, read: getUnion},
	52: {args: []parser{sketches}, read: getUnionCount},
	53: {args: []parser{intersectable}, read: getIntersectCount},
	54: {args: []parser{intersectable}, read: getSimilarity},
	55: {args: []parser{}, read: describe},
	56: {args: []parser{elements}, read: mayContain},
}

// parse reads a call and looks at the bin that it is about.
func parse(packed []byte, bin protocol.Value, modify bool) (*invocation, protocol.ResultCode) {
	r := call.NewReader(packed)
	n, ok := r.Array()
	if !ok || n == 0 {
		return nil, protocol.ParameterError
	}
	number, ok := r.Uint()
	number &= 1<<32 - 1
	if !ok || number >= uint64(len(operations)) {
		return nil, protocol.ParameterError
	}
	c := &invocation{op: &operations[number], indexBits: unset, minhashBits: unset}
	if c.op.args == nil || (c.op.modify != nil) != modify {
		return nil, protocol.ParameterError
	}
	if !bin.IsNil() {
		if bin.Kind() != protocol.KindHLL {
			return nil, protocol.BinTypeError
		}
		b, _ := bin.Bytes()
		if !Valid(b) {
			return nil, protocol.ServerError
		}
		c.old = b
	}
	if n--; n > len(c.op.args) || n < len(c.op.args)-c.op.optional {
		return nil, protocol.ParameterError
	}
	for _, arg := range c.op.args[:n] {
		if !arg(c, r) {
			return nil, protocol.ParameterError
		}
	}
	return c, protocol.OK
}

func indexBits(c *invocation, r *call.Reader) bool {
	n, ok := r.Int()
	c.indexBits = n
	return ok && (n == unset || validIndexBits(n))
}

func minhashBits(c *invocation, r *call.Reader) bool {
	n, ok := r.Int()
	c.minhashBits = n
	return ok && (n == unset || validMinhashBits(n) && (c.indexBits == unset || validBits(c.indexBits, n)))
}

func policy(valid uint64) parser {
	return func(c *invocation, r *call.Reader) (ok bool) {
		c.flags, ok = r.Uint()
		return ok && c.flags&^valid == 0 && c.flags&(createOnly|updateOnly) != createOnly|updateOnly
	}
}

// elements takes a list of values, which are hashed in their shortest packed form.
func elements(c *invocation, r *call.Reader) bool {
	n, ok := r.Array()
	if !ok || n == 0 {
		return false
	}
	for range n {
		if r.NextIsArray() || r.NextIsMap() {
			return false
		}
		v, ok := r.Value()
		if !ok {
			return false
		}
		packed, err := protocol.AppendMsgpack(nil, v)
		if err != nil {
			return false
		}
		c.elements = append(c.elements, packed)
	}
	return true
}

// sketches takes a list of HyperLogLog values, or a single one. The byte that
// names their type is not looked at.
func sketches(c *invocation, r *call.Reader) bool {
	n := 1
	if r.NextIsArray() {
		if n, _ = r.Array(); n == 0 {
			return false
		}
	}
	for range n {
		b, ok := r.Bytes()
		if !ok || len(b) == 0 {
			return false
		}
		s, ok := parseSketch(b[1:])
		if !ok {
			return false
		}
		c.sketches = append(c.sketches, s)
	}
	return true
}

// intersectable takes sketches whose intersection can be estimated: at most two, or any
// number with minhash bits of the same size.
func intersectable(c *invocation, r *call.Reader) bool {
	if !sketches(c, r) {
		return false
	}
	if len(c.sketches) <= 2 {
		return true
	}
	for _, s := range c.sketches {
		if s.minhashBits() == 0 || s.minhashBits() != c.sketches[0].minhashBits() {
			return false
		}
	}
	return true
}
