package expression

import "github.com/aerosql/aerosql/protocol/exp"

// cond builds a choice: pairs of a condition and an action, and a default action. All actions that
// are not unknown have the same type (docs/wire-cdt-exp.md#7.3).
func (b *builder) cond(args int) (operand, bool) {
	if args < 3 || args%2 == 0 || !b.charge((args+1)/2*caseSize) {
		return operand{}, false
	}
	typ := typeOther
	var n cond
	for range args / 2 {
		condition, ok := b.one(exp.TypeBool)
		if !ok {
			return operand{}, false
		}
		action, ok := b.action(&typ)
		if !ok {
			return operand{}, false
		}
		n.cases = append(n.cases, choice{condition, action})
	}
	var ok bool
	n.otherwise, ok = b.action(&typ)
	if typ == typeOther {
		typ = exp.TypeBool
	}
	return operand{node: n, typ: typ}, ok
}

// action builds an action of a cond. The first action that is not unknown determines the type.
func (b *builder) action(typ *exp.Type) (node, bool) {
	o, ok := b.next()
	if !ok || o.unknown {
		return o.node, ok
	}
	if *typ == typeOther {
		*typ = o.typ
	}
	return o.node, *typ == o.typ && o.typ != typeOther
}

type cond struct {
	cases     []choice
	otherwise node
}

type choice struct{ condition, action node }

// eval returns the first action whose condition is true. If a condition is unknown the result is
// unknown.
func (n cond) eval(f *frame) value {
	for i := range n.cases {
		v := n.cases[i].condition.eval(f)
		if v.kind != kindBool {
			return unknown
		}
		if v.isTrue() {
			return n.cases[i].action.eval(f)
		}
	}
	return n.otherwise.eval(f)
}

// A variable is a definition in scope. Its slot is its index among them.
type variable struct {
	name string
	typ  exp.Type
	// defined is false while the definition itself is built.
	defined bool
}

// find returns the slot of a variable, or -1 if there is none.
func (b *builder) find(name []byte) int {
	for i := range b.vars {
		if b.vars[i].name == string(name) {
			return i
		}
	}
	return -1
}

// variable builds a reference to a variable.
func (b *builder) variable() (operand, bool) {
	name, ok := b.in.Bytes()
	if !ok {
		return operand{}, false
	}
	slot := b.find(name)
	if slot < 0 || !b.vars[slot].defined || b.vars[slot].typ > typeRemove {
		return operand{}, false
	}
	return operand{node: useOf(slot), typ: b.vars[slot].typ}, true
}

type useOf int

func (n useOf) eval(f *frame) value { return f.vars[n] }

// let builds definitions and the body that uses them.
func (b *builder) let(args int) (operand, bool) {
	if args < 3 || args%2 == 0 {
		return operand{}, false
	}
	outer := len(b.vars)
	n := let{first: outer}
	for range args / 2 {
		name, ok := b.in.Bytes()
		if !ok || !isVariableName(name) || b.find(name) >= 0 {
			return operand{}, false
		}
		b.vars = append(b.vars, variable{name: string(name)})
		mine := len(b.vars) - 1
		definition, ok := b.next()
		if !ok {
			return operand{}, false
		}
		b.vars[mine].typ, b.vars[mine].defined = definition.typ, true
		n.definitions = append(n.definitions, definition.node)
	}
	b.maxSlots = max(b.maxSlots, len(b.vars))
	body, ok := b.next()
	b.vars = b.vars[:outer]
	n.body = body.node
	return operand{node: n, typ: body.typ, unknown: body.unknown}, ok
}

func isVariableName(name []byte) bool {
	for i, c := range name {
		letter := c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return len(name) > 0
}

type let struct {
	first       int // slot of the first definition
	definitions []node
	body        node
}

// eval evaluates each definition once. An unknown definition affects only its uses.
func (n let) eval(f *frame) value {
	for i, definition := range n.definitions {
		f.vars[n.first+i] = definition.eval(f)
	}
	return n.body.eval(f)
}
