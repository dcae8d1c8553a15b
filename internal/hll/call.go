package hll

import (
	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// unset, as a number of bits, leaves the choice to the operation.
const unset = -1

// An invocation is a call with its arguments and the value of its bin.
type invocation struct {
	op                     *operation
	old                    sketch // nil if the bin does not exist
	elements               [][]byte
	sketches               []sketch
	indexBits, minhashBits int64
	flags                  call.Flags
}

// parser reads one argument and reports whether it is valid.
type parser = call.Parser[invocation]

// An operation is a row of the table. Either modify or read is set.
type operation struct {
	args     []parser
	optional int // number of arguments that may be left out
	modify   func(*invocation) (changed sketch, result protocol.Value, code protocol.ResultCode)
	read     func(*invocation) (result protocol.Value, code protocol.ResultCode)
}

// initFlags are the flags of operations that create a bin or work on an existing one.
const initFlags call.Flags = cdt.CreateOnly | cdt.UpdateOnly | cdt.NoFail

// operations is indexed by the number of the operation.
var operations = [...]operation{
	cdt.CodeHLLInit:         {args: []parser{indexBits, minhashBits, policy(initFlags)}, optional: 3, modify: initialize},
	cdt.CodeHLLAdd:          {args: []parser{elements, indexBits, minhashBits, policy(cdt.CreateOnly | cdt.NoFail)}, optional: 3, modify: addElements},
	cdt.CodeHLLSetUnion:     {args: []parser{sketches, policy(initFlags | call.Flags(cdt.AllowFold))}, optional: 1, modify: setUnion},
	cdt.CodeHLLRefreshCount: {args: []parser{}, modify: refreshCount},
	cdt.CodeHLLFold:         {args: []parser{indexBits}, modify: fold},

	cdt.CodeHLLCount:          {args: []parser{}, read: getCount},
	cdt.CodeHLLUnion:          {args: []parser{sketches}, read: getUnion},
	cdt.CodeHLLUnionCount:     {args: []parser{sketches}, read: getUnionCount},
	cdt.CodeHLLIntersectCount: {args: []parser{intersectable}, read: getIntersectCount},
	cdt.CodeHLLSimilarity:     {args: []parser{intersectable}, read: getSimilarity},
	cdt.CodeHLLDescribe:       {args: []parser{}, read: describe},
	cdt.CodeHLLMayContain:     {args: []parser{elements}, read: mayContain},
}

// parse reads a call and checks the value of its bin.
func parse(packed []byte, bin protocol.Value, modify bool) (*invocation, protocol.ResultCode) {
	op, args, ok := call.Lookup(packed, operations[:])
	if !ok || op.args == nil || (op.modify != nil) != modify {
		return nil, protocol.ParameterError
	}
	c := &invocation{op: op, indexBits: unset, minhashBits: unset}
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
	if !call.Parse(args, c, op.args, op.optional) {
		return nil, protocol.ParameterError
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

// policy returns a parser of policy flags that allows only the valid ones.
func policy(valid call.Flags) parser {
	return func(c *invocation, r *call.Reader) (ok bool) {
		c.flags, ok = r.Flags(valid)
		return ok
	}
}

// elements reads a list of values. They are hashed in their shortest packed form.
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

// sketches reads one HyperLogLog value or a list of them. It ignores their type bytes.
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

// intersectable reads sketches that can be intersected: at most two, or any number with the same
// nonzero number of minhash bits.
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
