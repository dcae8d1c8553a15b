package plan

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// A BinOp is what a change does to a bin.
type BinOp uint8

// The operations.
const (
	BinPut     BinOp = iota // store the value; NULL removes the bin
	BinAdd                  // add the operands to the number; what is missing is 0
	BinAppend               // append the operands to the string or blob; a missing bin is empty
	BinPrepend              // prepend the operands to the string or blob; a missing bin is empty
	BinPath                 // store the value as an element of a list or map
	BinCall                 // change the value as functions do
)

// A BinChange is a change of one bin, or of an element of the list or map in it if it has a Path.
type BinChange struct {
	*bind.Assignment
	// Op is an operation of the server that gives the same value as Value, with these Operands or
	// Calls; or BinPut.
	Op       BinOp
	Operands []Operand
	// Before is the number of the Operands of a BinAdd that are added to each other before the
	// first one is added to the number, as in 1 + 2 + n.
	Before int
	// Calls are the functions of a BinCall, each of which changes the result of the one before it.
	Calls []*bind.Call
	// From are the steps of the path to the element that Value changes, which must lead to the same
	// element as Path. It is nil if they certainly do.
	From []bind.Expr
	// Computed means that Value reads the record and that there is no Op for it.
	Computed bool
	// Start is what a missing bin or element counts as in Value: 0 in n = n + 1, an empty string in
	// s = s || x, NULL otherwise. A table that is declared has no missing bins, only NULL.
	Start protocol.Value
}

// An Operand is an operand of an operation. Negative is true for x in n - x.
type Operand struct {
	X        bind.Expr
	Negative bool
}

// binChange returns the plan of an assignment to a column of a relation. If exact is true, no
// operation of the server is used, because the new value must be known.
func binChange(a *bind.Assignment, r *bind.Relation, exact bool) BinChange {
	c := BinChange{Assignment: a, Computed: readsRow(a.Value, r)}
	inElement := len(a.Path) > 0
	if inElement {
		exact = exact || slices.ContainsFunc(a.Path, func(step bind.Expr) bool { return readsRow(step, r) })
		if !c.Computed {
			c.Computed = exact
			c.Op = BinPath
			return c
		}
	}
	if !c.Computed {
		return c
	}
	target := place{bin: a.Bin, path: a.Path}
	declared := r.Table != nil
	op, operands, before, starts := inPlace(a.Value, &target, r)
	if starts && (!declared || inElement) {
		c.Start = protocol.Int(0)
		if op != BinAdd {
			c.Start = protocol.String("")
		}
	}
	c.From = target.from
	if exact {
		return c
	}
	if calls := changingCalls(a.Value, &target, r); calls != nil && a.Type.Family == function.Undeclared {
		c.Op, c.Calls, c.From, c.Computed = BinCall, calls, target.from, false
		return c
	}
	can := !declared || a.NotNull && addable(a.Type, op)
	if inElement {
		can = op == BinAdd
	}
	if operands != nil && can {
		c.Op, c.Operands, c.Before, c.Computed = op, operands, before, false
	}
	return c
}

// A place is what an assignment changes: a bin, or an element of the list or map in it.
type place struct {
	bin  string
	path []bind.Expr
	from []bind.Expr // see BinChange
}

// is reports whether an expression is the value of the place. If that is not known until the
// statement runs it sets from.
func (p *place) is(e bind.Expr) bool {
	if len(p.path) == 0 {
		return isBin(e, p.bin)
	}
	x, ok := e.(*bind.Path)
	if !ok || x.Through != nil || len(x.Steps) != len(p.path) || !isBin(x.X, p.bin) {
		return false
	}
	var from []bind.Expr
	for i, step := range x.Steps {
		switch a, b := constantOf(step), constantOf(p.path[i]); {
		case a == nil && !isFixed(step):
			return false
		case a == nil || b == nil:
			from = x.Steps
		case a.Kind() != b.Kind() || protocol.Compare(*a, *b) != 0:
			return false
		}
	}
	p.from = from
	return true
}

// constantOf returns the value of a constant, or nil.
func constantOf(e bind.Expr) *protocol.Value {
	if c, ok := e.(*bind.Const); ok {
		return &c.Value
	}
	return nil
}

// apart reports whether two places are certainly different and not part of each other.
func apart(p, q []bind.Expr) bool {
	for i := range min(len(p), len(q)) {
		a, b := constantOf(p[i]), constantOf(q[i])
		if a == nil || b == nil {
			continue
		}
		x, isInt := a.Int()
		y, both := b.Int()
		switch {
		case a.Kind() != b.Kind():
			return true
		case isInt && both && (x < 0) != (y < 0): // may be the same index of a list
		case protocol.Compare(*a, *b) != 0:
			return true
		}
	}
	return false
}

