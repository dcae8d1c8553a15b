package function

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// lowerCall returns the integer that a call reads from a collection.
func lowerCall(on exp.Node, code cdt.Code) Lowered {
	return Lowered{
		Node: exp.Node{
			Op: exp.OpCall, Type: exp.TypeInt, Args: []exp.Node{on},
			Call: &exp.Call{System: exp.SystemCDT, Code: int64(code)},
		},
		Kind: protocol.KindInt,
	}
}

func lowerListSize(args []Lowered) (Lowered, bool) {
	return lowerCall(args[0].Node, cdt.CodeListSize), args[0].Kind == protocol.KindList
}

func lowerMapSize(args []Lowered) (Lowered, bool) {
	return lowerCall(args[0].Node, cdt.CodeMapSize), args[0].Kind == protocol.KindMap
}

// lowerSize lowers CARDINALITY.
func lowerSize(args []Lowered) (Lowered, bool) {
	if args[0].Kind == protocol.KindMap {
		return lowerMapSize(args)
	}
	return lowerListSize(args)
}
