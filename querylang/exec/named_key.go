package exec

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
)

// A keyNamer puts the user key of a record that was stored without it into the frame, if the block
// names it. So the key is known however the record is read. The zero value does nothing.
type keyNamer struct {
	relation   *bind.Relation
	slot       int
	conditions []bind.Expr
}

// newKeyNamer returns a keyNamer with what the block compares the user key of a relation with, and
// those conditions that name it.
func newKeyNamer(r *bind.Relation, conditions []bind.Expr) keyNamer {
	n := keyNamer{relation: r, slot: r.Base + userKeyIndex(r), conditions: slices.Clip(r.Named)}
	for _, e := range conditions {
		if !slices.Contains(r.Named, e) && bind.NamesKey(e, r) {
			n.conditions = append(n.conditions, e)
		}
	}
	return n
}

// userKeyIndex returns the index of the user key in the columns of a relation, or -1.
func userKeyIndex(r *bind.Relation) int {
	for i := range r.Columns {
		if r.IsSet && r.Columns[i].Pseudo == bind.PrimaryKey {
			return i
		}
	}
	return -1
}

// name completes the record in the frame. Its digest must be in the frame.
func (n *keyNamer) name(env *bind.Env) {
	if len(n.conditions) == 0 || !env.Row[n.slot].IsNil() {
		return
	}
	for _, e := range n.conditions {
		if v := bind.NamedKey(e, n.relation, env); !v.IsNil() {
			env.Row[n.slot] = v
			return
		}
	}
}

// keyNamers returns the keyNamers of relations whose keys the conditions of a join name.
func keyNamers(conditions []bind.Expr, relations []*bind.Relation) []keyNamer {
	var namers []keyNamer
	for _, r := range relations {
		if n := newKeyNamer(r, conditions); len(n.conditions) > 0 {
			namers = append(namers, n)
		}
	}
	return namers
}

// nameAll completes the records in the frame.
func nameAll(namers []keyNamer, env *bind.Env) {
	for i := range namers {
		namers[i].name(env)
	}
}

// KeyIn returns the value of a query that is the user key of a record of a set, or NULL.
func (x *execution) KeyIn(q *bind.Subquery, outer *bind.Env, set *bind.Relation, digest protocol.Value) protocol.Value {
	if found, _ := x.ContainsKey(q, outer, set, digest).Bool(); !found {
		return protocol.Nil()
	}
	b, _ := digest.Bytes()
	a := x.answer(q, outer, setAnswer)
	return a.list[a.digests[protocol.Digest(b)]]
}
