package exec

import (
	"io"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// explain returns the plan of a statement as rows. ANALYZE runs the statement first. Without its
// arguments the statement is not lowered.
func (e *Engine) explain(x *execution, p *plan.Explain, lowered bool) (*Result, error) {
	query, isQuery := p.Statement.(*plan.Block)
	if !isQuery && !plan.Writes(p.Statement) {
		return nil, ast.Errorf(ast.ErrUnsupported, "EXPLAIN shows plans of queries and of statements that change records; this statement has none")
	}
	x.accesses = make(map[*plan.Scan]*plan.Access)
	var err error
	switch {
	case p.Analyze:
		x.counters = make(map[plan.Node]*plan.Counters)
		err = x.analyze(p.Statement)
		for _, o := range x.observers {
			o.finish()
		}
	case !lowered:
	case isQuery:
		x.explaining = true
		err = x.lowerAll(query)
	default:
		x.explaining = true
		err = x.lowerWrite(p.Statement)
	}
	if err != nil {
		return nil, err
	}
	analysis := &plan.Analysis{Accesses: x.accesses, Counters: x.counters, Write: x.written}
	if p.JSON {
		return explained([]string{string(plan.ExplainStatementJSON(p.Statement, analysis))}), nil
	}
	return explained(plan.ExplainStatementText(p.Statement, analysis)), nil
}

// analyze runs a statement to its end.
func (x *execution) analyze(s plan.Statement) error {
	var result *Result
	var err error
	if query, ok := s.(*plan.Block); ok {
		result, err = x.engine.query(x, query)
	} else {
		result, err = x.analyzeWrite(s)
	}
	if err != nil || result.Rows == nil {
		return err
	}
	return drain(result.Rows)
}

// analyzeWrite runs a statement that writes and counts what it does.
func (x *execution) analyzeWrite(s plan.Statement) (*Result, error) {
	x.written = &plan.Counters{Opened: 1}
	o := x.observe(x.written)
	x.ctx = o.within(x.ctx, x.engine.client)
	start := time.Now()
	result, err := x.write(s)
	if err != nil {
		return nil, err
	}
	x.written.Rows, x.written.Time = result.Affected, time.Since(start)
	o.finish()
	for _, n := range x.written.Nodes {
		x.written.Commands += n.Commands
		x.written.Records += n.Records
		x.written.Bytes += n.Bytes
	}
	return result, nil
}

// lowerAll lowers the scans of a query without running them. The conditions of scans in subqueries
// can read outer rows, which there are none of, so these scans have no access.
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
