package bind

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// isKey reports whether an expression is the user key of a set.
func isKey(x Expr) bool {
	c, ok := x.(*Column)
	return ok && c.Relation != nil && c.Relation.IsSet && c.Relation.Columns[c.Index].Pseudo == PrimaryKey
}

// keyColumn returns what compares the user key of a set by digests, or nil for another expression.
// If constant is true the digests of what it is compared with are kept for a run.
func (b *binder) keyColumn(s *scope, x Expr, constant bool) *KeyColumn {
	if !isKey(x) {
		return nil
	}
	c := x.(*Column)
	r := reference{inner: s, owner: s, depth: c.Depth, pos: c.Pos}
	for range c.Depth {
		r.owner = r.owner.outer
	}
	if r.table = r.owner.reading(c.Relation); r.table == nil {
		return nil
	}
	k := &KeyColumn{Digest: b.slot(r, pseudoColumn(Digest)).(*Column), ID: -1}
	if constant {
		k.ID = b.sets
		b.sets++
	}
	return k
}

// name adds a comparison of the key to those that make it known, if the key is of a relation of the
// block. The nil KeyColumn is of none.
func (k *KeyColumn) name(comparison Expr) {
	if k != nil && k.Digest.Depth == 0 {
		k.Digest.Relation.Named = append(k.Digest.Relation.Named, comparison)
	}
}

// reading returns the table of a relation.
func (s *scope) reading(r *Relation) *table {
	for _, t := range s.tables {
		switch {
		case t.relation == r:
			return t
		case t.child != nil && t.child.set.relation == r:
			return t.child.set
		}
	}
	return nil
}

// A KeyArg is an argument that is compared with the keys of a set, or with their digests.
type KeyArg struct {
	Index  int
	Digest bool
}

// check returns an error for a value that no key, or no digest, can be: it is more likely a mistake
// than a condition that is never true.
func (a KeyArg) check(v protocol.Value) error {
	switch bytes, _ := v.Bytes(); {
	case v.IsNil():
	case !a.Digest && !keyKinds.Has(function.KindsOf(v.Kind())):
		return ast.Errorf(ast.ErrType, "no key can be %.40s: keys are integers, strings and blobs", &ast.Literal{Value: v})
	case a.Digest && (v.Kind() != protocol.KindBlob || len(bytes) != len(protocol.Digest{})):
		return ast.Errorf(ast.ErrType, "no digest can be %.40s: digests are blobs of %d bytes", &ast.Literal{Value: v}, len(protocol.Digest{}))
	}
	return nil
}

// checkKey checks a constant that is compared with a key or a digest, and has the arguments that
// are checked for each run.
func (b *binder) checkKey(key, x Expr) {
	c, ok := key.(*Column)
	if !ok || c.Relation == nil {
		return
	}
	pseudo := c.Relation.Columns[c.Index].Pseudo
	if pseudo != PrimaryKey && pseudo != Digest {
		return
	}
	arg := KeyArg{Digest: pseudo == Digest}
	switch x := x.(type) {
	case *Const:
		b.failWith(x.Pos, ast.ErrType, arg.check(x.Value))
	case *Param:
		arg.Index = x.Index
		b.needs.KeyArgs = append(b.needs.KeyArgs, arg)
	}
}
