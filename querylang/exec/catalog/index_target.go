package catalog

import (
	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// A target is what an index is of.
type target struct {
	bin        string
	pos        ast.Pos
	declared   *column // nil for a bin of a set that is not declared
	family     function.Family
	collection cluster.IndexCollection
	steps      []targetStep // the path to the value in the bin
	// expression is what is indexed instead of a bin.
	expression ast.Expr
}

// A targetStep is an index of a list or a key of a map.
type targetStep struct {
	list bool
	at   protocol.Value
}

// context returns the path as the servers write it.
func (t *target) context() cdt.Context {
	var context cdt.Context
	for _, s := range t.steps {
		if n, _ := s.at.Int(); s.list {
			context = append(context, cdt.ListIndex(int(n)))
		} else {
			context = append(context, cdt.MapKey(s.at))
		}
	}
	return context
}

func sameStep(a, b cdt.Step) bool {
	first, err1 := cdt.In(a).Base64()
	second, err2 := cdt.In(b).Base64()
	return err1 == nil && err2 == nil && first == second
}

// collections are the words before INDEX and the functions in its part.
var collections = ast.WordMap[cluster.IndexCollection]{
	"LIST": cluster.IndexList, "MAPKEYS": cluster.IndexMapKeys, "MAPVALUES": cluster.IndexMapValues,
}

// indexTarget returns what an index is of.
func (d *definition) indexTarget(table *declaration, s *ast.CreateIndex) (*target, error) {
	t := &target{}
	t.collection = collections[s.Collection]
	e := s.Parts[0].Expr
	if call, ok := e.(*ast.Call); ok && call.Name.Quote == 0 {
		collection, known := collections.Find(call.Name.Text)
		if known && len(call.Args) == 1 && s.Collection == "" {
			t.collection, e = collection, call.Args[0]
		}
	}
	t.pos = e.Position()
	var steps []ast.Step
	if path, ok := e.(*ast.Path); ok {
		e, steps = path.X, path.Steps
	}
	c, ok := e.(*ast.Column)
	if !ok && d.options.IndexExpression != nil {
		t.expression = e
		return t, nil
	}
	if !ok {
		return nil, d.fail(t.pos, ast.ErrUnsupported,
			"an index of an expression is not supported: the servers index a bin, an element of it, or LIST, MAPKEYS or MAPVALUES of them")
	}
	rest, err := d.targetColumn(t, table, s.Table, c)
	if err != nil {
		return nil, err
	}
	for _, name := range rest {
		t.steps = append(t.steps, targetStep{at: protocol.String(name.Text)})
	}
	for _, step := range steps {
		if err := d.targetStep(t, step); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// targetColumn sets the column of an index. It returns the names after it, which are a path.
func (d *definition) targetColumn(t *target, table *declaration, of ast.TableName, c *ast.Column) (rest []ast.Name, err error) {
	if table == nil {
		parts := c.Parts
		if len(parts) > 1 && parts[0].Text == of.Set.Text {
			parts = parts[1:]
		}
		if bind.IsPseudo(parts[0]) {
			return nil, d.fail(t.pos, ast.ErrUnsupported, "%s can't be indexed: it is not a bin", parts[0])
		}
		if t.bin = parts[0].Text; !isBinName(t.bin) {
			return nil, d.fail(t.pos, ast.ErrInvalidName, "%s is not the name of a bin, which has at most %d bytes", parts[0], protocol.MaxBinNameLen)
		}
		return parts[1:], nil
	}
	i := table.columnOf(c)
	if i < 0 {
		return nil, d.fail(t.pos, ast.ErrUnknownName, "the table %s has no column %s%s", of, c, table.nearest(c.Parts[0].Text))
	}
	t.declared = &table.columns[i]
	if t.declared.name == table.key {
		return nil, d.fail(t.pos, ast.ErrUnsupported, "%s is the PRIMARY KEY, which needs no index", c)
	}
	if t.declared.typeName != "" {
		typ, err := parseType(t.declared.typeName)
		if err != nil {
			return nil, table.damaged("the type of the column "+t.declared.name, err)
		}
		t.family = typ.Family
	}
	t.bin = t.declared.bin
	if table.indexOf(c.Parts[0].Text) >= 0 {
		return c.Parts[1:], nil
	}
	return c.Parts[2:], nil
}

// targetStep adds a step in brackets, or a name after brackets. An integer is the index of a list,
// unless it is of a column that is a map.
func (d *definition) targetStep(t *target, step ast.Step) error {
	if step.Index == nil {
		t.steps = append(t.steps, targetStep{at: protocol.String(step.Name.Text)})
		return nil
	}
	at, ok := literal(step.Index)
	switch {
	case ok && at.Kind() == protocol.KindInt:
		isMap := len(t.steps) == 0 && t.family == function.Maps
		t.steps = append(t.steps, targetStep{list: !isMap, at: at})
	case ok && at.CanBeMapKey():
		t.steps = append(t.steps, targetStep{at: at})
	default:
		return d.fail(step.Pos, ast.ErrUnsupported, "a step of an index must be a constant integer, string or blob")
	}
	return nil
}

// literal returns the value of a literal, perhaps with a sign.
func literal(e ast.Expr) (protocol.Value, bool) {
	switch e := e.(type) {
	case *ast.Literal:
		return e.Value, true
	case *ast.Unary:
		v, ok := literal(e.X)
		n, isInt := v.Int()
		return protocol.Int(-n), ok && isInt && e.Op == ast.OpNegate
	}
	return protocol.Value{}, false
}
