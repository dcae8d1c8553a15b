package exec

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// mostMemos is the maximum number of results of a correlated subquery that are kept.
const mostMemos = 10_000

// mostLookups is the maximum number of values of a subquery that are read as keys or index values.
const mostLookups = 100_000

// A subquery runs one subquery of a statement. The results of a correlated one are kept by the
// values of the outer columns.
type subquery struct {
	block   *block
	account account
	memos   map[string]*answer
	last    *answer // of a subquery without outer columns
	buffer  []byte
}

// An answer is what is kept of the rows of a subquery.
type answer struct {
	value  protocol.Value // of the first row
	rows   int
	values keySet // of the first column, to leave out equal values
	list   []protocol.Value
	null   bool          // the first column has a NULL
	set    *function.Set // of the list, nil before it is needed
	// digests are those of the records with the values of the list as user keys, with their
	// indexes, nil before they are needed. others means that there are values that can't be
	// compared with keys.
	digests map[protocol.Digest]int
	others  bool
	floats  bool
	size    int
}

// An answerKind is what is needed of a subquery.
type answerKind uint8

const (
	scalarAnswer answerKind = iota
	existsAnswer
	setAnswer
)

// Scalar returns the only value of a query, nil if it has no row.
func (x *execution) Scalar(q *bind.Subquery, outer *bind.Env) protocol.Value {
	a := x.answer(q, outer, scalarAnswer)
	if a == nil {
		return protocol.Nil()
	}
	if a.rows > 1 {
		x.run.Fail(ast.Errorf(ast.ErrArguments, "the subquery has more than one row"))
		return protocol.Nil()
	}
	return a.value
}

// Exists reports whether a query has rows.
func (x *execution) Exists(q *bind.Subquery, outer *bind.Env) bool {
	a := x.answer(q, outer, existsAnswer)
	return a != nil && a.rows > 0
}

// Contains returns v IN (query), in three-valued logic.
func (x *execution) Contains(q *bind.Subquery, outer *bind.Env, v protocol.Value) protocol.Value {
	a := x.answer(q, outer, setAnswer)
	if a == nil {
		return protocol.Nil()
	}
	if a.set == nil {
		if err := x.subqueries[q.ID].addSet(a); err != nil {
			x.run.Fail(err)
			return protocol.Nil()
		}
	}
	return a.set.Contains(v).Value()
}

// addSet adds the set of the values of an answer.
func (s *subquery) addSet(a *answer) error {
	size := len(a.list)*entrySize + function.MemoryOf(a.list)
	if err := s.account.take(size); err != nil {
		return err
	}
	a.size += size
	a.set = function.NewSet(a.list)
	return nil
}

// ContainsKey returns whether the key of a record is in a query, in three-valued logic.
func (x *execution) ContainsKey(q *bind.Subquery, outer *bind.Env, set *bind.Relation, digest protocol.Value) protocol.Value {
	a := x.answer(q, outer, setAnswer)
	switch {
	case a == nil:
		return protocol.Nil()
	case a.rows == 0:
		return protocol.Bool(false)
	case digest.IsNil(): // of a row of an outer join
		return protocol.Nil()
	}
	if a.digests == nil {
		if err := x.subqueries[q.ID].addDigests(a, set); err != nil {
			x.run.Fail(err)
			return protocol.Nil()
		}
	}
	b, _ := digest.Bytes()
	if _, found := a.digests[protocol.Digest(b)]; found {
		return protocol.Bool(true)
	}
	if a.null || a.others {
		return protocol.Nil()
	}
	return protocol.Bool(false)
}

// addDigests adds the digests of the records of a set whose user keys are the values of an answer.
func (s *subquery) addDigests(a *answer, set *bind.Relation) error {
	size := len(a.list) * (entrySize + len(protocol.Digest{}))
	if err := s.account.take(size); err != nil {
		return err
	}
	a.size += size
	a.digests = make(map[protocol.Digest]int, len(a.list))
	for i, v := range a.list {
		switch b, _ := bind.DigestOf(set, v).Bytes(); len(b) {
		case len(protocol.Digest{}):
			a.digests[protocol.Digest(b)] = i
		default:
			a.others = a.others || b == nil
		}
	}
	return nil
}

// Values returns the distinct values of the only column of a query. NULL is one of them.
func (x *execution) Values(q *bind.Subquery, outer *bind.Env) ([]protocol.Value, bool) {
	a := x.answer(q, outer, setAnswer)
	if a == nil || len(a.list) > mostLookups {
		return nil, false
	}
	return a.list, true
}

