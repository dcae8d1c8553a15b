package plan

import (
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// Extracts are expressions on collections of a scan's set, such as m.a.b or LIST_SIZE(tags), in
// place of which the operators above read slots. So the servers can return these values instead of
// the collections. The client computes the others when the record arrives.
type Extracts struct {
	// Relation has the slots. It is not an item of FROM.
	Relation *bind.Relation
	Exprs    []bind.Expr
}

// maxExtracts is the largest number of extracts of a scan.
const maxExtracts = 64

// extract finds the extracts of the scans of a block and replaces them in the expressions of the
// nodes above. The frame of the block has a width.
func extract(root Node, scans []*Scan, width int) {
	x := &extractor{scans: make(map[*bind.Relation]*Scan), used: make(map[columnID]bool)}
	for _, s := range scans {
		if !s.Star {
			x.scans[s.Relation] = s
		}
	}
	walkNodes(root, func(n Node) { eachExpression(n, x.find) })
	if !x.found {
		return
	}
	walkNodes(root, func(n Node) { eachExpression(n, x.use) })
	walkNodes(root, func(n Node) { replaceExpressions(n, func(e bind.Expr) bind.Expr { return replace(e, x.slot) }) })
	for _, s := range scans {
		if s.Extracts == nil {
			continue
		}
		r := s.Extracts.Relation
		r.Base = width
		width += len(r.Columns)
		for _, e := range x.extracts[s] {
			e.Slot.Slot = r.Base + e.Slot.Index
		}
	}
}

// An extractor finds the extracts of a block.
type extractor struct {
	scans map[*bind.Relation]*Scan
	found bool
	// used are the columns that are read as a whole.
	used     map[columnID]bool
	extracts map[*Scan][]*bind.Extract
}

// find looks for an extract in an expression.
func (x *extractor) find(e bind.Expr) {
	if x.found {
		return
	}
	bind.Walk(e, func(part bind.Expr) { x.found = x.found || x.columnIn(part) != nil })
}

// use marks the columns that an expression reads outside of extracts.
func (x *extractor) use(e bind.Expr) {
	rest := replace(e, func(part bind.Expr) bind.Expr {
		if x.columnIn(part) != nil {
			return &bind.Const{}
		}
		return nil
	})
	EachColumn(rest, func(c *bind.Column) { x.used[idOf(c)] = true })
}

// columnIn returns the column of a collection that an expression takes a part of, or nil.
func (x *extractor) columnIn(e bind.Expr) *bind.Column {
	switch e := e.(type) {
	case *bind.Path:
		if c, ok := e.X.(*bind.Column); ok && x.isCollection(c) && allConstant(e.Steps) {
			return c
		}
	case *bind.Call:
		if !reducesCollection(e) {
			return nil
		}
		if c, ok := e.Args[0].(*bind.Column); ok && x.isCollection(c) {
			return c
		}
		return x.columnIn(e.Args[0])
	}
	return nil
}

// allConstant reports whether expressions have one value in a run, and need no other query.
func allConstant(list []bind.Expr) bool {
	for _, e := range list {
		if n := natureOf(e); n.row || n.volatile || n.subquery || n.outer {
			return false
		}
	}
	return true
}

// collections are the kinds of which a part can be much smaller.
const collections = function.List | function.Map | function.HLL

// isCollection reports whether a column is a bin that can hold a collection.
func (x *extractor) isCollection(c *bind.Column) bool {
	s := x.scans[c.Relation]
	return c.Depth == 0 && s != nil && s.Relation.Columns[c.Index].Bin != "" && possible(c)&collections != 0
}

// reducesCollection reports whether a call of one argument returns a number or truth value of a
// collection that the servers can compute.
func reducesCollection(e *bind.Call) bool {
	f := e.Function
	return f != nil && f.Lower != nil && f.Strict && len(e.Args) >= 1 && len(f.Params) > 0 &&
		f.Params[0].Kinds.Only(collections) && allConstant(e.Args[1:])
}

// slot returns the extract that replaces an expression, or nil.
func (x *extractor) slot(e bind.Expr) bind.Expr {
	c := x.columnIn(e)
	if c == nil || x.used[idOf(c)] {
		return nil
	}
	s := x.scans[c.Relation]
	if s.Extracts == nil {
		s.Extracts = &Extracts{Relation: &bind.Relation{Name: s.Relation.Name}}
	}
	text, list := e.String(), s.Extracts
	for i, other := range list.Exprs {
		if other == e || other.String() == text && !hasParam([]bind.Expr{e}) {
			return x.add(s, e, i)
		}
	}
	if len(list.Exprs) == maxExtracts {
		return nil
	}
	list.Exprs = append(list.Exprs, e)
	list.Relation.Columns = append(list.Relation.Columns, bind.RelationColumn{Name: text, Type: e.Type(), Kinds: e.Kinds()})
	return x.add(s, e, len(list.Exprs)-1)
}

// add returns an expression that reads a slot of the extracts of a scan. The slot's place in the
// frame is set when all extracts are known.
func (x *extractor) add(s *Scan, e bind.Expr, at int) *bind.Extract {
	n := &bind.Extract{X: e, Slot: &bind.Column{
		Relation: s.Extracts.Relation, Index: at, Name: s.Extracts.Relation.Columns[at].Name, Of: e.Type(), Can: e.Kinds(), Pos: e.Position(),
	}}
	if x.extracts == nil {
		x.extracts = make(map[*Scan][]*bind.Extract)
	}
	x.extracts[s] = append(x.extracts[s], n)
	return n
}

// replaceExpressions replaces the expressions of eachExpression. The lists are shared with the
// bound query, so it makes new ones.
func replaceExpressions(n Node, f func(bind.Expr) bind.Expr) {
	all := func(list []bind.Expr) []bind.Expr {
		if list == nil {
			return nil
		}
		result := make([]bind.Expr, len(list))
		for i, e := range list {
			result[i] = f(e)
		}
		return result
	}
	switch n := n.(type) {
	case *Derived:
		n.Conditions = all(n.Conditions)
	case *Unnest:
		n.X = f(n.X)
		if n.On != nil {
			n.On = f(n.On)
		}
	case *Filter:
		n.Conditions = all(n.Conditions)
	case *Join:
		n.LeftKeys, n.RightKeys, n.On = all(n.LeftKeys), all(n.RightKeys), all(n.On)
	case *Aggregate:
		n.Groups = all(n.Groups)
		calls := make([]*bind.AggregateCall, len(n.Calls))
		for i, c := range n.Calls {
			calls[i] = replaceInCall(c, f)
		}
		n.Calls = calls
	case *Sort:
		n.Keys = replaceKeys(n.Keys, f)
	case *Project:
		n.Items = all(n.Items)
	}
}

func replaceInCall(c *bind.AggregateCall, f func(bind.Expr) bind.Expr) *bind.AggregateCall {
	call := *c
	if c.Arg != nil {
		call.Arg = f(c.Arg)
	}
	if c.Filter != nil {
		call.Filter = f(c.Filter)
	}
	call.Order = replaceKeys(c.Order, f)
	return &call
}

func replaceKeys(keys []bind.OrderKey, f func(bind.Expr) bind.Expr) []bind.OrderKey {
	result := make([]bind.OrderKey, len(keys))
	for i, k := range keys {
		k.X = f(k.X)
		result[i] = k
	}
	return result
}
