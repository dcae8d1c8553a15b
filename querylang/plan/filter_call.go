package plan

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// callValue translates the value of a function.
func (l *lowering) callValue(e *bind.Call, kinds function.Kinds) ([]branch, bool) {
	if c := asCase(e); c != nil {
		return l.caseValue(c, kinds)
	}
	switch e.Function.Name {
	case "TYPEOF":
		return l.typeOf(e, kinds)
	case "LIST_BY_RANK":
		return l.byRank(e, function.List, kinds)
	case "MAP_BY_RANK":
		return l.byRank(e, function.Map, kinds)
	case "LIST_CONTAINS", "MAP_HAS_KEY", "MAP_HAS_VALUE", "STARTS_WITH":
		return nil, !kinds.Has(function.Bool)
	}
	return l.call(e, kinds)
}

// callCondition translates a function that is a condition.
func (l *lowering) callCondition(e *bind.Call, w want) test {
	if c := asCase(e); c != nil {
		return l.caseCondition(c, w)
	}
	switch e.Function.Name {
	case "LIST_CONTAINS":
		return l.containsValue(e.Args[0], e.Args[1], function.List, w)
	case "MAP_HAS_KEY":
		return l.containsValue(e.Args[0], e.Args[1], function.Map, w)
	case "STARTS_WITH":
		return l.startsWith(e, w)
	}
	return l.boolean(e, w)
}

// asCase returns the CASE that a conditional function is, or nil for another function.
func asCase(e *bind.Call) *bind.Case {
	if e.Function == nil {
		return nil
	}
	c := &bind.Case{Of: e.Of}
	when := func(condition, then bind.Expr) { c.Whens = append(c.Whens, bind.When{When: condition, Then: then}) }
	switch e.Function.Name {
	case "COALESCE", "IFNULL":
		last := len(e.Args) - 1
		for _, x := range e.Args[:last] {
			when(&bind.Is{X: x, Test: ast.IsNull, Not: true}, x)
		}
		if c.Else = e.Args[last]; last == 0 {
			return nil
		}
	case "NULLIF":
		when(&bind.Compare{Op: ast.OpEqual, X: e.Args[0], Y: e.Args[1]}, &bind.Const{Value: protocol.Nil()})
		c.Else = e.Args[0]
	case "IIF":
		when(e.Args[0], e.Args[1])
		if len(e.Args) > 2 {
			c.Else = e.Args[2]
		}
	case "GREATEST", "LEAST":
		return extreme(e, c)
	default:
		return nil
	}
	return c
}

// extreme adds the cases of GREATEST and LEAST of two values. NaN is greater than all other
// numbers.
func extreme(e *bind.Call, c *bind.Case) *bind.Case {
	if len(e.Args) != 2 {
		return nil
	}
	compare := func(op ast.Operator, x, y bind.Expr) bind.Expr { return &bind.Compare{Op: op, X: x, Y: y} }
	zero := &bind.Const{Value: protocol.Int(0)}
	isNumber := func(x bind.Expr) bind.Expr {
		return &bind.Logic{Op: ast.OpOr, Operands: []bind.Expr{compare(ast.OpEqual, x, zero), compare(ast.OpNotEqual, x, zero)}}
	}
	isNaN := func(x, other bind.Expr) bind.Expr {
		return &bind.Logic{Op: ast.OpAnd, Operands: []bind.Expr{compare(ast.OpNotEqual, x, x), isNumber(other)}}
	}
	x, y := e.Args[0], e.Args[1]
	first, second := ast.OpGreaterEqual, ast.OpGreater
	ofNaN, ofOther := x, y
	if e.Function.Name == "LEAST" {
		first, second = ast.OpLessEqual, ast.OpLess
		ofNaN, ofOther = y, x
	}
	c.Whens = []bind.When{
		{When: compare(first, x, y), Then: x}, {When: compare(second, y, x), Then: y},
		{When: isNaN(x, y), Then: ofNaN}, {When: isNaN(y, x), Then: ofOther},
	}
	return c
}

