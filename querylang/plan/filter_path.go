package plan

import (
	"math"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// maxRoutes is the largest number of routes of a path.
const maxRoutes = 4

// A route is a path for one choice of what its steps go through: an integer is an index of a list
// or a key of a map.
type route struct {
	base  base
	steps []routeStep
}

// A base is what a path goes into: a bin, or a part of an element.
type base struct {
	bin  string // "" for an element
	part exp.LoopPart
}

// read reads the base as a value of a kind.
func (b base) read(kind protocol.Kind) exp.Node {
	if b.bin == "" {
		return loopNode(b.part, kind)
	}
	return exp.NewBin(typed(kind), b.bin)
}

type routeStep struct {
	list bool // an index of a list; otherwise a key of a map
	at   protocol.Value
}

// routes returns the routes of a path into a bin. A path with a step that leads nowhere has none.
func (l *lowering) routes(p *bind.Path) ([]route, bool) {
	c, ok := p.X.(*bind.Column)
	if !ok {
		return nil, false
	}
	from, ok := l.base(c)
	if !ok {
		return nil, false
	}
	all := []route{{base: from}}
	for i, step := range p.Steps {
		through := function.List | function.Map
		if p.Through != nil {
			through = p.Through[i]
		}
		at, ok := l.value(step)
		if !ok {
			return nil, false
		}
		var next []route
		for _, r := range all {
			steps := r.steps[:len(r.steps):len(r.steps)]
			if at.Kind() == protocol.KindInt && through.Has(function.List) {
				next = append(next, route{r.base, append(steps, routeStep{true, at})})
			}
			if through.Has(function.Map) && at.CanBeMapKey() && (at.Kind() != protocol.KindBlob || isPlainBlob(at)) {
				next = append(next, route{r.base, append(steps, routeStep{false, at})})
			}
		}
		if all = next; len(all) > maxRoutes {
			return nil, false
		}
	}
	return all, true
}

// base returns what a path into a column goes into.
func (l *lowering) base(c *bind.Column) (base, bool) {
	if output, ok := l.element(c); ok {
		part, ok := l.loop.part(output)
		return base{part: part}, ok
	}
	column, ok := l.own(c)
	if !ok || column.Pseudo != bind.NoPseudo {
		return base{}, false
	}
	return base{bin: column.Bin}, true
}

// path translates an element of a collection.
func (l *lowering) path(p *bind.Path, kinds function.Kinds) ([]branch, bool) {
	routes, ok := l.routes(p)
	if !ok {
		return nil, false
	}
	var result []branch
	for i := range routes {
		r := &routes[i]
		list := r.elements()
		for _, kind := range binKinds {
			switch {
			case !kinds.Has(function.KindsOf(kind)):
			case kind == protocol.KindBlob:
				result = append(result, branch{kind: opaque, node: isBytes(list)})
			default:
				result = append(result, branch{kind: kind, node: r.element(typed(kind)), list: &list})
			}
		}
	}
	return result, len(result) <= maxBranches
}

// isBytes returns the test that the element of a list is a blob. An expression can't read blobs
// with the particle type of a programming language, which are between the plain ones and the
// floats.
func isBytes(list exp.Node) exp.Node {
	return exp.NewNode(exp.OpAnd,
		exp.NewNode(exp.OpGe, list, exp.NewLiteral(protocol.List(protocol.Blob([]byte{})))),
		exp.NewNode(exp.OpLt, list, exp.NewLiteral(protocol.List(protocol.Float(math.Inf(-1))))))
}

// call returns a read of the collection that the last step goes into, or of the one at the end of
// the path if whole is true.
func (r *route) call(t exp.Type, code cdt.Code, whole bool, args ...exp.Node) exp.Node {
	last := len(r.steps) - 1
	if whole {
		last++
	}
	call := &exp.Call{System: exp.SystemCDT, Code: int64(code)}
	for _, s := range r.steps[:last] {
		step := exp.Step{Type: int64(cdt.StepMapKey), Value: s.at}
		if s.list {
			step.Type = int64(cdt.StepListIndex)
		}
		call.Context = append(call.Context, step)
	}
	container := protocol.KindMap
	if r.steps[0].list {
		container = protocol.KindList
	}
	return exp.Node{Op: exp.OpCall, Type: t, Call: call, Args: append([]exp.Node{r.base.read(container)}, args...)}
}

func returns(what cdt.MapReturn) exp.Node { return integer(int64(what)) }

// element returns the element at the end of the path, as a value of a type.
func (r *route) element(t exp.Type) exp.Node {
	s := &r.steps[len(r.steps)-1]
	if s.list {
		return r.call(t, cdt.CodeListGetByIndex, false, returns(cdt.ReturnValue), exp.NewLiteral(s.at))
	}
	return r.call(t, cdt.CodeMapGetByKey, false, returns(cdt.ReturnValue), exp.NewLiteral(s.at))
}

// elements returns the list that has only the element at the end of the path, or that is empty if
// there is none.
func (r *route) elements() exp.Node {
	s := &r.steps[len(r.steps)-1]
	if s.list {
		return r.call(exp.TypeList, cdt.CodeListGetByIndexRange, false, returns(cdt.ReturnValue), exp.NewLiteral(s.at), integer(1))
	}
	return r.call(exp.TypeList, cdt.CodeMapGetByKeyList, false, returns(cdt.ReturnValue), exp.NewLiteral(protocol.List(s.at)))
}

// exists returns the test, for a path of one step, that there is an element. It is never unknown.
func (r *route) exists() exp.Node {
	s := &r.steps[0]
	if s.list {
		count := r.call(exp.TypeInt, cdt.CodeListGetByIndexRange, false, returns(cdt.ReturnCount), exp.NewLiteral(s.at), integer(1))
		return exp.NewNode(exp.OpAnd, r.isContainer(), exp.NewNode(exp.OpGe, count, integer(1)))
	}
	return exp.NewNode(exp.OpAnd, r.isContainer(),
		r.call(exp.TypeBool, cdt.CodeMapGetByKey, false, returns(cdt.ReturnExists), exp.NewLiteral(s.at)))
}

// isContainer returns the test that the bin holds what the first step goes into.
func (r *route) isContainer() exp.Node {
	if r.steps[0].list {
		return hasType(r.base.bin, protocol.ParticleList)
	}
	return hasType(r.base.bin, protocol.ParticleMap)
}

// onlyNil is the list whose only element is nil, the smallest value.
var onlyNil = protocol.List(protocol.Nil())

// pathIsNull translates IS NULL of an element, or IS NOT NULL if null is false. An element can be
// nil itself.
func (l *lowering) pathIsNull(p *bind.Path, null bool, w want) test {
	routes, ok := l.routes(p)
	if !ok || w.decided() || null && (len(p.Steps) > 1 || l.loop != nil) {
		return notPushed
	}
	if len(routes) == 0 {
		return known(null)
	}
	var tests []test
	var exists []exp.Node
	for i := range routes {
		r := &routes[i]
		if null {
			exists = append(exists, r.exists())
			tests = append(tests, exactly(exp.NewNode(exp.OpAnd, r.isContainer(),
				exp.NewNode(exp.OpEq, r.elements(), exp.NewLiteral(onlyNil)))))
			continue
		}
		// Lists with an unordered map inside do not compare, but collections have a size.
		tests = append(tests, exactly(exp.NewNode(exp.OpOr,
			exp.NewNode(exp.OpGt, r.elements(), exp.NewLiteral(onlyNil)),
			exp.NewNode(exp.OpGe, r.call(exp.TypeInt, cdt.CodeMapSize, true), integer(0)),
			exp.NewNode(exp.OpGe, r.call(exp.TypeInt, cdt.CodeListSize, true), integer(0)))))
	}
	if null {
		tests = append(tests, exactly(negated(joined(exp.OpOr, exists))))
	}
	return or(tests...)
}

// contains translates list CONTAINS value and map CONTAINS key.
func (l *lowering) contains(e *bind.Compare, w want) test {
	return l.containsValue(e.X, e.Y, function.List|function.Map, w)
}

// containsValue translates CONTAINS for collections of some kinds and a constant that is a scalar.
func (l *lowering) containsValue(x, y bind.Expr, collections function.Kinds, w want) test {
	v, ok := l.value(y)
	if !ok || !l.isConstant(y) || !sameUnit(x.Type(), y.Type()) {
		return notPushed
	}
	s := search([]protocol.Value{v})
	switch {
	case v.IsNil():
		return fails
	case s.large, !s.classes.Only(function.Number | function.String | function.Blob | function.Bool),
		v.Kind() == protocol.KindBlob && !isPlainBlob(v):
		return notPushed
	}
	branches, ok := l.branches(x, collections)
	if !ok || w.decided() {
		return notPushed
	}
	var tests []test
	for i := range branches {
		if b := &branches[i]; b.kind == protocol.KindList {
			tests = append(tests, b.listContains(&s, w))
		} else {
			tests = append(tests, b.mapContains(&s, w))
		}
	}
	return or(tests...)
}

// read returns a call on the whole collection.
func (b *branch) read(t exp.Type, code cdt.Code, args ...exp.Node) exp.Node {
	return exp.Node{Op: exp.OpCall, Type: t, Call: &exp.Call{System: exp.SystemCDT, Code: int64(code)}, Args: append([]exp.Node{b.node}, args...)}
}

// listContains looks for the values. In the order of lists NaN equals all floats, so a search for a
// float can find too much.
func (b *branch) listContains(s *searched, w want) test {
	var nodes []exp.Node
	floats := len(s.byKind[protocol.KindFloat]) > 0
	for _, kind := range binKinds {
		values := s.byKind[kind]
		if len(values) == 0 || kind == protocol.KindFloat && !w.truth() {
			continue
		}
		nodes = append(nodes, b.read(exp.TypeBool, cdt.CodeListGetByValue, returns(cdt.ReturnExists), exp.NewLiteral(values[0])))
	}
	if len(nodes) == 0 {
		if len(s.byKind) == 0 && w.truth() {
			return fails // NaN
		}
		t := exactly(exp.NewNode(exp.OpGe, b.read(exp.TypeInt, cdt.CodeListSize), integer(0)))
		t.exact = len(s.byKind) == 0
		return t
	}
	t := exactly(joined(exp.OpOr, nodes))
	if !w.truth() {
		t.node = negated(t.node)
	}
	t.exact = !floats
	return t
}

// mapContains looks for the keys, which are never floats or booleans.
func (b *branch) mapContains(s *searched, w want) test {
	for _, kind := range []protocol.Kind{protocol.KindInt, protocol.KindString, protocol.KindBlob} {
		if values := s.byKind[kind]; len(values) > 0 {
			node := b.read(exp.TypeBool, cdt.CodeMapGetByKey, returns(cdt.ReturnExists), exp.NewLiteral(values[0]))
			if !w.truth() {
				node = negated(node)
			}
			return exactly(node)
		}
	}
	if w.truth() {
		return fails
	}
	return exactly(exp.NewNode(exp.OpGe, b.read(exp.TypeInt, cdt.CodeMapSize), integer(0)))
}
