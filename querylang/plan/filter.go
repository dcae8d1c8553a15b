package plan

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// MaxFilterSize is the size in bytes of the largest filter that is sent. Conditions that do not fit
// are checked by the client.
const MaxFilterSize = 64 << 10

// LowerFilter translates conditions on one set, all of which must be true, to a filter expression
// of the servers. The version is that of the oldest server. The environment has the arguments of
// the run and the rows of the enclosing blocks, whose columns count as constants; its Row is not
// used.
//
// The filter holds for every record for which all conditions are true. It is exact if it holds for
// no others. Otherwise residual has the conditions that must be evaluated on the records that it
// lets pass. The filter is nil if no condition could be translated.
//
// # How conditions are translated
//
// Expressions of the server have one type and are unknown for a bin of another one, while a bin
// without a declaration can hold any kind of value. So a value is translated to branches, one for
// each kind that it can have. For every record at most one branch is known, and it has the value
// that evaluation by the client would give. A comparison is the OR of the comparisons of the
// branches.
//
// That OR is true exactly if the comparison is true, but where the comparison is false it can be
// unknown. Therefore no translated condition is ever negated. There are two translations instead,
// one that is true where the condition is true and one that is true where it is false, and NOT
// swaps them. Where a test needs the opposite of "is true", as IS NOT TRUE and CASE do, a third
// form is used, which checks the types of bins first and is never unknown.
func LowerFilter(conditions []bind.Expr, relation *bind.Relation, env *bind.Env, version function.Version) (filter *ServerFilter, exact bool, residual []bind.Expr) {
	return lowerFilter(conditions, nil, relation, env, version)
}

// lowerFilter is LowerFilter with conditions on elements, which operators above the scan check
// again.
func lowerFilter(conditions []bind.Expr, elements []*Elements, relation *bind.Relation, env *bind.Env, version function.Version) (filter *ServerFilter, exact bool, residual []bind.Expr) {
	l := newLowering(relation, env, version)
	exact = true
	var all []exp.Node
	var packed []byte // of the last condition
	size := 0
	push := func(t test) test {
		if t.state != pushed {
			return t
		}
		p, ok := l.pack(&t.node)
		if !ok || size+len(p) > MaxFilterSize-filterFrame {
			return notPushed
		}
		size += len(p)
		all, packed = append(all, t.node), p
		return t
	}
	for _, c := range conditions {
		l.left = maxLeaves
		t := push(l.condition(c, isTrue))
		if t.state == never {
			return neverFilter(), true, nil
		}
		if !t.isExact() {
			exact = false
			residual = append(residual, c)
		}
	}
	for _, e := range elements {
		l.left = maxLeaves
		push(l.someElement(e))
	}
	if len(all) == 0 {
		return nil, exact, residual
	}
	node := joined(exp.OpAnd, all)
	if len(all) > 1 {
		var ok bool
		if packed, ok = l.pack(&node); !ok {
			return nil, false, conditions
		}
	}
	return &ServerFilter{Packed: packed, node: node}, exact, residual
}

// filterFrame is more than what joining the conditions adds to their sizes.
const filterFrame = 16

// neverFilter returns a filter that no record passes.
func neverFilter() *ServerFilter {
	node := exp.NewNode(exp.OpEq, integer(0), integer(1))
	packed, err := node.Append(nil)
	if err != nil {
		return nil // can't happen: the expression is constant
	}
	return &ServerFilter{Packed: packed, node: exp.NewLiteral(protocol.Bool(false)), Never: true}
}

// pack encodes a translated condition. It returns false if the servers can't run it, or if it could
// divide the smallest integer by -1.
func (l *lowering) pack(node *exp.Node) ([]byte, bool) {
	if !atLeast(l.version, needs(node)) || !divisionsAreSafe(node) {
		return nil, false
	}
	packed, err := node.Append(make([]byte, 0, usualSize))
	return packed, err == nil
}

// usualSize is enough bytes for most conditions.
const usualSize = 64

// maxLeaves is the largest number of simple conditions of one condition that is translated. More do
// not fit in a filter.
const maxLeaves = 4096

// A lowering translates the conditions of one relation for one run.
type lowering struct {
	relation *bind.Relation
	version  function.Version
	// env evaluates constants. Its Run is a copy, because a constant that is not used must not fail
	// the run.
	env       *bind.Env
	constants map[bind.Expr]constant
	left      int // simple conditions that may still be translated
	// loop is not nil for conditions on the elements of a collection: relation is their UNNEST.
	loop *loop
}

// A constant is an expression that has one value for all records of a run.
type constant struct {
	value protocol.Value
	is    bool // it is one
	ok    bool // it could be evaluated
}

