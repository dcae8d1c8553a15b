package exp

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/aerosql/aerosql/protocol"
)

// Parse decodes a packed expression. It is the inverse of [Pack]. The Go type of the result is the
// type of the expression: a filter is a [Bool]. Strings and blobs share memory with packed.
//
// It checks the form, the operators, the number of operands, names and types, but not that operands
// have the types that their operators require. Errors wrap [protocol.ErrMalformed],
// [protocol.ErrTooDeep] or [protocol.ErrTooLarge].
func Parse(packed []byte) (Expression, error) {
	n, err := ParseNode(packed)
	if err != nil {
		return nil, err
	}
	return expressionOf(n), nil
}

// FromBase64 decodes an expression packed in Base64. It is the inverse of [Base64].
func FromBase64(s string) (Expression, error) {
	packed, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, fmt.Errorf("%w: expression: %v", protocol.ErrMalformed, err)
	}
	return Parse(packed)
}

// ParseNode decodes a packed expression as a tree, like [Parse].
func ParseNode(packed []byte) (*Node, error) {
	n, rest, err := parsePrefix(packed)
	if err == nil && len(rest) != 0 {
		err = malformed("%d trailing bytes", len(rest))
	}
	if err != nil {
		return nil, err
	}
	return n, nil
}

// parsePrefix decodes the expression at the start of data and returns the rest of data.
func parsePrefix(data []byte) (*Node, []byte, error) {
	if len(data) > MaxSize+maxOperationFrame {
		return nil, nil, fmt.Errorf("%w: expression has %d bytes, the limit is %d", protocol.ErrTooLarge, len(data), MaxSize)
	}
	p := parser{buf: data, budget: min(len(data), maxNodes)}
	n, err := p.node(0)
	if err != nil {
		return nil, nil, err
	}
	return &n, p.buf, nil
}

// A parser decodes a packed expression from front to back.
type parser struct {
	buf []byte
	// budget is the number of nodes that can still be declared. Each node takes at least one byte,
	// so the declared nodes of all levels together cannot exceed the number of bytes.
	budget int
	scope  []variable
}

// variable is a definition that is in scope.
type variable struct {
	name string
	is   Type
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: expression: "+format, append([]any{protocol.ErrMalformed}, args...)...)
}

func (p *parser) node(depth int) (Node, error) {
	if depth > MaxDepth {
		return Node{}, fmt.Errorf("%w: expression has more than %d levels", protocol.ErrTooDeep, MaxDepth)
	}
	if !p.atArray() {
		v, err := p.value()
		return Node{Op: OpValue, Value: v}, err
	}
	count, err := p.array()
	if err != nil {
		return Node{}, err
	}
	op, err := p.integer()
	if err != nil {
		return Node{}, err
	}
	if count < 1 || op < 0 || op >= int64(len(ops)) || ops[op].shape == shapeNone {
		return Node{}, malformed("unknown operator %d", op)
	}
	n := Node{Op: Op(op)}
	if err := p.operands(&n, count-1, depth+1); err != nil {
		return Node{}, err
	}
	if err := n.check(); err != nil {
		return Node{}, malformed("%v", err)
	}
	return n, nil
}

// operands reads the count elements after an operator's number.
func (p *parser) operands(n *Node, count, depth int) (err error) {
	shape := n.Op.info().shape
	if want, ok := counts[shape]; ok && count != want {
		return malformed("%s with %d operands", n.Op, count)
	}
	switch shape {
	case shapeArgs:
		n.Args, err = p.args(count, depth)
	case shapeRegex:
		if n.Number, err = p.integer(); err == nil {
			if err = p.name(n); err == nil {
				n.Args, err = p.args(1, depth)
			}
		}
	case shapeNumber:
		n.Number, err = p.integer()
	case shapeKey:
		n.Type, err = p.resultType()
	case shapeBin:
		if n.Type, err = p.resultType(); err == nil {
			err = p.name(n)
		}
	case shapeName:
		err = p.name(n)
		if n.Op == OpVar {
			n.Type = p.lookup(n.Name())
		}
	case shapeLoopVar:
		if n.Type, err = p.resultType(); err == nil {
			n.Number, err = p.integer()
		}
	case shapeLet:
		err = p.let(n, count, depth)
	case shapeQuote:
		n.Value, err = p.value()
	case shapeCall:
		err = p.call(n, depth)
	}
	return err
}