// answer returns the answer of a subquery, or nil after an error, which it reports.
func (x *execution) answer(q *bind.Subquery, outer *bind.Env, kind answerKind) *answer {
	if x.run.Err != nil {
		return nil
	}
	s, err := x.subquery(q, outer)
	if err != nil {
		x.run.Fail(err)
		return nil
	}
	if !q.Correlated {
		if s.last == nil {
			s.last = s.run(x, outer, kind)
		}
		return s.last
	}
	s.buffer = append(s.buffer[:0], byte(kind))
	for _, c := range q.Outer {
		v := outerValue(c, outer)
		s.buffer = function.AppendKey(append(s.buffer, byte(v.Kind())), v) // 1 and 1.0 differ
	}
	if a := s.memos[string(s.buffer)]; a != nil {
		return a
	}
	key := string(s.buffer)
	a := s.run(x, outer, kind)
	if a != nil {
		s.memoize(key, a)
	}
	return a
}

// memoize keeps an answer. If there are too many or the budget is used up, it drops them all first.
func (s *subquery) memoize(key string, a *answer) {
	size := len(key) + entrySize + function.Memory(a.value)
	if len(s.memos) >= mostMemos || s.account.take(size) != nil {
		s.forget()
		if s.account.take(size) != nil {
			return
		}
	}
	if s.memos == nil {
		s.memos = make(map[string]*answer)
	}
	a.size += size
	s.memos[key] = a
}

// forget drops the answers that were kept.
func (s *subquery) forget() {
	for _, old := range s.memos {
		old.values.clear()
		s.account.give(old.size)
	}
	s.memos = nil
}

// free frees all memory of a subquery.
func (s *subquery) free() {
	s.forget()
	if s.last != nil {
		s.last.values.clear()
		s.last = nil
	}
	s.account.release()
	s.block.root.close()
	for _, scan := range s.block.scans {
		if scan.replay != nil {
			scan.replay.clear()
		}
		scan.replay, scan.replaying = nil, false
	}
}

// subquery returns the state of a subquery.
func (x *execution) subquery(q *bind.Subquery, outer *bind.Env) (*subquery, error) {
	if s := x.subqueries[q.ID]; s != nil {
		return s, nil
	}
	p := x.blocks[q.ID]
	if p == nil {
		planned, err := plan.Query(q.Query)
		if err != nil {
			return nil, err
		}
		p = planned
	}
	b, err := x.newBlock(p, outer, q.Correlated)
	if err != nil {
		return nil, err
	}
	s := &subquery{block: b, account: account{budget: x.budget, operator: "subquery"}}
	x.subqueries[q.ID] = s
	return s, nil
}

// run runs the subquery for one row of the enclosing block.
func (s *subquery) run(x *execution, outer *bind.Env, kind answerKind) *answer {
	s.block.within(outer)
	defer s.block.root.close()
	if err := s.block.root.open(x.ctx); err != nil {
		x.run.Fail(err)
		return nil
	}
	a := &answer{values: keySet{account: account{budget: x.budget, operator: "subquery"}}}
	for {
		more, err := s.block.root.next(x.ctx)
		if err != nil {
			x.run.Fail(err)
			return nil
		}
		if !more {
			return a
		}
		a.rows++
		if kind == existsAnswer {
			return a
		}
		if err := s.add(a, s.block.root.row(), kind); err != nil {
			x.run.Fail(err)
			return nil
		}
		if kind == scalarAnswer && a.rows > 1 {
			return a
		}
	}
}

// add adds a row to an answer.
func (s *subquery) add(a *answer, row []protocol.Value, kind answerKind) error {
	v := row[0]
	if v.Kind() == protocol.KindInvalid {
		return v.Err()
	}
	if a.rows == 1 {
		a.value = function.Clone(v)
	}
	if kind != setAnswer {
		return nil
	}
	if v.IsNil() {
		if !a.null {
			a.null, a.list = true, append(a.list, v)
		}
		return nil
	}
	if function.KindsOf(v.Kind()).Only(function.Number | function.String | function.Blob | function.Bool) {
		first, err := a.values.add(row[:1])
		a.floats = a.floats || v.Kind() == protocol.KindFloat
		if !first && a.floats && v.Kind() == protocol.KindInt { // it may follow an equal float
			first, err = a.values.add([]protocol.Value{v, protocol.Nil()})
		}
		if err != nil || !first {
			return err
		}
	}
	size := function.Memory(v)
	if err := s.account.take(size); err != nil {
		return err
	}
	a.size += size
	a.list = append(a.list, function.Clone(v))
	return nil
}
