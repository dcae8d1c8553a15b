package devserver

import (
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/cluster/devserver/internal/secondary"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// badExpression is the error for an expression that cannot be indexed.
const badExpression = "bad 'exp'"

// checkIndexExpression validates an expression for an index. Its value must depend on the record's
// bins or digest, and on nothing that can change while they stay the same
// (docs/wire-cdt-exp.md#9.2).
func checkIndexExpression(packed []byte, form secondary.Form, particle protocol.ParticleType) error {
	_, code := expression.Parse(packed)
	n, err := exp.ParseNode(packed)
	if err != nil || code != protocol.OK {
		return errors.New(badExpression)
	}
	var uses expressionUses
	uses.visit(n)
	if uses.metadata || !uses.record {
		return errors.New(badExpression)
	}
	if want := expressionType(form, particle); n.ResultType() != want {
		return fmt.Errorf(badExpression+" - expression type '%s' does not match expected type '%s'", typeWord(n.ResultType()), typeWord(want))
	}
	return nil
}

// expressionUses records which parts of a record an expression uses.
type expressionUses struct {
	record   bool // uses bins or the digest
	metadata bool // uses other metadata
}

func (u *expressionUses) visit(n *exp.Node) {
	switch n.Op {
	case exp.OpBin, exp.OpBinType, exp.OpDigestModulo:
		u.record = true
	case exp.OpDeviceSize, exp.OpLastUpdate, exp.OpSinceUpdate, exp.OpVoidTime, exp.OpTTL, exp.OpSetName, exp.OpKeyExists,
		exp.OpIsTombstone, exp.OpMemorySize, exp.OpRecordSize, exp.OpKey:
		u.metadata = true
	}
	for i := range n.Args {
		u.visit(&n.Args[i])
	}
}

// expressionType returns the result type that an index requires of its expression.
func expressionType(form secondary.Form, particle protocol.ParticleType) exp.Type {
	switch form {
	case secondary.Elements:
		return exp.TypeList
	case secondary.MapKeys, secondary.MapValues:
		return exp.TypeMap
	}
	switch particle {
	case protocol.ParticleInteger:
		return exp.TypeInt
	case protocol.ParticleString:
		return exp.TypeString
	case protocol.ParticleBlob:
		return exp.TypeBlob
	}
	return exp.TypeGeo
}

// typeWord returns the name of a type in the server's messages.
func typeWord(t exp.Type) string {
	switch t {
	case exp.TypeInt:
		return "numeric"
	case exp.TypeGeo:
		return "geo2dsphere"
	case exp.TypeNil:
		return "null"
	}
	return t.String()
}

// showExpression returns an expression in readable form, for sindex-list. It uses the notation of
// package exp, not the server's.
func showExpression(packed string) string {
	n, err := exp.ParseNode([]byte(packed))
	if err != nil {
		return ""
	}
	return n.String()
}
