package casetest

import (
	"sync"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// Expression parses an expression and returns its packed form.
func (n *Names) Expression(source string) (packed []byte, err error) {
	p := newParser(source, n)
	defer p.recover(&err)
	node := p.expression(0)
	p.end()
	return node.Append(nil)
}

// An infix is an infix operator and its precedence.
type infix struct {
	op    exp.Op
	binds uint8
}

var infixes = map[string]infix{
	"or": {exp.OpOr, 1}, "and": {exp.OpAnd, 2},
	"==": {exp.OpEq, 3}, "!=": {exp.OpNe, 3}, ">": {exp.OpGt, 3}, ">=": {exp.OpGe, 3}, "<": {exp.OpLt, 3}, "<=": {exp.OpLe, 3},
	"|": {exp.OpIntOr, 4}, "^": {exp.OpIntXor, 5}, "&": {exp.OpIntAnd, 6},
	"<<": {exp.OpIntLShift, 7}, ">>>": {exp.OpIntRShift, 7}, ">>": {exp.OpIntARShift, 7},
	"+": {exp.OpAdd, 8}, "-": {exp.OpSub, 8}, "*": {exp.OpMul, 9}, "/": {exp.OpDiv, 9}, "%": {exp.OpMod, 9},
}

// functions are the operators written as functions, by name.
var functions = sync.OnceValue(func() map[string]exp.Op {
	functions := make(map[string]exp.Op)
	for op := range exp.Op(128) {
		functions[op.String()] = op
	}
	return functions
})

var types = sync.OnceValue(func() map[string]exp.Type {
	types := make(map[string]exp.Type)
	for t := range exp.TypeHLL + 1 {
		types[t.String()] = t
	}
	return types
})

func (p *parser) typ() exp.Type {
	name := p.expectKind(word)
	t, ok := types()[name]
	if !ok {
		p.fail("unknown type %q", name)
	}
	return t
}

// expression parses operators of a higher precedence than binds. Successive operands of the same
// operator become operands of one node.
func (p *parser) expression(binds uint8) exp.Node {
	n := p.operand()
	for {
		in, ok := infixes[p.text]
		if !ok || p.kind == text || in.binds <= binds {
			return n
		}
		sign := p.text
		all := exp.Node{Op: in.op, Args: []exp.Node{n}}
		for p.accept(sign) {
			all.Args = append(all.Args, p.expression(in.binds))
		}
		n = all
	}
}

func (p *parser) operand() exp.Node {
	switch {
	case p.accept("("):
		n := p.expression(0)
		p.expect(")")
		return n
	case p.accept("$."):
		name := p.binName()
		p.expect(":")
		return exp.Node{Op: exp.OpBin, Value: protocol.String(name), Type: p.typ()}
	}
	if v, ok := p.literal(); ok {
		n := exp.Node{Op: exp.OpValue, Value: v}
		if v.Kind() == protocol.KindList {
			n.Op = exp.OpQuote
		}
		return n
	}
	if p.kind != word {
		p.fail("missing operand")
	}
	return p.function(p.expectKind(word))
}

func (p *parser) binName() string {
	if p.kind == text {
		return p.quoted()
	}
	return p.expectKind(word)
}

// function parses what starts with a word: a function or a variable.
func (p *parser) function(name string) exp.Node {
	if name == "loop" {
		return p.loopVariable()
	}
	if p.text != "(" {
		return exp.Node{Op: exp.OpVar, Value: protocol.String(name)}
	}
	if _, ok := forms()[name]; ok {
		return p.call(name, false)
	}
	op, ok := functions()[name]
	if !ok {
		p.fail("unknown function %q", name)
	}
	p.expect("(")
	n := exp.Node{Op: op}
	switch op {
	case exp.OpKey:
		p.expect(")")
		p.expect(":")
		n.Type = p.typ()
		return n
	case exp.OpBinType:
		p.expect("$.")
		n.Value = protocol.String(p.binName())
	case exp.OpDigestModulo:
		n.Number, _ = p.value().Int()
	case exp.OpRegex:
		n.Args = []exp.Node{p.expression(0)}
		p.expect(",")
		n.Value = protocol.String(p.quoted())
		if p.accept(",") {
			n.Number, _ = p.flags(map[string]int64{"extended": 1, "icase": 2, "newline": 4, "nosub": 8})
		}
	case exp.OpLet:
		p.let(&n)
	case exp.OpCond:
		p.cond(&n)
	default:
		for p.text != ")" {
			if len(n.Args) > 0 {
				p.expect(",")
			}
			n.Args = append(n.Args, p.expression(0))
		}
	}
	p.expect(")")
	return n
}

func (p *parser) loopVariable() exp.Node {
	p.expect(".")
	part := p.expectKind(word)
	for n := range exp.LoopIndex + 1 {
		if n.String() == part {
			p.expect(":")
			return exp.Node{Op: exp.OpLoopVar, Number: int64(n), Type: p.typ()}
		}
	}
	p.fail("unknown loop part %q", part)
	return exp.Node{}
}

func (p *parser) let(n *exp.Node) {
	for p.text != ")" {
		if len(n.Args) > 0 {
			p.expect(",")
		}
		if p.kind == word && len(p.rest) > 1 && p.rest[:2] == " =" && p.rest[2] == ' ' {
			def := exp.Node{Op: exp.OpDef, Value: protocol.String(p.expectKind(word))}
			p.expect("=")
			def.Args = []exp.Node{p.expression(0)}
			n.Args = append(n.Args, def)
			continue
		}
		n.Args = append(n.Args, p.expression(0))
	}
}

func (p *parser) cond(n *exp.Node) {
	for !p.accept("else") {
		n.Args = append(n.Args, p.expression(0))
		p.expect("=>")
		n.Args = append(n.Args, p.expression(0))
		p.expect(",")
	}
	p.expect("=>")
	n.Args = append(n.Args, p.expression(0))
}
