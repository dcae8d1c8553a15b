package devserver

import (
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/cluster/devserver/internal/secondary"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// badExpression is what is said of an expression that no index can be over.
const badExpression = "bad 'exp'"

// checkIndexExpression checks the expression that an index is to be over: what it gives must
// depend on the record's bins or digest, and on nothing that changes while they
// stay (docs/wire-cdt-exp.md#9.2).
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

// expressionUses tells what an expression looks at.
type expressionUses struct {
	record   bool // bins or the digest
	metadata bool // anything else that is no literal
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

// expressionType is what the expression of an index must give.
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

// typeWord is the name of a type in the server's messages.
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

// showExpression is an expression as sindex-list tells it to a reader, in the notation of
// package exp and not in the server's.
func showExpression(packed string) string {
	n, err := exp.ParseNode([]byte(packed))
	if err != nil {
		return ""
	}
	return n.String()
}
