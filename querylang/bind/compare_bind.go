package bind

import (
	"math"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// comparison returns x op y. The key of a set is on the left side if it is compared with a value.
func (b *binder) comparison(s *scope, op ast.Operator, x, y Expr, pos ast.Pos) Expr {
	if op == ast.OpContains {
		b.wants(x, function.List|function.Map, "CONTAINS")
		return b.fold(&Compare{Op: op, X: x, Y: y})
	}
	x, y = b.comparable(x, y)
	c := &Compare{Op: op, X: x, Y: y}
	if op == ast.OpEqual || op == ast.OpNotEqual {
		if c.ByKey = isKey(x) || isKey(y); c.ByKey && !isKey(x) {
			c.X, c.Y = y, x
		}
		b.checkKey(c.X, c.Y)
		b.checkKey(c.Y, c.X)
		c.Key, c.Other = b.keyColumn(s, c.X, isConstant(c.Y)), b.keyColumn(s, c.Y, false)
		if isConstant(c.Y) {
			c.Key.name(c)
		}
	}
	return b.fold(c)
}

// comparable returns two expressions in forms that compare: constants and parameters beside a
// timestamp or a decimal get its type. Declared columns must be compared with values of their kind.
func (b *binder) comparable(x, y Expr) (Expr, Expr) {
	tx, ty := x.Type(), y.Type()
	switch {
	case needsForm(tx) && isFixed(y) && !needsForm(ty):
		return x, b.comparand(y, tx)
	case needsForm(ty) && isFixed(x) && !needsForm(tx):
		return b.comparand(x, ty), y
	case isBooleanColumn(x) && isFixed(y):
		y = b.comparand(y, tx)
	case isBooleanColumn(y) && isFixed(x):
		x = b.comparand(x, ty)
	case tx.Family == function.Decimals && ty.Family == function.Decimals:
		return b.sameScale(x, y)
	case tx.Family == function.Decimals && tx.Scale > 0:
		x = b.plain(x)
	case ty.Family == function.Decimals && ty.Scale > 0:
		y = b.plain(y)
	}
	if (isDeclared(x) || isDeclared(y)) && !kindsCompare(x.Kinds(), y.Kinds()) {
		b.fail(y.Position(), ast.ErrType, "%s and %s are of different types, which do not compare; use CAST", x, y)
	}
	return x, y
}

// needsForm reports whether the values of a type are written in another form than they are stored.
func needsForm(t function.Type) bool {
	return t.Family == function.Timestamps || t.Family == function.Dates || t.Family == function.Decimals
}

// isFixed reports whether an expression is a constant or a parameter.
func isFixed(x Expr) bool {
	switch x.(type) {
	case *Const, *Param:
		return true
	}
	return false
}

// isBooleanColumn reports whether an expression is a column that is declared as a boolean. 0 and 1
// beside it are booleans.
func isBooleanColumn(x Expr) bool {
	c, ok := x.(*Column)
	return ok && c.Of.Family == function.Booleans
}

// comparand returns a constant or parameter in the form of the values of a type that it is compared
// with.
func (b *binder) comparand(fixed Expr, t function.Type) Expr {
	if p, ok := fixed.(*Param); ok {
		typed := b.typed(p, TypedArg{As: t, Compare: true})
		switch t.Family {
		case function.Decimals:
			typed.Can = function.Number | function.Null
		case function.Booleans:
			typed.Can = p.Can
		}
		return typed
	}
	c := fixed.(*Const)
	v, err := function.Comparand(c.Value, t)
	if err != nil {
		b.failWith(c.Pos, ast.ErrType, err)
		return fixed
	}
	return &Const{Value: v, Of: t, Pos: c.Pos}
}

// typed returns a parameter whose argument is converted for each run.
func (b *binder) typed(p *Param, t TypedArg) *Param {
	t.Index = p.Index
	at, ok := b.typedArgs[t]
	if !ok {
		if b.typedArgs == nil {
			b.typedArgs = make(map[TypedArg]int)
		}
		at = len(b.needs.TypedArgs)
		b.typedArgs[t] = at
		b.needs.TypedArgs = append(b.needs.TypedArgs, t)
	}
	return &Param{Index: b.options.Args + at, Text: p.Text, As: t.As, Can: t.As.Kinds() | function.Null, Pos: p.Pos}
}

// isDeclared reports whether an expression reads a declared column, or computes with one.
func isDeclared(x Expr) bool {
	switch x := x.(type) {
	case *Column:
		return x.Of.Family != function.Undeclared
	case *Const, *Param:
		return false
	}
	found := false
	Operands(x, func(o Expr) { found = found || isDeclared(o) })
	return found
}

// kindsCompare reports whether two values can have kinds that compare.
func kindsCompare(x, y function.Kinds) bool {
	x, y = x&^function.Null, y&^function.Null
	return x == 0 || y == 0 || x.Has(y) || x.Has(function.Number) && y.Has(function.Number)
}

// wants reports an expression that can't have one of the kinds that an operator or a function
// needs.
func (b *binder) wants(x Expr, kinds function.Kinds, what string) {
	if k := x.Kinds(); !k.Has(kinds) && k != function.Null {
		b.fail(x.Position(), ast.ErrType, "%s needs %s, not %s", what, kindWords(kinds), x)
	}
}

// kindWords returns words for a set of kinds.
func kindWords(k function.Kinds) string {
	var words []string
	for _, w := range [...]struct {
		kinds function.Kinds
		word  string
	}{
		{function.Number, "numbers"}, {function.Integer, "integers"}, {1 << protocol.KindFloat, "floats"},
		{function.String, "strings"}, {function.Blob, "blobs"}, {function.Bool, "booleans"}, {function.List, "lists"},
		{function.Map, "maps"}, {function.Geo, "GeoJSON values"}, {function.HLL, "HyperLogLog values"},
	} {
		if k&w.kinds == w.kinds {
			words, k = append(words, w.word), k&^w.kinds
		}
	}
	return strings.Join(words, " or ")
}

func (b *binder) in(s *scope, e *ast.In) Expr {
	if isRow(e.X) {
		return b.rows(s, b.rowIn(e), e.X)
	}
	if e.Query != nil {
		x := b.expr(s, e.X)
		q := &InQuery{X: x, Query: b.subquery(s, e.Query, true), Not: e.Not, ByKey: isKey(x), Key: b.keyColumn(s, x, false)}
		if len(q.Query.Outer) == 0 {
			q.Key.name(q)
		}
		c := q.Query.Query.Columns[0]
		if isDeclared(x) && !kindsCompare(x.Kinds(), c.Kinds) || scaled(x.Type()) != scaled(c.Type) {
			b.fail(e.Query.Pos, ast.ErrType, "%s and the column of the subquery are of different types, which do not compare; use CAST", x)
		}
		return q
	}
	in := &In{ID: -1, Not: e.Not, List: make([]Expr, len(e.List))}
	in.X = b.expr(s, e.X)
	fixed := true
	for i, item := range e.List {
		x, y := in.X, b.value(s, item)
		if p, ok := y.(*Param); !ok || p.Can != 0 { // a parameter can be a list
			x, y = b.comparable(in.X, y)
		} else if needsForm(in.X.Type()) {
			y = b.comparand(p, in.X.Type())
		}
		if x != in.X {
			return b.inOperands(in, s, e)
		}
		if p, ok := y.(*Param); !ok || p.Can != 0 {
			b.checkKey(x, y)
		}
		in.List[i] = y
		fixed = fixed && isConstant(y)
	}
	in.ByKey, in.Key = isKey(in.X), b.keyColumn(s, in.X, fixed)
	if fixed {
		in.ID = b.sets
		b.sets++
		in.Key.name(in)
	}
	return b.fold(in)
}

// inOperands binds x IN (list) as comparisons, for lists whose values need x in different forms.
func (b *binder) inOperands(in *In, s *scope, e *ast.In) Expr {
	l := &Logic{Op: ast.OpOr}
	for _, item := range e.List {
		l.Operands = append(l.Operands, b.comparison(s, ast.OpEqual, in.X, b.value(s, item), item.Position()))
	}
	var x Expr = l
	if len(l.Operands) == 1 {
		x = l.Operands[0]
	}
	if e.Not {
		x = &Not{X: x, Pos: e.Position()}
	}
	return b.fold(x)
}

func (b *binder) between(s *scope, e *ast.Between) Expr {
	if isRow(e.X) {
		return b.rows(s, rowBetween(e), e.X)
	}
	x := b.expr(s, e.X)
	lx, low := b.comparable(x, b.value(s, e.Low))
	hx, high := b.comparable(x, b.value(s, e.High))
	if lx == x && hx == x {
		return b.fold(&Between{X: x, Low: low, High: high, Not: e.Not})
	}
	both := b.fold(&Logic{Op: ast.OpAnd, Operands: []Expr{
		&Compare{Op: ast.OpGreaterEqual, X: lx, Y: low}, &Compare{Op: ast.OpLessEqual, X: hx, Y: high},
	}})
	if e.Not {
		return b.fold(&Not{X: both, Pos: e.Position()})
	}
	return both
}

func (b *binder) match(s *scope, e *ast.Match) Expr {
	m := &Match{ID: -1, Op: e.Op, Not: e.Not}
	m.X, m.Pattern = b.pair(s, e.X, e.Pattern)
	b.wants(m.X, function.String, matchNames[e.Op])
	b.wants(m.Pattern, function.String, matchNames[e.Op])
	fixed := isConstant(m.Pattern)
	if e.Escape != nil {
		m.Escape = b.value(s, e.Escape)
		b.wants(m.Escape, function.String, "ESCAPE")
		fixed = fixed && isConstant(m.Escape)
	}
	if fixed {
		m.ID = b.patterns
		b.patterns++
		b.checkPattern(m)
	}
	return b.fold(m)
}

// checkPattern compiles a pattern of constants, so that its error comes before the first record.
func (b *binder) checkPattern(m *Match) {
	if _, ok := m.Pattern.(*Const); !ok || b.err != nil {
		return
	}
	if _, ok := m.Escape.(*Const); !ok && m.Escape != nil {
		return
	}
	run := &Run{}
	m.pattern(&Env{Run: run})
	if e, ok := run.Err.(*ast.Error); ok { //nolint:errorlint // pattern returns this type
		b.fail(m.Pattern.Position(), ast.ErrType, "%s", e.Message)
	}
}

var matchNames = [...]string{ast.Like: "LIKE", ast.ILike: "ILIKE", ast.Regexp: "REGEXP"}

func (b *binder) is(s *scope, e *ast.Is) Expr {
	x := b.expr(s, e.X)
	if e.Test != ast.IsNull {
		b.wants(x, function.Bool, "IS TRUE or FALSE")
	}
	return b.fold(&Is{X: x, Test: e.Test, Not: e.Not})
}

// sameScale returns two decimals with the larger one of their scales.
func (b *binder) sameScale(x, y Expr) (Expr, Expr) {
	t := x.Type()
	t.Name, t.Scale = "", max(t.Scale, y.Type().Scale)
	return b.rescale(x, t), b.rescale(y, t)
}

// rescale returns a decimal with another scale. Digits that the scale does not have are rounded.
func (b *binder) rescale(x Expr, to function.Type) Expr {
	d := to.Scale - x.Type().Scale
	switch {
	case d == 0:
		return x
	case d < 0:
		return b.castTo(b.plain(x), to, x.Position())
	}
	return b.fold(&Arithmetic{Op: ast.OpMultiply, X: x, Y: &Const{Value: protocol.Int(powerOfTen(d)), Pos: x.Position()}, Of: to, Pos: x.Position()})
}

// plain returns a decimal as a number: an integer without a scale, otherwise a float.
func (b *binder) plain(x Expr) Expr {
	t := x.Type()
	if t.Family != function.Decimals || t.Scale == 0 {
		return x
	}
	divisor := &Const{Value: protocol.Float(math.Pow10(t.Scale)), Pos: x.Position()}
	return b.fold(&Arithmetic{Op: ast.OpDivide, X: x, Y: divisor, Of: function.Type{Family: function.Floats}, Pos: x.Position()})
}

func powerOfTen(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// as returns an expression in the form of a type: constants and parameters are converted, and
// decimals get its scale.
func (b *binder) as(x Expr, t function.Type) Expr {
	switch {
	case !needsForm(t):
		return x
	case isFixed(x) && !needsForm(x.Type()):
		return b.coerced(x, t)
	case t.Family == function.Decimals && x.Type().Family == function.Decimals:
		return b.rescale(x, t)
	}
	return x
}

// coerced returns a constant or parameter as a value of a type.
func (b *binder) coerced(fixed Expr, t function.Type) Expr {
	if p, ok := fixed.(*Param); ok {
		return b.typed(p, TypedArg{As: t})
	}
	c := fixed.(*Const)
	v, err := function.Coerce(c.Value, t)
	if err != nil {
		b.failWith(c.Pos, ast.ErrType, err)
		return fixed
	}
	return &Const{Value: v, Of: t, Pos: c.Pos}
}
