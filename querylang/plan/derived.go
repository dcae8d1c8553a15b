package plan

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// derived plans a derived table, a view or a common table. Conditions move into its query where
// that is possible, so that views are read by keys and indexes.
func (f *fromPlanner) derived(s *bind.Source, conditions []bind.Expr) (Node, error) {
	query := s.Query
	var rest, moved []bind.Expr
	for _, e := range conditions {
		if inner, ok := intoQuery(query, s.Relation, e); ok {
			moved = append(moved, inner)
		} else {
			rest = append(rest, e)
		}
	}
	if len(moved) > 0 {
		query = withCondition(query, moved)
	}
	b, err := planQuery(query, f.options)
	if err != nil {
		return nil, err
	}
	return &Derived{Relation: s.Relation, Query: b, Conditions: rest}, nil
}

// intoQuery returns a condition on the output of a query as a condition on the rows of its FROM. It
// returns false if the two are not the same: below a LIMIT or an aggregate.
func intoQuery(q *bind.Query, r *bind.Relation, e bind.Expr) (bind.Expr, bool) {
	b, ok := q.Body.(*bind.Block)
	if !ok || b.Aggregated || q.Limit != nil || q.Offset != nil {
		return nil, false
	}
	movable := true
	inner, ok := substitute(e, func(c *bind.Column) bind.Expr {
		x := b.Items[r.Columns[c.Index].Output]
		if n := natureOf(x); n.volatile || n.subquery || n.outer {
			movable = false
		}
		return x
	})
	return inner, ok && movable
}

// withCondition returns a query of a block with further conditions.
func withCondition(q *bind.Query, conditions []bind.Expr) *bind.Query {
	query, block := *q, *q.Body.(*bind.Block)
	if block.Where != nil {
		conditions = append([]bind.Expr{block.Where}, conditions...)
	}
	if len(conditions) == 1 {
		block.Where = conditions[0]
	} else {
		block.Where = &bind.Logic{Op: ast.OpAnd, Operands: conditions}
	}
	query.Body = &block
	return &query
}
