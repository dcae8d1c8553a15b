package exp

import (
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// String returns the expression in a readable form, for example
//
//	$.age:int >= 18 and cmp_regex($.name:string, "^A", icase)
//
// Bins are $.name with their declared type. Literals have the form of [protocol.Value]. Variables
// are bare names. Operators without a sign are functions, named as in Aerospike's documentation.
// The form may change; use the packed form or [Base64] for machines.
func (n *Node) String() string {
	var p printer
	p.node(n, 0)
	return p.String()
}

// A printer formats a tree as text.
type printer struct{ strings.Builder }

// node formats a tree as an operand of an operator with the given precedence.
func (p *printer) node(n *Node, binds uint8) {
	if n == nil {
		p.WriteString("(no expression)")
		return
	}
	info := n.Op.info()
	switch n.Op {
	case OpValue, OpQuote:
		p.value(n.Value)
	case OpBin:
		p.bin(n.Name())
		p.declared(n.Type)
	case OpBinType:
		p.WriteString("bin_type(")
		p.bin(n.Name())
		p.WriteByte(')')
	case OpVar:
		p.WriteString(n.Name())
	case OpKey:
		p.WriteString("key()")
		p.declared(n.Type)
	case OpLoopVar:
		p.WriteString("loop." + LoopPart(n.Number).String())
		p.declared(n.Type)
	case OpDigestModulo:
		p.WriteString("digest_modulo(" + strconv.FormatInt(n.Number, 10) + ")")
	case OpRegex:
		p.regex(n)
	case OpLet:
		p.let(n)
	case OpCond:
		p.cond(n)
	case OpCall:
		p.call(n)
	default:
		if info.sign != "" && len(n.Args) > 1 {
			p.infix(n, info, binds)
			return
		}
		p.WriteString(info.name)
		p.list(n.Args)
	}
}

// value formats a literal so that its type is visible: strings in quotes, floats with a decimal
// point.
func (p *printer) value(v protocol.Value) {
	text := v.String()
	switch v.Kind() {
	case protocol.KindString:
		text = strconv.Quote(text)
	case protocol.KindFloat:
		if !strings.ContainsAny(text, ".eEIN") {
			text += ".0"
		}
	}
	p.WriteString(text)
}

// bin formats a bin's name, in quotes unless it is an identifier.
func (p *printer) bin(name string) {
	p.WriteString("$.")
	if checkVariable(name) != nil {
		name = strconv.Quote(name)
	}
	p.WriteString(name)
}

func (p *printer) declared(t Type) { p.WriteString(":" + t.String()) }

// list formats operands in parentheses.
func (p *printer) list(args []Node) {
	p.WriteByte('(')
	for i := range args {
		p.comma(i)
		p.node(&args[i], 0)
	}
	p.WriteByte(')')
}

func (p *printer) comma(i int) {
	if i > 0 {
		p.WriteString(", ")
	}
}

// infix formats operands with the sign between them. It adds parentheses if the surrounding
// operator has the same or a higher precedence.
func (p *printer) infix(n *Node, info *opInfo, binds uint8) {
	if info.binds <= binds {
		p.WriteByte('(')
		defer p.WriteByte(')')
	}
	for i := range n.Args {
		if i > 0 {
			p.WriteString(" " + info.sign + " ")
		}
		p.node(&n.Args[i], info.binds)
	}
}

var regexFlagNames = []string{"extended", "icase", "newline", "nosub"}

func (p *printer) regex(n *Node) {
	p.WriteString("cmp_regex(")
	p.node(&n.Args[0], 0)
	p.WriteString(", " + strconv.Quote(n.Name()))
	if n.Number != 0 {
		p.WriteString(", " + flagNames(n.Number, regexFlagNames))
	}
	p.WriteByte(')')
}

// flagNames formats flags by name, or as a number if one has no name.
func flagNames(flags int64, names []string) string {
	if flags < 0 || flags >= 1<<len(names) {
		return "0x" + strconv.FormatUint(uint64(flags), 16)
	}
	var set []string
	for i, name := range names {
		if flags&(1<<i) != 0 {
			set = append(set, name)
		}
	}
	return strings.Join(set, "|")
}

func (p *printer) let(n *Node) {
	p.WriteString("let(")
	for i := range n.Args {
		p.comma(i)
		if def := &n.Args[i]; def.Op == OpDef {
			p.WriteString(def.Name() + " = ")
			p.node(&def.Args[0], 0)
			continue
		}
		p.node(&n.Args[i], 0)
	}
	p.WriteByte(')')
}

func (p *printer) cond(n *Node) {
	p.WriteString("cond(")
	last := len(n.Args) - 1
	for i := 0; i < last; i += 2 {
		p.node(&n.Args[i], 0)
		p.WriteString(" => ")
		p.node(&n.Args[min(i+1, last)], 0)
		p.WriteString(", ")
	}
	p.WriteString("else => ")
	p.node(&n.Args[last], 0)
	p.WriteByte(')')
}
