package exec

import (
	"context"
	"fmt"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// An execution is one run of a statement.
type execution struct {
	engine *Engine
	// ctx is the context of the statement, for subqueries, which run inside of expressions.
	ctx    context.Context
	run    *bind.Run
	budget *budget
	// blocks are the plans of the subqueries by their IDs, and subqueries those that have run.
	blocks     map[int]*plan.Block
	subqueries map[int]*subquery
	// accesses and counters are nil unless the plan is explained.
	accesses   map[*plan.Scan]*plan.Access
	counters   map[plan.Node]*plan.Counters
	explaining bool // nothing is sent
	// cause is the server's refusal to compute the change of the statement's only record, or nil.
	// After a refusal the record is read before it is written.
	cause     error
	observers []*nodeObserver
	written   *plan.Counters // of a statement that writes
}

// A block is a tree of operators. It can run several times, with other outer rows.
type block struct {
	x          *execution
	root       operator
	outer      *bind.Env
	envs       []*bind.Env
	correlated bool
	scans      []*scan
	derived    []*block
}

// newBlock builds the operators of a plan.
func (x *execution) newBlock(p *plan.Block, outer *bind.Env, correlated bool) (*block, error) {
	for id, sub := range p.Subqueries {
		x.blocks[id] = sub
	}
	b := &block{x: x, outer: outer, correlated: correlated}
	var err error
	b.root, err = b.build(p.Root, nil)
	return b, err
}

// newEnv returns an environment of the block with a row of a width.
func (b *block) newEnv(width int) *bind.Env {
	env := &bind.Env{Row: make([]protocol.Value, width), Outer: b.outer, Run: b.x.run}
	b.envs = append(b.envs, env)
	return env
}

// within sets the row of the enclosing block.
func (b *block) within(outer *bind.Env) {
	b.outer = outer
	for _, env := range b.envs {
		env.Outer = outer
	}
	for _, d := range b.derived {
		d.within(outer)
	}
}

// frameWidth returns the width of the frame that the nodes of a FROM share.
func frameWidth(n plan.Node) int {
	width := 0
	for _, s := range spansOf(n) {
		width = max(width, s.to)
	}
	return width
}

// spansOf returns the parts of the frame that a node of a FROM fills.
func spansOf(n plan.Node) []span {
	var spans []span
	of := func(r *bind.Relation) {
		spans = append(spans, span{from: r.Base, to: r.Base + len(r.Columns)})
	}
	switch n := n.(type) {
	case *plan.Scan:
		of(n.Relation)
		if n.Extracts != nil {
			of(n.Extracts.Relation)
		}
		return spans
	case *plan.Derived:
		of(n.Relation)
		return spans
	case *plan.Unnest:
		of(n.Relation)
	case *plan.Project, *plan.Aggregate, *plan.Values, *plan.SetOperation:
		return nil
	}
	for _, input := range n.Inputs() {
		spans = append(spans, spansOf(input)...)
	}
	return spans
}

// build returns the operator of a node. The env is that of the frame if the node belongs to a FROM
// whose frame exists already, nil otherwise.
func (b *block) build(n plan.Node, env *bind.Env) (operator, error) {
	o, err := b.operator(n, env)
	if err != nil || b.x.counters == nil {
		return o, err
	}
	c := b.x.countersOf(n)
	if s, ok := o.(*scan); ok {
		s.reader.counters, s.reader.nodes = c, b.x.observe(c)
	}
	return &counted{operator: o, counters: c}, nil
}

// countersOf returns the counters of a node.
func (x *execution) countersOf(n plan.Node) *plan.Counters {
	c := x.counters[n]
	if c == nil {
		c = &plan.Counters{}
		x.counters[n] = c
	}
	return c
}

// account returns an account for an operator.
func (b *block) account() account { return account{budget: b.x.budget} }

// operator returns the operator of a node without its counters.
func (b *block) operator(n plan.Node, env *bind.Env) (operator, error) {
	switch n := n.(type) {
	case *plan.Scan, *plan.Derived, *plan.Unnest, *plan.OneRow, *plan.Join:
		if env == nil {
			env = b.newEnv(frameWidth(n))
		}
		return b.from(n, env)
	case *plan.Values:
		return &valuesRows{rows: n.Rows, env: b.newEnv(0), out: make([]protocol.Value, n.Width)}, nil
	case *plan.SetOperation:
		left, err := b.build(n.Left, nil)
		if err != nil {
			return nil, err
		}
		right, err := b.build(n.Right, nil)
		return &setOperation{
			op: n.Op, all: n.All, left: left, right: right, width: n.Width, out: make([]protocol.Value, n.Width),
			rights: keySet{account: b.account()}, given: keySet{account: b.account()},
		}, err
	}
	inputs := n.Inputs()
	if len(inputs) != 1 {
		return nil, fmt.Errorf("plan: no operator for %T", n)
	}
	input, err := b.build(inputs[0], env)
	if err != nil {
		return nil, err
	}
	above := env
	if above == nil {
		above = b.rowEnv(input.row())
	}
	switch n := n.(type) {
	case *plan.Filter:
		return &filter{input: input, conditions: n.Conditions, once: n.Once, env: above}, nil
	case *plan.Aggregate:
		return &aggregate{
			input: input, groups: n.Groups, calls: n.Calls, env: above, account: b.account(),
			out: make([]protocol.Value, len(n.Groups)+len(n.Calls)),
		}, nil
	case *plan.Sort:
		return &sorter{input: input, keys: n.Keys, limit: n.Limit, offset: n.Offset, env: above, account: b.account()}, nil
	case *plan.Limit:
		return &limit{input: input, limit: n.Limit, offset: n.Offset, env: above}, nil
	case *plan.Project:
		return &project{input: input, items: n.Items, env: above, out: make([]protocol.Value, len(n.Items))}, nil
	case *plan.Distinct:
		return &distinct{input: input, width: n.Width, seen: keySet{account: b.account()}}, nil
	}
	return nil, fmt.Errorf("plan: no operator for %T", n)
}

// rowEnv returns an environment whose row is that of an operator.
func (b *block) rowEnv(row []protocol.Value) *bind.Env {
	env := b.newEnv(0)
	env.Row = row
	return env
}

// from returns the operator of a node that fills a part of a frame.
func (b *block) from(n plan.Node, env *bind.Env) (operator, error) {
	switch n := n.(type) {
	case *plan.Scan:
		return b.newScan(n, env), nil
	case *plan.OneRow:
		return &oneRow{frame: env.Row}, nil
	case *plan.Derived:
		query, err := b.x.newBlock(n.Query, b.outer, b.correlated)
		if err != nil {
			return nil, err
		}
		b.derived = append(b.derived, query)
		b.scans = append(b.scans, query.scans...)
		return &derived{input: query.root, relation: n.Relation, conditions: n.Conditions, env: env}, nil
	case *plan.Unnest:
		o := &unnest{relation: n.Relation, x: n.X, ordinality: n.Ordinality, outer: n.Outer, env: env}
		if n.On != nil {
			o.on = []bind.Expr{n.On}
		}
		if n.Input == nil {
			return o, nil
		}
		var err error
		o.input, err = b.build(n.Input, env)
		return o, err
	case *plan.Join:
		return b.join(n, env)
	}
	return nil, fmt.Errorf("plan: no operator for %T", n)
}

func (b *block) newScan(n *plan.Scan, env *bind.Env) *scan {
	s := &scan{x: b.x, node: n, env: env, spans: spansOf(n), correlated: b.correlated, reader: reader{engine: b.x.engine, account: b.account()}}
	b.scans = append(b.scans, s)
	return s
}

// join returns the operator of a join.
func (b *block) join(n *plan.Join, env *bind.Env) (operator, error) {
	left, err := b.build(n.Left, env)
	if err != nil {
		return nil, err
	}
	if right, ok := n.Right.(*plan.Scan); ok && n.Method == plan.LookupJoin {
		s := &scan{x: b.x, node: right, env: env, spans: spansOf(right), reader: reader{engine: b.x.engine, account: b.account()}}
		if b.x.counters != nil {
			s.reader.counters = b.x.countersOf(right)
			s.reader.nodes = b.x.observe(s.reader.counters)
		}
		return &lookup{
			left: left, right: s, key: n.LeftKeys[0], on: n.On, outer: n.Outer, env: env,
			spans: spansOf(n.Left), named: keyNamers(n.Names, n.Named), kept: keptRows{account: b.account()}, account: b.account(),
		}, nil
	}
	right, err := b.build(n.Right, env)
	if err != nil {
		return nil, err
	}
	spans := spansOf(n.Right)
	o := &join{left: left, outer: n.Outer, on: n.On, env: env, right: spans, named: keyNamers(n.Names, n.Named)}
	if n.Method == plan.HashJoin {
		o.matcher = &hash{
			right: right, spans: spans, leftKeys: n.LeftKeys, rightKeys: n.RightKeys, keySets: n.KeySets, env: env, account: b.account(),
		}
		return o, nil
	}
	o.matcher = &loop{right: right, spans: spans, kept: keptRows{account: b.account()}}
	return o, nil
}

// counted counts what an operator does, for EXPLAIN ANALYZE.
type counted struct {
	operator
	counters *plan.Counters
}

func (o *counted) open(ctx context.Context) error {
	o.counters.Opened++
	defer o.measure(time.Now())
	return o.operator.open(ctx)
}

func (o *counted) next(ctx context.Context) (bool, error) {
	defer o.measure(time.Now())
	more, err := o.operator.next(ctx)
	if more {
		o.counters.Rows++
	}
	return more, err
}

func (o *counted) measure(start time.Time) {
	o.counters.Time += time.Since(start)
	switch op := o.operator.(type) {
	case *sorter:
		o.counters.Memory = max(o.counters.Memory, op.account.peak)
	case *aggregate:
		o.counters.Memory = max(o.counters.Memory, op.account.peak)
	case *distinct:
		o.counters.Memory = max(o.counters.Memory, op.seen.account.peak)
	case *setOperation:
		o.counters.Memory = max(o.counters.Memory, op.rights.account.peak+op.given.account.peak)
	case *lookup:
		o.counters.Memory = max(o.counters.Memory, op.kept.account.peak)
	case *join:
		switch m := op.matcher.(type) {
		case *loop:
			o.counters.Memory = max(o.counters.Memory, m.kept.account.peak)
		case *hash:
			o.counters.Memory = max(o.counters.Memory, m.account.peak)
		}
	}
}
