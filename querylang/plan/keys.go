package plan

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// A keySet is a set of keys of one set of records: a list of keys, or all but a list.
type keySet struct {
	except bool
	list   []protocol.Key // without duplicates
	// exact means that a condition is true exactly for these keys, not only for some of them.
	exact bool
}

var (
	anyKey = keySet{except: true}
	noKey  = keySet{exact: true}
)

// newKeySet returns the set of some keys, without duplicates. Of two keys with one digest it keeps
// the one with the user key.
func newKeySet(keys []protocol.Key) keySet {
	s := keySet{exact: true, list: make([]protocol.Key, 0, len(keys))}
	at := make(map[protocol.Digest]int, len(keys))
	for _, k := range keys {
		if i, ok := at[k.Digest()]; ok {
			if s.list[i].UserKey().IsNil() {
				s.list[i] = k
			}
			continue
		}
		at[k.Digest()] = len(s.list)
		s.list = append(s.list, k)
	}
	return s
}

func (s keySet) complement() keySet {
	s.except = !s.except
	return s
}

// intersect returns the keys in both sets, in the order of the first one that is a list.
func (s keySet) intersect(t keySet) keySet {
	exact := s.exact && t.exact
	if s.except && t.except {
		u := newKeySet(slices.Concat(s.list, t.list))
		u.except, u.exact = true, exact
		return u
	}
	if s.except {
		s, t = t, s
	}
	if t.except && len(t.list) == 0 {
		return keySet{list: s.list, exact: exact}
	}
	index := t.digests()
	u := keySet{exact: exact, list: make([]protocol.Key, 0, len(s.list))}
	for _, k := range s.list {
		if other, ok := index[k.Digest()]; ok != t.except {
			if ok && k.UserKey().IsNil() {
				k = other
			}
			u.list = append(u.list, k)
		}
	}
	return u
}

func (s keySet) union(t keySet) keySet {
	exact := s.exact && t.exact
	if !s.except && !t.except {
		u := newKeySet(slices.Concat(s.list, t.list))
		u.exact = exact
		return u
	}
	u := s.complement().intersect(t.complement()).complement()
	u.exact = exact
	return u
}

func (s *keySet) digests() map[protocol.Digest]protocol.Key {
	index := make(map[protocol.Digest]protocol.Key, len(s.list))
	for _, k := range s.list {
		index[k.Digest()] = k
	}
	return index
}

// keys returns the keys of the records for which a condition is true, or false.
func (a *analyzer) keys(e bind.Expr, truth bool) keySet {
	switch x := e.(type) {
	case *bind.Not:
		return a.keys(x.X, !truth)
	case *bind.Logic:
		return a.logicKeys(x, truth)
	case *bind.Compare:
		return a.compareKeys(x, truth)
	case *bind.In:
		if p := a.keyColumn(x.X); p != bind.NoPseudo {
			values, ok := a.elements(x.List)
			if !ok {
				return anyKey
			}
			return a.oneOfKeys(p, values, x.ByKey, truth != x.Not)
		}
	case *bind.InQuery:
		if p := a.keyColumn(x.X); p != bind.NoPseudo && truth != x.Not {
			if values, ok := a.queryValues(x.Query); ok {
				return a.oneOfKeys(p, values, x.ByKey, true)
			}
		}
	}
	return anyKey
}

func (a *analyzer) logicKeys(x *bind.Logic, truth bool) keySet {
	list := make([]keySet, len(x.Operands))
	for i, operand := range x.Operands {
		list[i] = a.keys(operand, truth)
	}
	if (x.Op == ast.OpAnd) == truth {
		return fold(list, keySet.intersect)
	}
	return fold(list, keySet.union)
}

// fold combines sets. It halves the list, so that the cost of many small sets is not quadratic.
func fold(list []keySet, combine func(x, y keySet) keySet) keySet {
	if len(list) == 1 {
		return list[0]
	}
	half := len(list) / 2
	return combine(fold(list[:half], combine), fold(list[half:], combine))
}

func (a *analyzer) compareKeys(x *bind.Compare, truth bool) keySet {
	if x.Op != ast.OpEqual && x.Op != ast.OpNotEqual {
		return anyKey
	}
	p, y, other := a.keyColumn(x.X), x.Y, x.Other
	if p == bind.NoPseudo {
		p, y, other = a.keyColumn(x.Y), x.X, x.Key
	}
	if p == bind.NoPseudo {
		return anyKey
	}
	v, ok := a.fixed(y)
	if !ok {
		return anyKey
	}
	if v.IsNil() && p == bind.PrimaryKey && other != nil { // a record without a user key, or no record
		digest := other.Digest.Eval(a.env)
		switch {
		case bind.SameSet(other.Digest.Relation, a.relation):
			p, v = bind.Digest, digest
		case !digest.IsNil():
			return anyKey
		}
	}
	return a.oneOfKeys(p, []protocol.Value{v}, x.ByKey, truth == (x.Op == ast.OpEqual))
}

// keyColumn returns PrimaryKey or Digest if an expression is that column of the scan's set.
func (a *analyzer) keyColumn(e bind.Expr) bind.Pseudo {
	c, ok := e.(*bind.Column)
	if !ok || !isKeyColumn(c, a.relation) {
		return bind.NoPseudo
	}
	return a.relation.Columns[c.Index].Pseudo
}

// oneOfKeys returns the keys that are in a list of values, or not in it. NULL and values that can't
// be keys equal no key. Whether a key differs from those that can't be keys is left to the
// condition itself. If the keys are not compared by their digests, as those that a view returns,
// the condition is checked with the user key that is stored, so the keys have none.
func (a *analyzer) oneOfKeys(p bind.Pseudo, values []protocol.Value, byKey, in bool) keySet {
	keys := make([]protocol.Key, 0, len(values))
	exact := byKey || p == bind.Digest
	for _, v := range values {
		k, ok := a.key(p, v)
		if ok && !byKey && p == bind.PrimaryKey && a.relation.Table == nil {
			k, _ = protocol.KeyFromDigest(k.Namespace, k.Set, k.Digest())
		}
		switch {
		case ok:
			keys = append(keys, k)
		case in:
		case v.IsNil():
			return noKey
		default:
			exact = false
		}
	}
	s := newKeySet(keys)
	s.exact = exact
	if !in {
		s = s.complement()
		s.exact = exact
	}
	return s
}

// key returns the key of a value of PK or __digest.
func (a *analyzer) key(p bind.Pseudo, v protocol.Value) (protocol.Key, bool) {
	r := a.relation
	if p == bind.PrimaryKey {
		k, err := protocol.KeyFromValue(r.Namespace, r.Set, v)
		return k, err == nil
	}
	b, ok := v.Bytes()
	if !ok || v.Kind() != protocol.KindBlob || len(b) != len(protocol.Digest{}) {
		return protocol.Key{}, false
	}
	k, err := protocol.KeyFromDigest(r.Namespace, r.Set, protocol.Digest(b))
	return k, err == nil
}
