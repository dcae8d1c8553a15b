package mapper

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
)

// A statement builds a statement of SQL with numbered parameters.
type statement struct {
	store *store
	args  []protocol.Value
}

// param adds an argument and returns its parameter.
func (b *statement) param(v protocol.Value) ast.Expr {
	b.args = append(b.args, v)
	n := len(b.args)
	return &ast.Param{Index: n - 1, Text: "$" + strconv.Itoa(n)}
}

// values encodes the values of a condition.
func (b *statement) values(p *binPath, typed []typedValue) ([]protocol.Value, error) {
	values := make([]protocol.Value, len(typed))
	for i := range typed {
		var err error
		if values[i], err = b.store.valueOf(p, typed[i]); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// all returns the AND of conditions, nil if there are none.
func (b *statement) all(conditions []*condition) (ast.Expr, error) {
	return b.joined(ast.OpAnd, conditions)
}

func (b *statement) joined(op ast.Operator, conditions []*condition) (whole ast.Expr, err error) {
	for _, c := range conditions {
		part, err := b.condition(c)
		if err != nil {
			return nil, err
		}
		if whole == nil {
			whole = part
		} else {
			whole = &ast.Binary{Op: op, X: whole, Y: part}
		}
	}
	return whole, nil
}

// condition returns a condition as an expression of SQL.
func (b *statement) condition(c *condition) (ast.Expr, error) {
	if c == nil {
		return nil, errEmptyCondition
	}
	switch c.op {
	case opAnd, opOr:
		return b.combination(c)
	case opNot:
		x, err := b.condition(c.parts[0])
		return &ast.Unary{Op: ast.OpNot, X: x}, err
	case opText:
		return b.text(c)
	}
	x, err := b.place(c.place)
	if err == nil {
		err = b.store.checkTest(c)
	}
	if err != nil {
		return nil, err
	}
	return b.test(c, x)
}

func (b *statement) combination(c *condition) (ast.Expr, error) {
	op, none := ast.OpAnd, true
	if c.op == opOr {
		op, none = ast.OpOr, false
	}
	x, err := b.joined(op, c.parts)
	if x == nil && err == nil {
		x = &ast.Literal{Value: protocol.Bool(none)}
	}
	return x, err
}

// comparisons are the operators of SQL for conditions with one value.
var comparisons = map[conditionOp]ast.Operator{
	opEqual: ast.OpEqual, opNotEqual: ast.OpNotEqual, opLess: ast.OpLess, opLessEqual: ast.OpLessEqual, opGreater: ast.OpGreater,
	opGreaterEqual: ast.OpGreaterEqual, opContains: ast.OpContains,
}

// matches are the operators of SQL for conditions with a pattern.
var matches = map[conditionOp]ast.MatchOp{opLike: ast.Like, opILike: ast.ILike, opRegexp: ast.Regexp}

// calls are the functions of SQL for conditions with one value.
var calls = map[conditionOp]string{opHasValue: "MAP_HAS_VALUE", opWithin: "ST_WITHIN", opCovers: "ST_CONTAINS"}

// test returns a condition on x, the value of its place.
func (b *statement) test(c *condition, x ast.Expr) (ast.Expr, error) {
	if op, ok := matches[c.op]; ok {
		m := &ast.Match{Op: op, X: x, Pattern: b.param(protocol.String(c.text))}
		if op != ast.Regexp {
			m.Escape = &ast.Literal{Value: protocol.String(`\`)}
		}
		return m, nil
	}
	values, err := b.values(c.place, append(c.values, c.keys...))
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(values, hasMap) {
		return b.testMap(c, x, values)
	}
	switch c.op {
	case opIsNull, opNotNull:
		return &ast.Is{X: x, Test: ast.IsNull, Not: c.op == opNotNull}, nil
	case opIn:
		return b.in(x, values), nil
	case opBetween:
		return &ast.Between{X: x, Low: b.param(values[0]), High: b.param(values[1])}, nil
	case opEqual, opNotEqual:
		if isNull(values) {
			return &ast.Is{X: x, Test: ast.IsNull, Not: c.op == opNotEqual}, nil
		}
	}
	if name, ok := calls[c.op]; ok {
		return &ast.Call{Name: ast.Name{Text: name}, Args: []ast.Expr{x, b.param(values[0])}}, nil
	}
	op, ok := comparisons[c.op]
	if !ok {
		return nil, fmt.Errorf("mapper: there is no condition %d", c.op)
	}
	return &ast.Binary{Op: op, X: x, Y: b.param(values[0])}, nil
}

// testMap is test for values that are or contain maps, such as structs. The servers can't compare
// maps, and neither does = of SQL. IS NOT DISTINCT FROM does, on the client.
func (b *statement) testMap(c *condition, x ast.Expr, values []protocol.Value) (ast.Expr, error) {
	switch c.op {
	case opEqual, opIn:
		var any ast.Expr
		for _, v := range values {
			var same ast.Expr = &ast.Binary{Op: ast.OpNotDistinctFrom, X: x, Y: b.param(v)}
			if any != nil {
				same = &ast.Binary{Op: ast.OpOr, X: any, Y: same}
			}
			any = same
		}
		return any, nil
	case opNotEqual:
		differs := &ast.Binary{Op: ast.OpDistinctFrom, X: x, Y: b.param(values[0])}
		return &ast.Binary{Op: ast.OpAnd, X: &ast.Is{X: x, Test: ast.IsNull, Not: true}, Y: differs}, nil
	}
	return nil, c.place.fail(fmt.Errorf("%w: a list or map can't be searched for a map or struct; use a condition on one of its fields", ErrUnsupported))
}

// hasMap reports whether a value is a map or contains one.
func hasMap(v protocol.Value) bool {
	if v.Kind() == protocol.KindMap {
		return true
	}
	list, _ := v.List()
	return slices.ContainsFunc(list, hasMap)
}

// in returns x IN values. NULL among the values stands for IS NULL.
func (b *statement) in(x ast.Expr, values []protocol.Value) ast.Expr {
	rest := slices.DeleteFunc(slices.Clone(values), protocol.Value.IsNil)
	in := &ast.In{X: x}
	switch isCollection := func(v protocol.Value) bool { return v.Kind() == protocol.KindList }; {
	case len(rest) == 0:
	case slices.ContainsFunc(rest, isCollection):
		for _, v := range rest {
			in.List = append(in.List, b.param(v))
		}
	default:
		in.List = []ast.Expr{b.param(protocol.List(rest...))} // one text for any number of values
	}
	if len(rest) == len(values) {
		return in
	}
	return &ast.Binary{Op: ast.OpOr, X: in, Y: &ast.Is{X: x, Test: ast.IsNull}}
}

// place returns the column or path of a place.
func (b *statement) place(p *binPath) (ast.Expr, error) {
	p, err := b.store.resolve(p)
	if err != nil {
		return nil, err
	}
	x := b.column(p)
	if len(p.steps) > 0 {
		path := &ast.Path{X: x}
		for _, s := range p.steps {
			key := s.key
			if !s.isMap {
				key = protocol.Int(int64(s.index))
			}
			path.Steps = append(path.Steps, ast.Step{Index: &ast.Literal{Value: key}})
		}
		x = path
	}
	if p.function != "" {
		x = &ast.Call{Name: ast.Name{Text: p.function}, Args: []ast.Expr{x}}
	}
	return x, nil
}

// column returns the column of a place.
func (b *statement) column(p *binPath) ast.Expr {
	switch p.kind {
	case inKey:
		return word("PK")
	case inGeneration:
		return word("__generation")
	}
	if p.alias != "" {
		return &ast.Call{Name: ast.Name{Text: "COALESCE"}, Args: []ast.Expr{quoted(p.bin), quoted(p.alias)}}
	}
	return quoted(p.bin)
}

// word returns a column whose name is not quoted.
func word(name string) *ast.Column { return &ast.Column{Parts: []ast.Name{{Text: name}}} }

// quoted returns a column whose name is exactly that.
func quoted(name string) *ast.Column { return &ast.Column{Parts: []ast.Name{{Text: name, Quote: '`'}}} }

// text returns a condition that was written in SQL.
func (b *statement) text(c *condition) (ast.Expr, error) {
	x, err := parse.Expression(c.text)
	if err != nil {
		return nil, fmt.Errorf("mapper: WhereText: %w", err)
	}
	base, count, named := len(b.args), 0, ""
	ast.Inspect(x, func(n ast.Node) bool {
		p, ok := n.(*ast.Param)
		if !ok {
			return true
		}
		if p.Text[0] == ':' || p.Text[0] == '@' {
			named = p.Text
		}
		count = max(count, p.Index+1)
		p.Index += base
		p.Text = "$" + strconv.Itoa(p.Index+1)
		return true
	})
	switch {
	case named != "":
		return nil, fmt.Errorf("mapper: WhereText: the parameter %s has a name; use ? or $1", named)
	case count != len(c.args):
		return nil, fmt.Errorf("mapper: WhereText: the condition takes %d arguments, got %d", count, len(c.args))
	}
	for i, arg := range c.args {
		v, err := b.store.argument(arg)
		if err != nil {
			return nil, fmt.Errorf("mapper: WhereText: argument %d: %w", i+1, err)
		}
		b.args = append(b.args, v)
	}
	return x, nil
}

// argument encodes an argument as a field of its type without a tag is stored.
func (s *store) argument(arg any) (protocol.Value, error) {
	switch v := arg.(type) {
	case nil:
		return protocol.Nil(), nil
	case protocol.Value:
		return v, checkStorable(v)
	}
	variable := reflect.New(reflect.TypeOf(arg))
	variable.Elem().Set(reflect.ValueOf(arg))
	v, err := s.encodeTyped(typedValue{typ: variable.Type().Elem(), at: variable.UnsafePointer()})
	if err == nil {
		err = checkStorable(v)
	}
	return v, err
}
