package exec

import (
	"context"
	"io"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// read runs a SELECT.
func (r *Runner) read(ctx context.Context, p *querylang.ReadPlan, args []protocol.Value) (*Rows, error) {
	limit, err := limitOf(p.Limit, args)
	if err != nil {
		return nil, err
	}
	rows := &Rows{filter: p.Source.Filter, limit: limit, eval: newEvaluator(args)}
	if limit == 0 {
		return rows.withColumns(p)
	}
	maxRecords := int64(0)
	if limit > 0 && p.Source.Filter == nil && !p.Count {
		maxRecords = limit
	}
	if rows.cursor, err = r.open(ctx, &p.Source, p.Projection, args, maxRecords); err != nil {
		return nil, err
	}
	if p.Count {
		return rows.count(p)
	}
	return rows.withColumns(p)
}

// withColumns sets the columns. For * it reads ahead.
func (r *Rows) withColumns(p *querylang.ReadPlan) (*Rows, error) {
	if slices.ContainsFunc(p.Columns, func(c querylang.OutputColumn) bool { return c.Star }) {
		if err := r.expandStar(p.Columns); err != nil {
			r.end(err)
			return nil, err
		}
		return r, nil
	}
	r.columns, r.exprs = make([]string, 0, len(p.Columns)), make([]querylang.Expr, 0, len(p.Columns))
	for _, c := range p.Columns {
		r.addColumn(c.Name, c.Expr)
	}
	if c, ok := r.cursor.(*sliceCursor); ok {
		r.ahead, c.records = c.records, nil
		if err := r.keepMatching(); err != nil {
			r.end(err)
			return nil, err
		}
	}
	return r, nil
}

// keepMatching drops the records read ahead that don't match the filter.
func (r *Rows) keepMatching() error {
	kept := r.ahead[:0]
	for _, record := range r.ahead {
		matches, err := r.eval.matches(r.filter, record)
		if err != nil {
			return err
		}
		if matches {
			kept = append(kept, record)
		}
	}
	r.ahead = kept
	return nil
}

// count reads all records and returns one row with their number.
func (r *Rows) count(p *querylang.ReadPlan) (*Rows, error) {
	n := int64(0)
	for {
		_, err := r.fetch()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		n++
	}
	return &Rows{columns: []string{p.Columns[0].Name}, fixed: [][]protocol.Value{{protocol.Int(n)}}}, nil
}

// limitOf returns the value of LIMIT, or -1 if there is no LIMIT.
func limitOf(e querylang.Expr, args []protocol.Value) (int64, error) {
	if e == nil {
		return -1, nil
	}
	v := querylang.Eval(e, &querylang.Env{Args: args})
	if n, ok := v.Int(); ok && n >= 0 {
		return n, nil
	}
	return 0, &querylang.Error{Kind: querylang.ErrArguments, Message: "LIMIT must be a non-negative integer, not " + v.String()}
}
