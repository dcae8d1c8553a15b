package plan

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// digestModulus is the prime 2^31-1. The server takes a part of a digest modulo a number of at most
// 32 bits, which finds all records with a digest and about one of two billion others.
const digestModulus = 1<<31 - 1

// digestPart is the offset in a digest of the four bytes that the modulo is taken of.
const digestPart = len(protocol.Digest{}) - 4

// hasDigest returns the test for the digest, which lets few others pass.
func hasDigest(d []byte) test {
	part := int64(binary.LittleEndian.Uint32(d[digestPart:])) % digestModulus
	return exactly(exp.NewNode(exp.OpEq, *exp.DigestModulo(digestModulus).Node(), integer(part))).superset()
}

// compareKey translates an equality of the user key with one of some values, by the digests of the
// keys. Where it is false can't be tested.
func (l *lowering) compareKey(key bind.Expr, values []protocol.Value, w want) test {
	if !w.truth() || !l.isKey(key) || len(values) > maxInOr {
		return notPushed
	}
	tests := make([]test, 0, len(values))
	for _, v := range values {
		if k, err := protocol.KeyFromValue(l.relation.Namespace, l.relation.Set, v); err == nil { // no key equals the others
			d := k.Digest()
			tests = append(tests, hasDigest(d[:]))
		}
	}
	return or(tests...)
}

// isKey reports whether an expression is the user key of the relation.
func (l *lowering) isKey(e bind.Expr) bool {
	c, ok := e.(*bind.Column)
	if !ok {
		return false
	}
	column, ok := l.own(c)
	return ok && column.Pseudo == bind.PrimaryKey
}

// keyBranches translates the user key. Expressions know only a stored key, while the client knows
// the key of every record that it reads by key, so all records without a stored key pass.
func keyBranches(kinds function.Kinds) []branch {
	var result []branch
	for _, kind := range []protocol.Kind{protocol.KindInt, protocol.KindString, protocol.KindBlob} {
		if kinds.Has(function.KindsOf(kind)) {
			result = append(result, branch{kind: kind, node: exp.Node{Op: exp.OpKey, Type: typed(kind)}})
		}
	}
	return append(result, branch{kind: opaque, node: negated(*exp.KeyExists().Node())})
}

// isDigest reports whether an expression is the column __digest of a set.
func isDigest(e bind.Expr) bool {
	c, ok := e.(*bind.Column)
	return ok && c.Relation != nil && c.Relation.IsSet && c.Relation.Columns[c.Index].Pseudo == bind.Digest
}

// compareDigest translates an equality of the digest with one of some blobs.
func (l *lowering) compareDigest(digest bind.Expr, values []protocol.Value, w want) test {
	_, own := l.own(digest.(*bind.Column))
	if !own || !w.truth() || len(values) > maxInOr {
		return notPushed
	}
	tests := make([]test, 0, len(values))
	for _, v := range values {
		if b, ok := v.Bytes(); ok && v.Kind() == protocol.KindBlob && len(b) == len(protocol.Digest{}) {
			tests = append(tests, hasDigest(b))
		}
	}
	return or(tests...)
}
