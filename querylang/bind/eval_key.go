package bind

import (
	"math"

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

// SameKey returns whether two user keys are equal. It is unknown for those of different types. A
// number with a fraction part, such as 5.0, is not the key 5.
func SameKey(x, y protocol.Value) function.Trilean {
	equal := function.Compare(ast.OpEqual, x, y)
	if equal == function.True && x.Kind() != y.Kind() {
		return function.False
	}
	return equal
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
		return function.Compare(ast.OpEqual, digest, digestOf(k.Digest.Relation, user))
	}
	return env.Run.set(k.ID, func() *function.Set {
		return function.NewSet([]protocol.Value{digestOf(k.Digest.Relation, user)})
	}).Contains(digest)
}

// containsDigest returns whether the digest of a record whose user key is not known is that of a
// key in the list.
func (e *In) containsDigest(env *Env) function.Trilean {
	return env.Run.set(e.Key.ID, func() *function.Set {
		values := e.Values(env)
		for i, v := range values {
			values[i] = digestOf(e.Key.Digest.Relation, v)
		}
		return function.NewSet(values)
	}).Contains(e.Key.Digest.Eval(env))
}

// digestOf returns the digest of the record of a set with a user key. It is NULL for a value that
// can be no key: whether the record has it is unknown, as for the user key.
func digestOf(set *Relation, user protocol.Value) protocol.Value {
	key, err := protocol.KeyFromValue(set.Namespace, set.Set, user)
	if err != nil {
		return protocol.Nil()
	}
	digest := key.Digest()
	return protocol.Blob(digest[:])
}

// withoutFloats replaces floats, which no key equals, by NaN, which no number equals.
func withoutFloats(values []protocol.Value) {
	for i := range values {
		if values[i].Kind() == protocol.KindFloat {
			values[i] = protocol.Float(math.NaN())
		}
	}
}
