package plan

import (
	"fmt"
	"maps"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// Query plans a bound query. Queries in its expressions are planned too; see Block.Subqueries. The
// plan shares the expressions of the query.
func Query(q *bind.Query) (*Block, error) { return planQuery(q, nil) }

// planQuery plans a query with the options of the queries around it.
func planQuery(q *bind.Query, options map[string]bind.Expr) (*Block, error) {
	p := &planner{block: &Block{Columns: q.Columns, Subqueries: make(map[int]*Block)}}
	root, err := p.query(q, options)
	if err != nil {
		return nil, err
	}
	pushLimit(root, rowLimit{})
	p.block.Root = root
	return p.block, nil
}

// A planner plans a query.
type planner struct {
	block *Block
}

// query returns the node whose output is the query's rows, in their order and within their limit.
func (p *planner) query(q *bind.Query, options map[string]bind.Expr) (Node, error) {
	options = merged(options, q.Options)
	switch body := q.Body.(type) {
	case *bind.Block:
		return p.blockRows(q, body, options)
	case *bind.Values:
		width := 0
		for _, row := range body.Rows {
			width = len(row)
		}
		return ordered(&Values{Rows: body.Rows, Width: width}, q), p.subqueries(nil, options)
	case *bind.SetOperation:
		return p.setOperation(q, body, options)
	case *bind.Query:
		inner, err := p.query(body, options)
		return ordered(inner, q), err
	}
	return nil, fmt.Errorf("plan: no plan for %T", q.Body)
}

// merged returns the options of a query, which replace those of the queries around it.
func merged(outer, own map[string]bind.Expr) map[string]bind.Expr {
	if len(own) == 0 {
		return outer
	}
	options := maps.Clone(outer)
	if options == nil {
		options = make(map[string]bind.Expr, len(own))
	}
	maps.Copy(options, own)
	return options
}

func (p *planner) setOperation(q *bind.Query, s *bind.SetOperation, options map[string]bind.Expr) (Node, error) {
	left, err := p.query(s.Left, options)
	if err != nil {
		return nil, err
	}
	right, err := p.query(s.Right, options)
	if err != nil {
		return nil, err
	}
	n := &SetOperation{Op: s.Op, All: s.All, Left: left, Right: right, Width: len(q.Columns)}
	return ordered(n, q), nil
}

// blockRows plans a SELECT with its ORDER BY and LIMIT.
func (p *planner) blockRows(q *bind.Query, b *bind.Block, options map[string]bind.Expr) (Node, error) {
	if err := p.subqueries(b.Subqueries, options); err != nil {
		return nil, err
	}
	f := &fromPlanner{planner: p, options: options, star: b.Star}
	n, err := f.plan(b.From, b.Where)
	if err != nil {
		return nil, err
	}
	if b.Aggregated {
		n = aggregated(n, b)
	}
	project := &Project{Items: b.Items}
	if !b.Distinct && !q.OrderOnOutput {
		project.Input = ordered(n, q)
		n = project
	} else {
		project.Input = n
		n = project
		if b.Distinct {
			n = &Distinct{Input: n, Width: len(q.Columns)}
		}
		n = ordered(n, q)
	}
	extract(n, f.scans, b.Width)
	markNeeded(n, f.scans)
	return n, nil
}

// aggregated adds the grouping and the HAVING of a block.
func aggregated(n Node, b *bind.Block) Node {
	a := &Aggregate{Input: n, Groups: b.Groups, Calls: b.Aggregates}
	if _, ok := n.(*Scan); ok && len(a.Groups) == 0 && len(a.Calls) == 1 {
		call := a.Calls[0]
		a.CountOnly = call.Star && !call.Distinct && call.Filter == nil
	}
	var having []bind.Expr
	for _, e := range split(nil, []bind.Expr{b.Having}, ast.OpAnd, true) {
		if !isConst(e, true) {
			having = append(having, e)
		}
	}
	if len(having) == 0 {
		return a
	}
	return &Filter{Input: a, Conditions: having}
}

// ordered adds the ORDER BY and the LIMIT of a query. A Sort with a limit keeps only the first
// rows.
func ordered(n Node, q *bind.Query) Node {
	if len(q.Order) > 0 {
		return &Sort{Input: n, Keys: q.Order, Limit: q.Limit, Offset: q.Offset}
	}
	if q.Limit != nil || q.Offset != nil {
		return &Limit{Input: n, Limit: q.Limit, Offset: q.Offset}
	}
	return n
}

// subqueries plans the queries of a block's expressions.
func (p *planner) subqueries(list []*bind.Subquery, options map[string]bind.Expr) error {
	for _, s := range list {
		b, err := planQuery(s.Query, options)
		if err != nil {
			return err
		}
		p.block.Subqueries[s.ID] = b
	}
	return nil
}

// AllSubqueries returns the plans of all subqueries of a plan, also those in derived tables and in
// other subqueries, by bind.Subquery.ID.
func AllSubqueries(b *Block) map[int]*Block {
	all := make(map[int]*Block)
	collectSubqueries(all, b)
	return all
}

func collectSubqueries(all map[int]*Block, b *Block) {
	for id, s := range b.Subqueries {
		all[id] = s
		collectSubqueries(all, s)
	}
	walkNodes(b.Root, func(n Node) {
		if d, ok := n.(*Derived); ok {
			collectSubqueries(all, d.Query)
		}
	})
}

// walkNodes calls f for a node and the nodes below it, but not for those of derived tables.
func walkNodes(n Node, f func(Node)) {
	f(n)
	if _, ok := n.(*Derived); ok {
		return
	}
	for _, input := range n.Inputs() {
		walkNodes(input, f)
	}
}
