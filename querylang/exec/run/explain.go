package run

import (
	"io"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// explain returns the plan of a query as rows. ANALYZE runs the query first.
func (e *Engine) explain(x *execution, p *plan.Explain) (*Result, error) {
	query, ok := p.Statement.(*plan.Block)
	if !ok {
		return nil, ast.Errorf(ast.ErrUnsupported, "EXPLAIN of %T", p.Statement)
	}
	x.accesses = make(map[*plan.Scan]*plan.Access)
	if p.Analyze {
		x.counters = make(map[plan.Node]*plan.Counters)
		result, err := e.query(x, query)
		if err != nil {
			return nil, err
		}
		if err := drain(result.Rows); err != nil {
			return nil, err
		}
	} else {
		x.explaining = true
		if err := x.lowerAll(query); err != nil {
			return nil, err
		}
	}
	analysis := &plan.Analysis{Accesses: x.accesses, Counters: x.counters}
	if p.JSON {
		return explained([]string{string(plan.ExplainJSON(query, analysis))}), nil
	}
	return explained(plan.ExplainText(query, analysis)), nil
}

// lowerAll lowers the scans of a query without running them. The conditions of scans in subqueries
// can read rows that there are not, so these have no access.
func (x *execution) lowerAll(query *plan.Block) error {
	b, err := x.newBlock(query, nil, false)
	if err != nil {
		return err
	}
	for _, s := range b.scans {
		if err := s.lower(s.node); err != nil {
			return err
		}
	}
	return nil
}

// explained returns a row for each line.
func explained(lines []string) *Result {
	rows := &Rows{columns: []bind.OutputColumn{{Name: "plan", Kinds: function.String}}}
	for _, line := range lines {
		rows.fixed = append(rows.fixed, []protocol.Value{protocol.String(line)})
	}
	return &Result{Rows: rows}
}

// drain reads rows to the end and closes them.
func drain(rows *Rows) error {
	defer rows.Close()
	dest := make([]protocol.Value, len(rows.columns))
	for {
		if err := rows.Next(dest); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}