func newLowering(relation *bind.Relation, env *bind.Env, version function.Version) *lowering {
	run := *env.Run
	return &lowering{
		relation: relation, version: version, env: &bind.Env{Outer: env.Outer, Run: &run},
	}
}

// A state is what is known of a translated condition.
type state uint8

const (
	unpushable state = iota // there is no translation
	always                  // it holds for every record
	never                   // it holds for no record
	pushed                  // the node decides
)

// A test is the translation of "the condition is true" or "the condition is false". If it is exact
// it holds for the same records, otherwise for these and some more.
type test struct {
	state state
	exact bool
	node  exp.Node
}

var (
	notPushed = test{state: unpushable}
	holds     = test{state: always, exact: true}
	fails     = test{state: never, exact: true}
)

// isExact reports whether the condition need not be evaluated again.
func (t test) isExact() bool { return t.state != unpushable && t.exact }

// exactly returns the test that a node decides.
func exactly(node exp.Node) test { return test{state: pushed, exact: true, node: node} }

// superset returns the test with the mark that it holds for further records.
func (t test) superset() test {
	t.exact = false
	return t
}

// known returns a test with a constant result.
func known(result bool) test {
	if result {
		return holds
	}
	return fails
}

// and returns the test that holds where all hold. Tests that can't be pushed are left out, which
// gives a superset.
func and(tests ...test) test {
	result := holds
	var nodes []exp.Node
	for _, t := range tests {
		switch t.state {
		case never:
			return fails
		case unpushable:
			result.exact = false
		case always:
			result.exact = result.exact && t.exact
		case pushed:
			result.exact = result.exact && t.exact
			nodes = append(nodes, t.node)
		}
	}
	if len(nodes) == 0 {
		if !result.exact {
			return notPushed
		}
		return result
	}
	result.state, result.node = pushed, joined(exp.OpAnd, nodes)
	return result
}

// or returns the test that holds where one of the tests holds.
func or(tests ...test) test {
	result := fails
	var nodes []exp.Node
	for _, t := range tests {
		switch t.state {
		case unpushable:
			return notPushed
		case always:
			if t.exact {
				return holds
			}
			return notPushed
		case pushed:
			result.exact = result.exact && t.exact
			nodes = append(nodes, t.node)
		}
	}
	if len(nodes) > 0 {
		result.state, result.node = pushed, joined(exp.OpOr, nodes)
	}
	return result
}

// not returns the test that holds where an exact test whose node is never unknown does not hold.
func (t test) not() test {
	switch {
	case t.state == always && t.exact:
		return fails
	case t.state == never:
		return holds
	case t.state == pushed && t.exact:
		return exactly(negated(t.node))
	}
	return notPushed
}

// joined returns AND or OR of nodes. Operands with the same operator are merged into it.
func joined(op exp.Op, nodes []exp.Node) exp.Node {
	if len(nodes) == 1 {
		return nodes[0]
	}
	var flat []exp.Node
	for _, n := range nodes {
		if n.Op == op {
			flat = append(flat, n.Args...)
			continue
		}
		flat = append(flat, n)
	}
	return exp.NewNode(op, flat...)
}

// negated returns NOT of a node.
func negated(n exp.Node) exp.Node {
	if n.Op == exp.OpNot {
		return n.Args[0]
	}
	return exp.NewNode(exp.OpNot, n)
}

func integer(n int64) exp.Node { return exp.NewLiteral(protocol.Int(n)) }

func float(f float64) exp.Node { return exp.NewLiteral(protocol.Float(f)) }

// isConstant reports whether an expression has the same value for all records of a run.
func (l *lowering) isConstant(e bind.Expr) bool { return l.constant(e).is }

// value returns the value of a constant. It returns false if the evaluation fails.
func (l *lowering) value(e bind.Expr) (protocol.Value, bool) {
	c := l.constant(e)
	return c.value, c.ok
}

// constant evaluates an expression once if it is a constant.
func (l *lowering) constant(e bind.Expr) constant {
	switch e := e.(type) {
	case *bind.Const:
		return constant{e.Value, true, true}
	case *bind.Column:
		if e.Depth == 0 {
			return constant{}
		}
	}
	if c, ok := l.constants[e]; ok {
		return c
	}
	c := constant{is: isFixed(e)}
	if c.is {
		l.env.Run.Err = nil
		c.value = e.Eval(l.env)
		c.ok = l.env.Run.Err == nil && c.value.Kind() != protocol.KindInvalid
	}
	if l.constants == nil {
		l.constants = make(map[bind.Expr]constant)
	}
	l.constants[e] = c
	return c
}
