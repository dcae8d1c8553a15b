package exec

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// A span is a part of a frame.
type span struct{ from, to int }

// A matcher finds the right rows for a left row of a join.
type matcher interface {
	// prepare is called once when the join opens.
	prepare(ctx context.Context) error
	// candidates returns the rows of the right side that can match the left row in the frame.
	candidates(ctx context.Context) ([][]protocol.Value, error)
	close()
}

// join joins the rows of its left input with those of a matcher. Left and right are in one frame.
type join struct {
	left    operator
	matcher matcher
	outer   bool
	on      []bind.Expr
	env     *bind.Env
	right   []span
	named   []keyNamer
	rows    [][]protocol.Value // candidates that are left
	active  bool               // there is a left row
	matched bool
	interrupter
}

func (o *join) open(ctx context.Context) error {
	o.rows, o.active = nil, false
	if err := o.matcher.prepare(ctx); err != nil {
		return err
	}
	return o.left.open(ctx)
}

func (o *join) next(ctx context.Context) (bool, error) {
	for {
		for len(o.rows) > 0 {
			putSpans(o.env.Row, o.right, o.rows[0])
			o.rows = o.rows[1:]
			if err := o.check(ctx); err != nil {
				return false, err
			}
			nameAll(o.named, o.env)
			holds, err := meets(o.on, o.env)
			if holds || err != nil {
				o.matched = true
				return holds, err
			}
		}
		if o.active && !o.matched && o.outer {
			o.active = false
			putSpans(o.env.Row, o.right, nil)
			return true, nil
		}
		more, err := o.left.next(ctx)
		if err != nil || !more {
			return false, err
		}
		o.active, o.matched = true, false
		if o.rows, err = o.matcher.candidates(ctx); err != nil {
			return false, err
		}
	}
}

func (o *join) close() {
	o.left.close()
	o.matcher.close()
	o.rows = nil
}

func (o *join) row() []protocol.Value { return o.env.Row }

// putSpans copies a kept row into its spans of the frame. A nil row stands for NULLs.
func putSpans(frame []protocol.Value, spans []span, row []protocol.Value) {
	for _, s := range spans {
		if row == nil {
			clear(frame[s.from:s.to])
			continue
		}
		row = row[copy(frame[s.from:s.to], row):]
	}
}

// takeSpans appends the values of the spans of a frame to dst.
func takeSpans(dst, frame []protocol.Value, spans []span) []protocol.Value {
	for _, s := range spans {
		dst = append(dst, frame[s.from:s.to]...)
	}
	return dst
}

// loop matches each left row with all rows of the right side, which it keeps in memory.
type loop struct {
	right  operator
	spans  []span
	kept   keptRows
	buffer []protocol.Value
}

func (m *loop) prepare(ctx context.Context) error {
	m.kept.clear()
	m.kept.account.operator = "join"
	return each(ctx, m.right, func(row []protocol.Value) error {
		m.buffer = takeSpans(m.buffer[:0], row, m.spans)
		return m.kept.add(m.buffer)
	})
}

func (m *loop) candidates(context.Context) ([][]protocol.Value, error) { return m.kept.rows, nil }

func (m *loop) close() {
	m.right.close()
	m.kept.clear()
}

// hash keeps the rows of the right side in a hash table by their keys.
type hash struct {
	right               operator
	spans               []span
	leftKeys, rightKeys []bind.Expr
	keySets             []*bind.Relation
	env                 *bind.Env
	account             account
	table               map[string][][]protocol.Value
	buffer              []byte
	values              []protocol.Value
}

func (m *hash) prepare(ctx context.Context) error {
	m.clear()
	m.account.operator = "hash join"
	m.table = make(map[string][][]protocol.Value)
	return each(ctx, m.right, func(row []protocol.Value) error {
		ok, err := m.key(m.rightKeys)
		if err != nil || !ok {
			return err
		}
		m.values = takeSpans(m.values[:0], row, m.spans)
		if err := m.account.take(function.MemoryOf(m.values) + len(m.buffer) + entrySize); err != nil {
			return err
		}
		m.table[string(m.buffer)] = append(m.table[string(m.buffer)], function.CloneAll(m.values))
		return nil
	})
}

// key stores the form of the keys of the current row in m.buffer. It returns false if a key is NULL
// or NaN, which equal nothing.
func (m *hash) key(exprs []bind.Expr) (bool, error) {
	m.buffer = m.buffer[:0]
	for i, x := range exprs {
		v := x.Eval(m.env)
		if m.env.Run.Err != nil {
			return false, m.env.Run.Err
		}
		if i < len(m.keySets) && m.keySets[i] != nil {
			var ok bool
			if v, ok = digestFor(x, v, m.keySets[i], m.env); !ok {
				return false, nil
			}
		}
		if f, isFloat := v.Float(); v.IsNil() || isFloat && f != f {
			return false, nil
		}
		m.buffer = function.AppendKey(m.buffer, v)
	}
	return true, nil
}

// digestFor returns the digest that the record of a set with a user key has. If x is the user key
// of a record of the set itself, the digest is that of the record; its relation must read it.
func digestFor(x bind.Expr, v protocol.Value, set *bind.Relation, env *bind.Env) (protocol.Value, bool) {
	if c := columnOf(x); c != nil && c.Depth == 0 && c.Relation != nil && bind.SameSet(c.Relation, set) && c.Relation.Columns[c.Index].Pseudo == bind.PrimaryKey {
		for i, column := range c.Relation.Columns {
			if column.Pseudo == bind.Digest {
				return env.Row[c.Relation.Base+i], true
			}
		}
	}
	key, err := protocol.KeyFromValue(set.Namespace, set.Set, v)
	if err != nil {
		return protocol.Nil(), false
	}
	digest := key.Digest()
	return protocol.Blob(digest[:]), true
}

func (m *hash) candidates(context.Context) ([][]protocol.Value, error) {
	ok, err := m.key(m.leftKeys)
	if err != nil || !ok {
		return nil, err
	}
	return m.table[string(m.buffer)], nil
}

func (m *hash) clear() {
	m.account.release()
	m.table = nil
}

func (m *hash) close() {
	m.right.close()
	m.clear()
}
