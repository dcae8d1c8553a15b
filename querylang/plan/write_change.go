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
	BinAdd                  // add the operands to the number in the bin; a missing bin is 0
	BinAppend               // append the operands to the string or blob; a missing bin is empty
	BinPrepend              // prepend the operands to the string or blob; a missing bin is empty
	BinPath                 // store the value as an element of a list or map
	BinCall                 // change the list or map in the bin as the function does, with the operands
)

// A BinChange is a change of one bin.
type BinChange struct {
	*bind.Assignment
	// Op is an operation of the server that gives the same value as Value, with these Operands; or
	// BinPut.
	Op       BinOp
	Operands []Operand
	// Computed means that Value reads the record and that there is no Op for it.
	Computed bool
	// Start is what a missing bin counts as in Value: 0 in n = n + 1, an empty string in s = s ||
	// x, NULL otherwise. A table that is declared has no missing bins, only NULL.
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
	declared := r.Table != nil
	c := BinChange{Assignment: a, Computed: readsRow(a.Value, r)}
	if len(a.Path) > 0 {
		c.Computed = c.Computed || exact || slices.ContainsFunc(a.Path, func(step bind.Expr) bool { return readsRow(step, r) })
		if !c.Computed {
			c.Op = BinPath
		}
		return c
	}
	if !c.Computed {
		return c
	}
	if operands := changedCollection(a.Value, a.Bin, r); operands != nil && !exact && a.Type.Family == function.Undeclared {
		c.Op, c.Operands, c.Computed = BinCall, operands, false
		return c
	}
	op, operands, starts := inPlace(a.Value, a.Bin, r)
	if starts && !declared {
		c.Start = protocol.Int(0)
		if op != BinAdd {
			c.Start = protocol.String("")
		}
	}
	if operands != nil && !exact && (!declared || a.NotNull && addable(a.Type, op)) {
		c.Op, c.Operands, c.Computed = op, operands, false
	}
	return c
}

// changedCollection returns the arguments after the first one of a function that changes the list
// or map in the bin, if they don't read the record.
func changedCollection(value bind.Expr, bin string, r *bind.Relation) (operands []Operand) {
	call, ok := value.(*bind.Call)
	if !ok || !function.ChangesCollection(call.Function) || !isBin(call.Args[0], bin) {
		return nil
	}
	for _, arg := range call.Args[1:] {
		if readsRow(arg, r) || natureOf(arg).subquery {
			return nil
		}
		operands = append(operands, Operand{X: arg})
	}
	return operands
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

// inPlace returns the operation for a value that the server can compute from the bin: n + x, x + n,
// n - x, s || x and x || s, where x does not read the record. Operands is nil for any other value.
// Starts reports whether the bin itself is a term of a sum, or a part of a concatenation.
func inPlace(value bind.Expr, bin string, r *bind.Relation) (op BinOp, operands []Operand, starts bool) {
	a, ok := value.(*bind.Arithmetic)
	if !ok || a.Op != ast.OpAdd && a.Op != ast.OpSubtract && a.Op != ast.OpConcat {
		return BinPut, nil, false
	}
	var terms []Operand
	if a.Op == ast.OpConcat {
		terms = termsOf(nil, a, ast.OpConcat, ast.OpConcat)
		op = BinAppend
	} else {
		terms = termsOf(nil, a, ast.OpAdd, ast.OpSubtract)
		op = BinAdd
	}
	at := slices.IndexFunc(terms, func(t Operand) bool { return !t.Negative && isBin(t.X, bin) })
	if at < 0 {
		return BinPut, nil, false
	}
	rest := slices.Delete(slices.Clone(terms), at, at+1)
	if slices.ContainsFunc(rest, func(t Operand) bool { return readsRow(t.X, r) || natureOf(t.X).subquery }) {
		return op, nil, true
	}
	switch {
	case op == BinAppend && at > 0 && at < len(terms)-1:
		return op, nil, true
	case op == BinAppend && at > 0:
		op = BinPrepend
	}
	return op, rest, true
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
