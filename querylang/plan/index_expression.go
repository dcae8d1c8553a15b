package plan

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// indexedKinds are the kinds of the values that an index of an expression holds, by its type.
var indexedKinds = map[IndexType]protocol.Kind{
	NumericIndex: protocol.KindInt, StringIndex: protocol.KindString, BlobIndex: protocol.KindBlob, GeoIndex: protocol.KindGeoJSON,
}

// IndexExpression returns the packed expression of an index on the value of e, or false if there is
// none: e must have a translation for servers of the version, it must read the bins of the relation
// only, and it must not have floats if the index is numeric, because such an index has none. Equal
// expressions of SQL have equal packed expressions.
func IndexExpression(e bind.Expr, relation *bind.Relation, of IndexType, version function.Version) ([]byte, bool) {
	return packedValue(e, newLowering(relation, &bind.Env{Run: &bind.Run{}}, version), of)
}

// packedValue returns the packed translation of a value as one of the kind of an index.
func packedValue(e bind.Expr, l *lowering, of IndexType) ([]byte, bool) {
	kind := indexedKinds[of]
	const floats = function.Kinds(1 << protocol.KindFloat)
	if of == NumericIndex && e.Kinds().Has(floats) || isConst(e, true) || natureOf(e).volatile || natureOf(e).outer || natureOf(e).subquery {
		return nil, false
	}
	l.left = maxLeaves
	branches, ok := l.branches(e, function.KindsOf(kind))
	branches = slices.DeleteFunc(branches, func(b branch) bool { return b.kind != kind })
	if !ok || len(branches) != 1 || branches[0].isConstant {
		return nil, false
	}
	return l.pack(&branches[0].node)
}

// indexExpression returns the packed expression of an index of a type on the value of e, or nil.
func (l *lowerer) indexExpression(e bind.Expr, of IndexType) []byte {
	packed, ok := packedValue(e, newLowering(l.relation, l.env, l.environment.ServerVersion()), of)
	if !ok {
		return nil
	}
	return packed
}