// computeOverlapping makes sure that each value is computed from the record as it was: an operation
// on an element would see what an operation before it has changed.
func computeOverlapping(set []BinChange) {
	for i := range set {
		if set[i].Op != BinCall && (set[i].Op != BinAdd || len(set[i].Path) == 0) {
			continue
		}
		for _, before := range set[:i] {
			if before.Bin == set[i].Bin && !apart(before.Path, set[i].Path) {
				set[i].Computed = true
			}
		}
	}
}

// changingCalls returns the functions whose calls change the value of a place, if their other
// arguments don't read the record. It returns nil for any other value.
func changingCalls(value bind.Expr, target *place, r *bind.Relation) (calls []*bind.Call) {
	call, ok := value.(*bind.Call)
	if !ok || call.Function.Change == nil {
		return nil
	}
	if len(target.path) > 0 && call.Function.Params[0].Kinds&(function.List|function.Map) == 0 {
		return nil // the servers change blobs and HyperLogLog values only as whole bins
	}
	for _, arg := range call.Args[1:] {
		if readsRow(arg, r) || natureOf(arg).subquery {
			return nil
		}
	}
	if target.is(call.Args[0]) {
		return []*bind.Call{call}
	}
	if calls = changingCalls(call.Args[0], target, r); calls == nil {
		return nil
	}
	return append(calls, call)
}

// addable reports whether any result of an operation is a value of the type.
func addable(t function.Type, op BinOp) bool {
	switch t.Family {
	case function.Integers, function.Floats:
		return op == BinAdd
	case function.Strings, function.Blobs:
		return op != BinAdd
	}
	return false
}

// inPlace returns the operation for a value that the server can compute from that of the place: n +
// x, x + n, n - x, s || x and x || s, where x does not read the record. Operands is nil for any
// other value. Starts reports whether the place is a term of a sum, or a part of a concatenation.
func inPlace(value bind.Expr, target *place, r *bind.Relation) (op BinOp, operands []Operand, before int, starts bool) {
	a, ok := value.(*bind.Arithmetic)
	if !ok || a.Op != ast.OpAdd && a.Op != ast.OpSubtract && a.Op != ast.OpConcat {
		return BinPut, nil, 0, false
	}
	var terms []Operand
	if a.Op == ast.OpConcat {
		terms = termsOf(nil, a, ast.OpConcat, ast.OpConcat)
		op = BinAppend
	} else {
		terms = termsOf(nil, a, ast.OpAdd, ast.OpSubtract)
		op = BinAdd
	}
	at := slices.IndexFunc(terms, func(t Operand) bool { return !t.Negative && target.is(t.X) })
	if at < 0 {
		return BinPut, nil, 0, false
	}
	rest := slices.Delete(slices.Clone(terms), at, at+1)
	if slices.ContainsFunc(rest, func(t Operand) bool { return readsRow(t.X, r) || natureOf(t.X).subquery }) {
		return op, nil, 0, true
	}
	switch {
	case op == BinAppend && at > 0 && at < len(terms)-1:
		return op, nil, 0, true
	case op == BinAppend && at > 0:
		op = BinPrepend
	}
	return op, rest, at, true
}

// readsRow reports whether an expression reads a column of a relation.
func readsRow(e bind.Expr, r *bind.Relation) bool {
	reads := false
	EachColumn(e, func(c *bind.Column) { reads = reads || c.Relation == r })
	return reads
}

// termsOf appends the terms of a sum or concatenation that is evaluated from left to right.
func termsOf(terms []Operand, e bind.Expr, plus, minus ast.Operator) []Operand {
	if a, ok := e.(*bind.Arithmetic); ok && (a.Op == plus || a.Op == minus) {
		terms = termsOf(terms, a.X, plus, minus)
		return append(terms, Operand{X: a.Y, Negative: a.Op != plus})
	}
	return append(terms, Operand{X: e})
}

func isBin(e bind.Expr, bin string) bool {
	c, ok := e.(*bind.Column)
	return ok && c.Depth == 0 && c.Relation != nil && c.Relation.IsSet && c.Relation.Columns[c.Index].Bin == bin
}

// takeGeneration returns x if one of the conditions of a Scan of one key is __generation = x, and
// the other conditions: the server checks the generation.
func takeGeneration(conditions []bind.Expr) (generation bind.Expr, rest []bind.Expr) {
	for i, e := range conditions {
		c, ok := e.(*bind.Compare)
		if !ok || c.Op != ast.OpEqual {
			continue
		}
		x, y := c.X, c.Y
		if !isGeneration(x) {
			x, y = y, x
		}
		if isGeneration(x) && isFixed(y) {
			return y, slices.Delete(slices.Clone(conditions), i, i+1)
		}
	}
	return nil, conditions
}

func isGeneration(e bind.Expr) bool {
	c, ok := e.(*bind.Column)
	return ok && c.Depth == 0 && c.Relation != nil && c.Relation.Columns[c.Index].Pseudo == bind.Generation
}
