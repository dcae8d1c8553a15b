package bind

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// compareKey returns whether the key of a record equals a value. User keys that are known decide
// it: two of a set are equal exactly if their digests are. Otherwise the digests do.
func (e *Compare) compareKey(env *Env) function.Trilean {
	x, y := e.X.Eval(env), e.Y.Eval(env)
	switch {
	case !x.IsNil() && !y.IsNil():
		return SameKey(x, y)
	case !y.IsNil():
		return e.Key.hasKey(env, y)
	case e.Other == nil:
		return function.Unknown
	case !x.IsNil():
		return e.Other.hasKey(env, x)
	}
	mine, other := e.Key.Digest.Eval(env), e.Other.Digest.Eval(env)
	if !SameSet(e.Key.Digest.Relation, e.Other.Digest.Relation) {
		return function.Unknown
	}
	return function.Compare(ast.OpEqual, mine, other)
}

// comparesWithKeys are the kinds of values that can be a user key, and of the numbers that can't be
// one, such as 5.0. A value of such a kind either is the key of a record or it is not.
const comparesWithKeys = function.Number | function.String | function.Blob

// SameKey returns whether two user keys are equal. Those of different kinds are different keys. It
// is unknown for NULL and for values of kinds that can't be compared with a key, such as a list.
func SameKey(x, y protocol.Value) function.Trilean {
	switch {
	case !canCompareWithKey(x), !canCompareWithKey(y):
		return function.Unknown
	case x.Kind() != y.Kind():
		return function.False
	}
	return function.Compare(ast.OpEqual, x, y)
}

// canCompareWithKey reports whether it is known of a value if it equals a key.
func canCompareWithKey(v protocol.Value) bool {
	return comparesWithKeys.Has(function.KindsOf(v.Kind()))
}

// SameSet reports whether two relations read one set, whose digests compare.
func SameSet(x, y *Relation) bool {
	return x.IsSet && y.IsSet && x.Namespace == y.Namespace && x.Set == y.Set
}

// hasKey returns whether a record whose user key is not known has a user key.
func (k *KeyColumn) hasKey(env *Env, user protocol.Value) function.Trilean {
	digest := k.Digest.Eval(env)
	if digest.IsNil() {
		return function.Unknown
	}
	if k.ID < 0 {
		return function.Compare(ast.OpEqual, digest, DigestOf(k.Digest.Relation, user))
	}
	return env.Run.set(k.ID, func() *function.Set {
		return function.NewSet([]protocol.Value{DigestOf(k.Digest.Relation, user)})
	}).Contains(digest)
}

// containsKey returns whether the key of a record, which is NULL if it is not known, is in the
// list. The digests decide it unless they would be computed for each row of a known key.
func (e *In) containsKey(env *Env, user protocol.Value) function.Trilean {
	if e.Key.ID < 0 && !user.IsNil() {
		found := function.False
		for _, v := range e.Values(env) {
			found = found.Or(SameKey(user, v))
		}
		return found
	}
	return env.Run.set(e.Key.ID, func() *function.Set {
		values := e.Values(env)
		for i, v := range values {
			values[i] = DigestOf(e.Key.Digest.Relation, v)
		}
		return function.NewSet(values)
	}).Contains(e.Key.Digest.Eval(env))
}

// DigestOf returns the digest of the record of a set with a user key. A value that can be compared
// with keys but can't be one, such as 5.0, has a digest that no record has. The digest of another
// value is NULL, so that it is unknown whether a record has it.
func DigestOf(set *Relation, user protocol.Value) protocol.Value {
	key, err := protocol.KeyFromValue(set.Namespace, set.Set, user)
	switch {
	case err == nil:
		digest := key.Digest()
		return protocol.Blob(digest[:])
	case canCompareWithKey(user):
		return protocol.Blob([]byte{})
	}
	return protocol.Nil()
}
