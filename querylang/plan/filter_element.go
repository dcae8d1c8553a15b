package plan

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// Elements are conditions on the elements of a collection of the record: a row needs an element for
// which all of them are true.
type Elements struct {
	// X is the list or map, an expression of the scan.
	X bind.Expr
	// Relation is the UNNEST whose columns the conditions read. They read no others.
	Relation   *bind.Relation
	Conditions []bind.Expr
	// Ordinality means that the elements are numbered.
	Ordinality bool
}

// exists translates EXISTS of a query on the elements of a collection of the record. Its conditions
// that read anything else are left out.
func (l *lowering) exists(e *bind.Exists, w want) test {
	elements, ok := elementsOf(e.Query.Query)
	if !ok || w != isTrue || l.loop != nil {
		return notPushed
	}
	return l.someElement(elements)
}

// elementsOf returns the conditions of a query on the elements of a collection of the enclosing
// block. It returns false for other queries.
func elementsOf(q *bind.Query) (*Elements, bool) {
	b, ok := q.Body.(*bind.Block)
	if !ok || b.Aggregated || len(b.From) != 1 || q.Limit != nil || q.Offset != nil {
		return nil, false
	}
	s, ok := b.From[0].(*bind.Source)
	if !ok || s.Unnest == nil {
		return nil, false
	}
	fromOutside := true
	x := rewrite(s.Unnest, func(c *bind.Column) bind.Expr {
		fromOutside = fromOutside && c.Depth == 1
		moved := *c
		moved.Depth = 0
		return &moved
	})
	e := newElements(x, s, conjunctsOf(b.Where))
	return e, fromOutside && !natureOf(x).subquery && e != nil
}

// newElements returns what the conjuncts demand of the elements that an UNNEST returns, or nil if
// they demand nothing.
func newElements(x bind.Expr, s *bind.Source, conjuncts []*conjunct) *Elements {
	e := &Elements{X: x, Relation: s.Relation, Ordinality: s.Ordinality}
	for _, c := range conjuncts {
		if n := c.nature; c.relations[s.Relation] && len(c.relations) == 1 && !n.subquery && !n.outer && !n.volatile {
			e.Conditions = append(e.Conditions, c.e)
		}
	}
	if len(e.Conditions) == 0 {
		return nil
	}
	return e
}

// demandElements adds the conditions on the elements of collections to the scans that read them.
func (g *group) demandElements() {
	for _, i := range g.items {
		if i.unnest == nil {
			continue
		}
		e := newElements(i.unnest.Unnest, i.unnest, g.conjuncts)
		if n := natureOf(i.unnest.Unnest); e == nil || n.subquery || n.outer || n.volatile {
			continue
		}
		for _, from := range g.items {
			if scan, ok := from.node.(*Scan); ok && i.needs.within(from.relations) {
				scan.Elements = append(scan.Elements, e)
			}
		}
	}
}

// loop is what a condition on elements is translated for: the elements of a list, or the pairs of a
// map.
type loop struct {
	collection protocol.Kind
	ordinality bool
	// integers are the parts of the element that are read as integers.
	integers map[exp.LoopPart]bool
}

// elementKinds are the kinds of elements that expressions can read. Blobs of a programming
// language, GeoJSON and HyperLogLog values are left to the client.
var elementKinds = []protocol.Kind{
	protocol.KindInt, protocol.KindFloat, protocol.KindString, protocol.KindBool, protocol.KindList, protocol.KindMap,
}

// someElement translates conditions on elements to a path expression. It lets all records pass that
// have such an element, and perhaps others.
func (l *lowering) someElement(e *Elements) test {
	collections, ok := l.branches(e.X, function.List|function.Map)
	if !ok {
		return notPushed
	}
	tests := make([]test, 0, len(collections))
	for i := range collections {
		tests = append(tests, l.elementOf(&collections[i], e))
	}
	return or(tests...)
}

// elementOf translates conditions on the elements of a collection of one kind.
func (l *lowering) elementOf(collection *branch, e *Elements) test {
	inner := newLowering(e.Relation, l.env, l.version)
	inner.left = l.left
	inner.loop = &loop{collection: collection.kind, ordinality: e.Ordinality, integers: make(map[exp.LoopPart]bool)}
	tests := make([]test, 0, len(e.Conditions))
	for _, c := range e.Conditions {
		tests = append(tests, inner.condition(c, isTrue))
	}
	l.left = inner.left
	t := and(tests...)
	if t.state != pushed {
		return t.superset()
	}
	// The server returns integers above the largest signed one as negative integers.
	for _, part := range []exp.LoopPart{exp.LoopKey, exp.LoopValue} {
		if inner.loop.integers[part] {
			t = or(t, exactly(exp.NewNode(exp.OpLt, loopNode(part, protocol.KindInt), integer(0))))
		}
	}
	found := exp.Node{
		Op: exp.OpCall, Type: exp.TypeList,
		Call: &exp.Call{System: exp.SystemCDT, Code: exp.CodeSelect, Context: []exp.Step{{Type: int64(cdt.StepExpression), Filter: &t.node}}},
		Args: []exp.Node{collection.node, integer(int64(cdt.SelectValues | cdt.SelectNoFail))},
	}
	list := branch{node: found}
	return exactly(exp.NewNode(exp.OpGt, list.read(exp.TypeInt, cdt.CodeListSize), integer(0))).superset()
}

// loopNode reads a part of the element as a value of a kind.
func loopNode(part exp.LoopPart, kind protocol.Kind) exp.Node {
	return exp.Node{Op: exp.OpLoopVar, Type: typed(kind), Number: int64(part)}
}

// part returns the part of an element that an output of UNNEST is. It returns false for the number
// of the element and for an output that is NULL.
func (l *loop) part(output int) (exp.LoopPart, bool) {
	switch {
	case l.collection == protocol.KindMap && output == 0:
		return exp.LoopKey, true
	case l.collection == protocol.KindMap && output == 1, l.collection == protocol.KindList && output == 0:
		return exp.LoopValue, true
	}
	return 0, false
}

// isNumber reports whether an output of UNNEST is the number of the element.
func (l *loop) isNumber(output int) bool {
	number := 1
	if l.collection == protocol.KindMap {
		number = 2
	}
	return l.ordinality && output == number
}

// elementColumn translates a column of UNNEST.
func (l *lowering) elementColumn(c *bind.Column, kinds function.Kinds) ([]branch, bool) {
	output, ok := l.element(c)
	if !ok {
		return nil, false
	}
	part, ok := l.loop.part(output)
	if !ok {
		return nil, !l.loop.isNumber(output) || !kinds.Has(function.Integer)
	}
	can := widened(possible(c)) & kinds
	var result []branch
	for _, kind := range elementKinds {
		if !can.Has(function.KindsOf(kind)) {
			continue
		}
		if kind == protocol.KindInt {
			l.loop.integers[part] = true
		}
		result = append(result, branch{kind: kind, node: loopNode(part, kind)})
	}
	return result, !can.Has(function.Blob | function.Geo | function.HLL)
}

// element returns which output of UNNEST a column is, or false for another column.
func (l *lowering) element(c *bind.Column) (output int, ok bool) {
	if l.loop == nil || c.Relation != l.relation || c.Depth != 0 {
		return 0, false
	}
	return l.relation.Columns[c.Index].Output, true
}

// elementIsNull translates IS NULL of a column of UNNEST, or IS NOT NULL if null is false. What is
// in an element can be nil.
func (l *lowering) elementIsNull(output int, null bool) test {
	if _, ok := l.loop.part(output); ok {
		return notPushed
	}
	return known(null != l.loop.isNumber(output))
}
