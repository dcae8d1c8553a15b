package plan

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// A joinKey is an equality of a value of the left side of a join and one of the right side.
type joinKey struct {
	conjunct    *conjunct
	left, right bind.Expr
	// set is the relation whose user key is one of the two, or nil.
	set *bind.Relation
}

// joinKeyOf returns the equality that a conjunct is between two sides, if it is one that holds for
// exactly the values with the same hash.
func joinKeyOf(c *conjunct, left, right relationSet) (joinKey, bool) {
	if c.left == nil {
		return joinKey{}, false
	}
	straight := c.left.within(left) && c.right.within(right)
	if !straight && !(c.left.within(right) && c.right.within(left)) {
		return joinKey{}, false
	}
	e := c.e.(*bind.Compare)
	k := joinKey{conjunct: c, left: e.X, right: e.Y, set: keyedSet(e)}
	if !straight {
		k.left, k.right = k.right, k.left
	}
	return k, true
}

// setSides sets the sides of a conjunct that is an equality.
func (c *conjunct) setSides() {
	e, ok := c.e.(*bind.Compare)
	if !ok || e.Op != ast.OpEqual || c.nature.volatile || !sameUnits(e.X.Type(), e.Y.Type()) {
		return
	}
	if x, y := relationsOf(e.X), relationsOf(e.Y); len(x) > 0 && len(y) > 0 {
		c.left, c.right = x, y
	}
}

// keyedSet returns the relation whose user key one side of a comparison is. If both sides are user
// keys it is that of the right side. It returns nil if there is none.
func keyedSet(e *bind.Compare) *bind.Relation {
	for _, x := range []bind.Expr{e.Y, e.X} {
		if c := userKeyColumn(x); c != nil {
			return c.Relation
		}
	}
	return nil
}

// userKeyColumn returns an expression that is the user key of a set of the block, or nil.
func userKeyColumn(e bind.Expr) *bind.Column {
	c, ok := e.(*bind.Column)
	if !ok || c.Depth != 0 || c.Relation == nil || !c.Relation.IsSet || c.Relation.Columns[c.Index].Pseudo != bind.PrimaryKey {
		return nil
	}
	return c
}

// sameUnits reports whether values of two types compare as they are stored.
func sameUnits(x, y function.Type) bool {
	if x.Family == function.Decimals || y.Family == function.Decimals {
		return sameFamily(x, y)
	}
	return true
}

// isLookup reports whether the right side of a join can be read by this key.
func (k joinKey) isLookup(right Node) bool {
	s, ok := right.(*Scan)
	if !ok || s.Partitions != nil || s.Sample != nil || rankOf(s) <= rankKeys {
		return false
	}
	c := userKeyColumn(k.right)
	return c != nil && c.Relation == s.Relation
}

// ofTwoSets reports whether the two sides are user keys of different sets. One value then has two
// digests, and either record can be one that was stored without its user key.
func (k joinKey) ofTwoSets() bool {
	x, y := userKeyColumn(k.left), userKeyColumn(k.right)
	return x != nil && y != nil && !bind.SameSet(x.Relation, y.Relation)
}

// needsCheck reports whether two values that hash alike can differ: maps, whose order matters to =
// but not to a hash, and values that do not compare at all.
func (k joinKey) needsCheck() bool {
	const safe = function.Number | function.String | function.Blob | function.Bool
	return !k.left.Kinds().Only(safe) && !k.right.Kinds().Only(safe)
}

// newJoin joins two nodes by the equalities among the conjuncts, and marks them as used.
func newJoin(left, right Node, leftRelations, rightRelations relationSet, conjuncts []*conjunct) *Join {
	n := &Join{Method: NestedLoop, Left: left, Right: right}
	var keys []joinKey
	for _, c := range conjuncts {
		if c.used {
			continue
		}
		k, ok := joinKeyOf(c, leftRelations, rightRelations)
		if !ok {
			continue
		}
		if k.isLookup(right) {
			n.Method, n.LeftKeys, n.RightKeys = LookupJoin, []bind.Expr{k.left}, []bind.Expr{k.right}
			c.used = true
			return n
		}
		if !k.ofTwoSets() {
			keys = append(keys, k)
		}
	}
	if values, columns, ok := compositeKeys(right, leftRelations, rightRelations, conjuncts); ok {
		n.Method, n.LeftKeys, n.RightKeys = LookupJoin, []bind.Expr{compositeKey(values)}, []bind.Expr{compositeKey(columns)}
		return n // the equalities are checked, too
	}
	for i, k := range keys {
		n.Method = HashJoin
		n.LeftKeys, n.RightKeys = append(n.LeftKeys, k.left), append(n.RightKeys, k.right)
		if k.set != nil {
			if n.KeySets == nil {
				n.KeySets = make([]*bind.Relation, len(keys))
			}
			n.KeySets[i] = k.set
		}
		k.conjunct.used = true
		if k.set == nil && k.needsCheck() {
			n.On = append(n.On, k.conjunct.e)
		}
	}
	return n
}

// rankOf returns the rank of a scan by its conditions.
func rankOf(s *Scan) int {
	rank := rankAll
	for _, e := range s.Conditions {
		rank = min(rank, rankOfCondition(e, s.Relation))
	}
	return rank
}

func rankOfCondition(e bind.Expr, r *bind.Relation) int {
	switch e := e.(type) {
	case *bind.Compare:
		if e.Op != ast.OpEqual {
			return rankCondition
		}
		x, y := e.X, e.Y
		if !isFixed(y) {
			x, y = y, x
		}
		c, ok := x.(*bind.Column)
		if !ok || !isFixed(y) {
			return rankCondition
		}
		if isKeyColumn(c, r) {
			return rankKey
		}
		return rankEqual
	case *bind.In:
		if c, ok := e.X.(*bind.Column); ok && !e.Not && isKeyColumn(c, r) && allFixed(e.List) {
			return rankKeys
		}
	case *bind.InQuery:
		if c, ok := e.X.(*bind.Column); ok && !e.Not && isKeyColumn(c, r) && !e.Query.Correlated {
			return rankKeys
		}
	case *bind.Logic:
		if e.Op == ast.OpOr {
			rank := rankKeys
			for _, x := range e.Operands {
				rank = max(rank, rankOfCondition(x, r))
			}
			return rank
		}
	}
	return rankCondition
}

// isKeyColumn reports whether a column is the user key or the digest of a set.
func isKeyColumn(c *bind.Column, r *bind.Relation) bool {
	if c.Depth != 0 || c.Relation != r || !r.IsSet {
		return false
	}
	p := r.Columns[c.Index].Pseudo
	return p == bind.PrimaryKey || p == bind.Digest
}

func allFixed(list []bind.Expr) bool {
	for _, e := range list {
		if !isFixed(e) {
			return false
		}
	}
	return true
}
