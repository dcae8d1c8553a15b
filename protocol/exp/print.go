package exp

import (
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// String returns the expression in a form for readers, e.g.
//
//	$.age:int >= 18 and cmp_regex($.name:string, "^A", icase)
//
// Bins are $.name with their declared type, literals as [protocol.Value] writes them, variables
// bare names, and everything that has no sign is a function under its name in Aerospike's documentation. The form may change; the
// packed form and [Base64] are for machines.
func (n *Node) String() string {
	var p printer
	p.node(n, 0)
	return p.String()
}

// A printer writes a tree as text.
type printer struct{ strings.Builder }

// node writes a tree as an operand of something that binds as tightly as given.
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

// value writes a literal so that its type shows: strings in quotes, floats with a point.
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

// bin writes a bin's name, in quotes unless it looks like a name.
func (p *printer) bin(name string) {
	p.WriteString("$.")
	if checkVariable(name) != nil {
		name = strconv.Quote(name)
	}
	p.WriteString(name)
}

func (p *printer) declared(t Type) { p.WriteString(":" + t.String()) }

// list writes operands in parentheses.
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

// infix writes the sign between the operands, and parentheses where it binds no
// tighter than what is around it.
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

// flagNames writes flags by name, and as a number if one has no name.
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
