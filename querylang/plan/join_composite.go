package plan

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// compositeKeys returns, for a join with a table whose PRIMARY KEY has several columns, what gives
// its user key: the values of the left side and constants that equal the columns, and the columns.
// It returns false unless all columns are given, and at least one by the left side.
func compositeKeys(right Node, left, rights relationSet, conjuncts []*conjunct) (values, columns []bind.Expr, ok bool) {
	s, isScan := right.(*Scan)
	if !isScan || s.Partitions != nil || s.Sample != nil || rankOf(s) <= rankKeys {
		return nil, nil, false
	}
	table := s.Relation.Table
	if table == nil || table.KeyColumns == nil {
		return nil, nil, false
	}
	joined := false
	for _, at := range table.KeyColumns {
		column, value, fromLeft := keyPartOf(s, table.Columns[at].Bin, left, rights, conjuncts)
		if value == nil {
			return nil, nil, false
		}
		values, columns, joined = append(values, value), append(columns, column), joined || fromLeft
	}
	return values, columns, joined
}

// keyPartOf returns a column of a table's key and what it equals, which is a value of the left side
// or has one value in a run, or nil.
func keyPartOf(s *Scan, bin string, left, rights relationSet, conjuncts []*conjunct) (column, value bind.Expr, fromLeft bool) {
	for _, c := range conjuncts {
		if c.used {
			continue
		}
		if k, ok := joinKeyOf(c, left, rights); ok && isColumnOf(k.right, s.Relation, bin) {
			return k.right, k.left, true
		}
	}
	for _, e := range s.Conditions {
		c, ok := e.(*bind.Compare)
		switch {
		case !ok || c.Op != ast.OpEqual || !sameUnits(c.X.Type(), c.Y.Type()):
		case isColumnOf(c.X, s.Relation, bin) && allConstant([]bind.Expr{c.Y}):
			return c.X, c.Y, false
		case isColumnOf(c.Y, s.Relation, bin) && allConstant([]bind.Expr{c.X}):
			return c.Y, c.X, false
		}
	}
	return nil, nil, false
}

// isColumnOf reports whether an expression is the column of a bin of a relation of the block.
func isColumnOf(e bind.Expr, r *bind.Relation, bin string) bool {
	c, ok := e.(*bind.Column)
	return ok && c.Depth == 0 && c.Relation == r && r.Columns[c.Index].Bin == bin
}

// compositeKey returns the user key that the values of the columns of a key make.
func compositeKey(parts []bind.Expr) bind.Expr {
	f := function.Lookup("COMPOSITE_KEY")
	of, can := f.Result(nil)
	return &bind.Call{Function: f, Args: parts, Of: of, Can: can, Pos: parts[0].Position()}
}
