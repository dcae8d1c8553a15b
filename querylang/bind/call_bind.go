package bind

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// call binds a function.
func (b *binder) call(s *scope, c *ast.Call) Expr {
	if c.Name.Quote != 0 {
		return b.fail(c.Name.Pos, ast.ErrUnknownName, "%s is in quotes, so it is not a function", c.Name)
	}
	if isAggregate(c) {
		return b.aggregate(s, c)
	}
	if c.Name.Is("BIN") {
		return b.binCall(s, c)
	}
	f := function.Lookup(cmp.Or(extremeOf(c), c.Name.Text))
	switch {
	case f == nil:
		return b.fail(c.Name.Pos, ast.ErrUnknownName, "there is no function %s%s", c.Name, b.nearest(c.Name.Text, function.Names))
	case c.Filter != nil, c.Star, c.Distinct, len(c.Order) > 0:
		return b.fail(c.Name.Pos, ast.ErrSyntax, "%s is not an aggregate function: it takes no *, DISTINCT, ORDER BY or FILTER", f.Name)
	}
	least, most := bounds(f.Params)
	if len(c.Args) < least || len(c.Args) > most {
		return b.fail(c.Name.Pos, ast.ErrSyntax, "the function %s takes %s, got %d", f.Name, arity(f.Params), len(c.Args))
	}
	call := &Call{Function: f, Args: b.elements(s, c.Args), Pos: c.Name.Pos}
	for i := range call.Args {
		p := f.Params[min(i, len(f.Params)-1)]
		b.checkArgument(p, call.Args[i])
		call.Args[i] = b.argument(f.Name, p, call.Args[i])
	}
	if p := b.element(call); p != nil {
		return b.fold(p)
	}
	types := b.argumentTypes(call)
	call.Of, call.Can = f.Result(types)
	return b.fold(call)
}

// element returns the path that LIST_GET or MAP_GET with a constant is, so that indexes and filters
// can use it, or nil.
func (b *binder) element(c *Call) *Path {
	through, step := function.List, function.Integer
	switch c.Function.Name {
	default:
		return nil
	case "LIST_GET":
	case "MAP_GET":
		through, step = function.Map, function.Any
	}
	if !isFixed(c.Args[1]) || !c.Args[1].Kinds().Only(step) {
		return nil
	}
	p := extended(c.Args[0])
	p.add(c.Args[1], through)
	return p
}

// argument returns an argument in the form that a function needs.
func (b *binder) argument(name string, p function.Parameter, x Expr) Expr {
	if t := p.Argument(x.Type()); t.Family != function.Undeclared {
		x = b.castTo(x, t, x.Position())
	}
	b.wants(x, p.Kinds, name)
	return x
}

// checkArgument checks a constant that is an argument of a function. A parameter is checked for
// each run.
func (b *binder) checkArgument(p function.Parameter, x Expr) {
	if p.Check != nil {
		b.checkValue(x, p.Check)
	}
}

// checkValue checks a constant. A parameter is checked for each run.
func (b *binder) checkValue(x Expr, check func(v protocol.Value) error) {
	switch x := x.(type) {
	case *Const:
		b.failWith(x.Pos, ast.ErrArguments, check(x.Value))
	case *Param:
		b.needs.CheckedArgs = append(b.needs.CheckedArgs, CheckedArg{Index: x.Index, Check: check})
	}
}

// argumentTypes returns the types of the arguments. Those of functions that return one of them,
// such as COALESCE, get one type. NULL has the type of the others.
func (b *binder) argumentTypes(c *Call) []function.Type {
	types := make([]function.Type, len(c.Args))
	if !c.Function.Unify {
		for i, x := range c.Args {
			types[i] = typeOf(x)
		}
		return types
	}
	first := 0
	for first < len(c.Args) && c.Function.Params[min(first, len(c.Function.Params)-1)].Kinds != function.Any {
		types[first] = typeOf(c.Args[first])
		first++
	}
	args, rest := c.Args[first:], types[first:]
	t, _ := b.unify(args)
	for i, x := range args {
		rest[i] = typeOf(x)
		if needsForm(t) {
			rest[i] = t
		}
	}
	for i := range args {
		if at := slices.IndexFunc(args, func(x Expr) bool { return !isNull(x) }); at >= 0 && isNull(args[i]) {
			rest[i] = rest[at]
		}
	}
	return types
}

// isNull reports whether an expression is the constant NULL.
func isNull(x Expr) bool {
	c, ok := x.(*Const)
	return ok && c.Value.IsNil()
}

// bounds returns the least and the largest number of arguments.
func bounds(params []function.Parameter) (least, most int) {
	for _, p := range params {
		if !p.Optional {
			least++
		}
		if p.Variadic {
			return least, 1 << 20
		}
	}
	return least, len(params)
}

// arity describes how many arguments a function takes.
func arity(params []function.Parameter) string {
	least, most := bounds(params)
	switch {
	case most > len(params):
		return "at least " + arguments(least)
	case least == most:
		return arguments(most)
	}
	return fmt.Sprintf("%d to %s", least, arguments(most))
}

func arguments(n int) string {
	if n == 1 {
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

// binCall binds BIN('name'), a bin with any name.
func (b *binder) binCall(s *scope, c *ast.Call) Expr {
	if len(c.Args) == 1 {
		if literal, ok := c.Args[0].(*ast.Literal); ok && literal.Value.Kind() == protocol.KindString {
			name, _ := literal.Value.Text()
			n := ast.Name{Text: name, Pos: literal.Pos}
			depth := 0
			for owner := s; owner != nil; owner, depth = owner.outer, depth+1 {
				t := b.only(owner, n, func(t *table) bool { return t.relation != nil && t.relation.IsSet })
				if t != nil {
					return b.binNamed(reference{inner: s, owner: owner, depth: depth, table: t, pos: literal.Pos}, name, literal.Pos)
				}
			}
			return b.fail(c.Name.Pos, ast.ErrUnknownName, "BIN reads a set, and no set is read here")
		}
	}
	return b.fail(c.Name.Pos, ast.ErrSyntax, "BIN takes the name of a bin as a string: BIN('pk')")
}

// typeOf returns the type of an expression, which follows from its kinds if it is not declared.
func typeOf(x Expr) function.Type {
	t := x.Type()
	if t.Family != function.Undeclared {
		return t
	}
	k := x.Kinds() &^ function.Null
	if k != 0 && k.Only(function.Integer) {
		return function.Type{Family: function.Integers}
	}
	if bits.OnesCount32(uint32(k)) != 1 {
		return t
	}
	return function.Type{Family: kindFamilies[protocol.Kind(bits.TrailingZeros32(uint32(k)))]}
}

var kindFamilies = map[protocol.Kind]function.Family{
	protocol.KindInt: function.Integers, protocol.KindFloat: function.Floats, protocol.KindString: function.Strings,
	protocol.KindBlob: function.Blobs, protocol.KindBool: function.Booleans, protocol.KindList: function.Lists,
	protocol.KindMap: function.Maps, protocol.KindGeoJSON: function.Points, protocol.KindHLL: function.Sketches,
}
