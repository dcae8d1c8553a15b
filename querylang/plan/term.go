package plan

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// A term is something that an index can hold: the value of a bin, a value inside of it, the
// elements of a list, the keys or the values of a map, or the value of an expression.
type term struct {
	bin        string
	context    string // packed; "" for none
	steps      cdt.Context
	collection protocol.IndexCollection
	// expr is the expression of a term that is not a bin or a path.
	expr bind.Expr
	text string
	// kinds are the kinds of the values, or of the elements.
	kinds function.Kinds
}

// same reports whether an index of one term is one of the other.
func (t *term) same(o *term) bool {
	return t.bin == o.bin && t.context == o.context && t.collection == o.collection && (t.expr == nil) == (o.expr == nil) &&
		(t.expr == nil || t.text == o.text)
}

// several reports whether a record can have several values.
func (t *term) several() bool { return t.collection != protocol.IndexDefault }

// termOf returns the term that an expression is.
func (a *analyzer) termOf(e bind.Expr) (*term, bool) {
	switch x := e.(type) {
	case *bind.Column:
		if bin, ok := a.binOf(x); ok {
			return &term{bin: bin, text: x.String(), kinds: x.Kinds()}, true
		}
		return nil, false
	case *bind.Path:
		if t, ok := a.pathTerm(x); ok {
			return t, true
		}
	case *bind.Call, *bind.Arithmetic, *bind.Negate, *bind.Cast, *bind.Case:
	default:
		return nil, false
	}
	if n := natureOf(e); !a.expressions || n.volatile || n.subquery || n.outer || !n.row {
		return nil, false
	}
	return &term{expr: e, text: e.String(), kinds: e.Kinds()}, true
}

// binOf returns the bin that a column of the scan's relation is.
func (a *analyzer) binOf(c *bind.Column) (string, bool) {
	if c.Depth != 0 || c.Relation != a.relation {
		return "", false
	}
	column := &a.relation.Columns[c.Index]
	return column.Bin, column.Pseudo == bind.NoPseudo && column.Bin != ""
}

// pathTerm returns the term of a path whose steps select the same value in every record. A step
// that is an integer selects an element of a list or the value of a map's key: the context of an
// index can be only one of them, so the bin must be declared as one.
func (a *analyzer) pathTerm(p *bind.Path) (*term, bool) {
	c, ok := p.X.(*bind.Column)
	if !ok {
		return nil, false
	}
	bin, ok := a.binOf(c)
	if !ok {
		return nil, false
	}
	kinds := c.Kinds()
	var steps cdt.Context
	for i, s := range p.Steps {
		if p.Through != nil {
			kinds &= p.Through[i]
		}
		v, ok := a.fixed(s)
		if !ok {
			return nil, false
		}
		n, isInt := v.Int()
		_, isText := v.Text()
		switch {
		case isText && v.Kind() == protocol.KindString:
			steps = append(steps, cdt.MapKey(v))
		case isInt && kinds.Only(function.List):
			steps = append(steps, cdt.ListIndex(int(n)))
		case isInt && kinds.Only(function.Map):
			steps = append(steps, cdt.MapKey(v))
		default:
			return nil, false
		}
		kinds = function.Any
	}
	packed, err := steps.AppendTo(nil)
	if err != nil {
		return nil, false
	}
	return &term{bin: bin, context: string(packed), steps: steps, text: p.String(), kinds: p.Kinds()}, true
}

// within returns the term of the elements, keys or values of a collection.
func (t *term) within(c protocol.IndexCollection, kinds function.Kinds) *term {
	inner := *t
	inner.collection, inner.kinds = c, kinds
	return &inner
}
