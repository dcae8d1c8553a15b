package function

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// lowerCall returns the integer that a call reads from a collection, a blob or a sketch.
func lowerCall(system exp.System, on exp.Node, code int64, args ...exp.Node) Lowered {
	return Lowered{
		Node: exp.Node{
			Op: exp.OpCall, Type: exp.TypeInt, Args: append([]exp.Node{on}, args...),
			Call: &exp.Call{System: system, Code: code},
		},
		Kind: protocol.KindInt, Total: true,
	}
}

func lowerListSize(args []Lowered) (Lowered, bool) {
	return lowerCall(exp.SystemCDT, args[0].Node, int64(cdt.CodeListSize)), args[0].Kind == protocol.KindList
}

func lowerMapSize(args []Lowered) (Lowered, bool) {
	return lowerCall(exp.SystemCDT, args[0].Node, int64(cdt.CodeMapSize)), args[0].Kind == protocol.KindMap
}

// lowerSize lowers CARDINALITY.
func lowerSize(args []Lowered) (Lowered, bool) {
	if args[0].Kind == protocol.KindMap {
		return lowerMapSize(args)
	}
	return lowerListSize(args)
}