// typeOf translates TYPEOF of a bin.
func (l *lowering) typeOf(e *bind.Call, kinds function.Kinds) ([]branch, bool) {
	if !kinds.Has(function.String) {
		return nil, true
	}
	c, ok := e.Args[0].(*bind.Column)
	if !ok {
		return nil, false
	}
	column, ok := l.own(c)
	if !ok || column.Pseudo != bind.NoPseudo {
		return nil, false
	}
	word := func(k protocol.Kind) exp.Node { return text(function.KindWord(k)) }
	args := []exp.Node{hasType(column.Bin, protocol.ParticleNull), word(protocol.KindNil)}
	for _, kind := range binKinds {
		args = append(args, hasType(column.Bin, particles[kind]), word(kind))
	}
	args = append(args, isForeignBlob(column.Bin), word(protocol.KindBlob), word(protocol.KindInvalid))
	return []branch{{kind: protocol.KindString, node: exp.NewNode(exp.OpCond, args...), total: true}}, true
}

// A combination is arguments of a call, each with one of its kinds.
type combination struct {
	args   []function.Lowered
	guards []exp.Node
	total  bool
}

// with returns the combination with a further argument.
func (c *combination) with(b *branch) combination {
	return combination{
		args:   append(c.args[:len(c.args):len(c.args)], function.Lowered{Node: b.node, Kind: b.kind}),
		guards: append(c.guards[:len(c.guards):len(c.guards)], b.guards...),
		total:  c.total && b.total,
	}
}

// call translates a function for each combination of kinds of its arguments. Records for which it
// has no expression have an opaque branch.
func (l *lowering) call(e *bind.Call, kinds function.Kinds) ([]branch, bool) {
	f := e.Function
	if !possible(e).Has(kinds) {
		return nil, true
	}
	if f.Lower == nil || !f.Strict || f.Volatile {
		return nil, false
	}
	combinations, foreign, ok := l.combinations(e)
	if !ok {
		return nil, false
	}
	var result []branch
	for i := range combinations {
		c := &combinations[i]
		lowered, ok := f.Lower(c.args)
		switch {
		case ok && !atLeast(l.version, lowered.Since):
			return nil, false
		case ok && kinds.Has(function.KindsOf(lowered.Kind)):
			b := branch{kind: lowered.Kind, node: lowered.Node}
			if b.total = lowered.Total && c.total; b.total {
				b.guards = c.guards
			}
			result = append(result, b)
		case ok:
		case !c.total || len(c.guards) == 0:
			return nil, false
		default:
			result = append(result, branch{kind: opaque, node: joined(exp.OpAnd, c.guards)})
		}
	}
	return append(result, foreign...), true
}

// combinations returns the combinations of the kinds of a call's arguments, and the opaque branches
// of blobs that expressions can't read.
func (l *lowering) combinations(e *bind.Call) (list []combination, foreign []branch, ok bool) {
	params := e.Function.Params
	list = []combination{{total: true}}
	for i, arg := range e.Args {
		if len(params) == 0 || !plain(arg.Type()) {
			return nil, nil, false
		}
		branches, ok := l.branches(arg, params[min(i, len(params)-1)].Kinds)
		if !ok {
			return nil, nil, false
		}
		var next []combination
		for j := range branches {
			if branches[j].list != nil && branches[j].kind == protocol.KindInt {
				return nil, nil, false
			}
			foreign = append(foreign, foreignBlobs(protocol.KindBlob, branches[j:j+1])...)
			for k := range list {
				next = append(next, list[k].with(&branches[j]))
			}
		}
		if list = next; len(list) > maxBranches {
			return nil, nil, false
		}
	}
	return list, foreign, true
}

// byRank translates the element of a rank of a list, or the value of a rank of a map.
func (l *lowering) byRank(e *bind.Call, of, kinds function.Kinds) ([]branch, bool) {
	rank, ok := l.value(e.Args[1])
	if _, isInt := rank.Int(); !ok || !isInt || !l.isConstant(e.Args[1]) {
		return nil, false
	}
	containers, ok := l.branches(e.Args[0], of)
	if !ok {
		return nil, false
	}
	one, several := cdt.CodeListGetByRank, cdt.CodeListGetByRankRange
	if of == function.Map {
		one, several = cdt.CodeMapGetByRank, cdt.CodeMapGetByRankRange
	}
	var result []branch
	for i := range containers {
		b := &containers[i]
		list := b.read(exp.TypeList, several, returns(cdt.ReturnValue), exp.NewLiteral(rank), integer(1))
		for _, kind := range binKinds {
			switch {
			case !kinds.Has(function.KindsOf(kind)):
			case kind == protocol.KindBlob:
				result = append(result, branch{kind: opaque, node: isBytes(list)})
			default:
				node := b.read(typed(kind), one, returns(cdt.ReturnValue), exp.NewLiteral(rank))
				result = append(result, branch{kind: kind, node: node, list: &list})
			}
		}
	}
	return result, len(result) <= maxBranches
}