// counts has the number of elements after the number of an operator of a fixed shape.
var counts = map[shape]int{
	shapeRegex: 3, shapeNumber: 1, shapeKey: 1, shapeBin: 2, shapeName: 1, shapeLoopVar: 2, shapeQuote: 1, shapeCall: 4,
}

func (p *parser) args(count, depth int) ([]Node, error) {
	if count == 0 {
		return nil, nil
	}
	args := make([]Node, count)
	for i := range args {
		var err error
		if args[i], err = p.node(depth); err != nil {
			return nil, err
		}
	}
	return args, nil
}

func (p *parser) let(n *Node, count, depth int) error {
	if count%2 == 0 {
		return malformed("let without a body")
	}
	outer := len(p.scope)
	n.Args = make([]Node, 0, count/2+1)
	for range count / 2 {
		def := Node{Op: OpDef}
		if err := p.name(&def); err != nil {
			return err
		}
		var err error
		if def.Args, err = p.args(1, depth); err != nil {
			return err
		}
		p.scope = append(p.scope, variable{def.Name(), def.ResultType()})
		n.Args = append(n.Args, def)
	}
	body, err := p.node(depth)
	n.Args = append(n.Args, body)
	p.scope = p.scope[:outer]
	return err
}

func (p *parser) lookup(name string) Type {
	for i := len(p.scope) - 1; i >= 0; i-- {
		if p.scope[i].name == name {
			return p.scope[i].is
		}
	}
	return TypeNil
}

func (p *parser) resultType() (Type, error) {
	t, err := p.integer()
	if err == nil && (t < 0 || t >= typeCount) {
		err = malformed("unknown type %d", t)
	}
	return Type(t), err
}

// value reads a literal.
func (p *parser) value() (protocol.Value, error) {
	end, err := skip(p.buf)
	if err != nil {
		return protocol.Value{}, err
	}
	v, err := protocol.ParseMsgpack(p.buf[:end])
	p.buf = p.buf[end:]
	return v, err
}

func (p *parser) integer() (int64, error) {
	v, rest, err := p.scalar()
	if err != nil {
		return 0, err
	}
	n, ok := v.Int()
	if !ok {
		return 0, malformed("%s instead of an integer", v.Kind())
	}
	p.buf = rest
	return n, nil
}

// scalar reads a value that is not a collection, so that no memory of a declared size is allocated.
func (p *parser) scalar() (protocol.Value, []byte, error) {
	if len(p.buf) > 0 && p.buf[0] < 128 {
		return protocol.Int(int64(p.buf[0])), p.buf[1:], nil
	}
	if p.atArray() || p.atMap() {
		return protocol.Value{}, nil, malformed("collection instead of an integer")
	}
	return protocol.ParseMsgpackPrefix(p.buf)
}

// name reads a name or pattern. It has no type before its bytes.
func (p *parser) name(n *Node) error {
	size, header, err := rawHeader(p.buf)
	if err != nil {
		return err
	}
	rest := p.buf[header:]
	if size > len(rest) {
		return malformed("name of %d bytes with %d bytes left", size, len(rest))
	}
	n.Value = protocol.String(string(rest[:size]))
	p.buf = rest[size:]
	return nil
}

func (p *parser) atArray() bool {
	return len(p.buf) > 0 && (msgpcode.IsFixedArray(p.buf[0]) || p.buf[0] == msgpcode.Array16 || p.buf[0] == msgpcode.Array32)
}

func (p *parser) atMap() bool {
	return len(p.buf) > 0 && (msgpcode.IsFixedMap(p.buf[0]) || p.buf[0] == msgpcode.Map16 || p.buf[0] == msgpcode.Map32)
}

// array reads the header of an array and subtracts its entries from the budget.
func (p *parser) array() (int, error) {
	if !p.atArray() {
		return 0, malformed("missing array")
	}
	n, header, err := containerHeader(p.buf)
	if err != nil {
		return 0, err
	}
	if n > p.budget {
		return 0, malformed("array of %d entries, at most %d are possible", n, p.budget)
	}
	p.budget -= n
	p.buf = p.buf[header:]
	return n, nil
}

// lengthField returns the length in the size bytes after the first byte.
func lengthField(b []byte, size int) (int, error) {
	if len(b) < 1+size {
		return 0, malformed("unexpected end inside a length")
	}
	switch size {
	case 1:
		return int(b[1]), nil
	case 2:
		return int(binary.BigEndian.Uint16(b[1:])), nil
	}
	return int(binary.BigEndian.Uint32(b[1:])), nil
}
