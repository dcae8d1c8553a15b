package exp

import "github.com/aerosql/aerosql/protocol/cdt"

// selectForm is the part of select flags with the form of the result. selectApply is the form that
// stores something.
const (
	selectForm  cdt.SelectFlags = 0x0f
	selectApply cdt.SelectFlags = 4
)

// SelectByPath returns a list of the elements at the end of a path through nested lists and maps.
// what is the form: cdt.SelectValues, cdt.SelectMapKeys or cdt.SelectMapKeyValues, optionally or-ed
// with cdt.SelectNoFail.
//
//	exp.SelectByPath(exp.MapBin("catalog"), cdt.In(
//		cdt.AllChildrenWithFilter(exp.Filter(exp.Gt(
//			exp.MapGetByKey(exp.MapLoopVar(exp.LoopValue), exp.StringVal("price"), exp.ReturnInt), exp.IntVal(10)))),
//		cdt.MapKey(protocol.String("name")),
//	), cdt.SelectValues)
//
// The path cannot use variables of an enclosing [Let].
//
// Unknown if the collection does not exist, or if a filter is unknown and what does not have
// cdt.SelectNoFail. Needs server 8.1.1.
func SelectByPath[C Collection](on C, path cdt.Context, what cdt.SelectFlags) List {
	if form := what & selectForm; form == cdt.SelectTree || form >= selectApply {
		return typed[List](failed("select flags 0x%x: result is not a list", uint8(what)))
	}
	return typed[List](pathCall(TypeList, false, on, path, what))
}

// SelectTreeByPath returns the collection reduced to the elements at the end of a path and the
// lists and maps along the path. Flags can have cdt.SelectNoFail.
//
// Unknown if the collection does not exist, or if a filter is unknown and flags do not have
// cdt.SelectNoFail. Needs server 8.1.1.
func SelectTreeByPath[C Collection](on C, path cdt.Context, flags ...cdt.SelectFlags) C {
	what, ok := pathFlags(cdt.SelectTree, flags)
	if !ok {
		return typed[C](failed("select flags 0x%x: result is not a tree", uint8(what)))
	}
	return typed[C](pathCall(typeOf[C](), false, on, path, what))
}

// ModifyByPath returns the collection with every element at the end of a path replaced by the
// result of value. In value, [LoopVar] is a part of the current element. If the result is
// [ResultRemove] the element is removed. Flags can have cdt.SelectNoFail: elements for which value
// is unknown are left unchanged.
//
// Unknown if the collection does not exist, or if a filter or value is unknown and flags do not
// have cdt.SelectNoFail. Needs server 8.1.1.
func ModifyByPath[C Collection](on C, path cdt.Context, value Expression, flags ...cdt.SelectFlags) C {
	what, ok := pathFlags(selectApply, flags)
	if !ok {
		return typed[C](failed("select flags 0x%x: a modification has no result form", uint8(what)))
	}
	return typed[C](pathCall(typeOf[C](), true, on, path, what, value))
}

// pathFlags adds the flags to a form and reports whether they leave the form unchanged.
func pathFlags(form cdt.SelectFlags, flags []cdt.SelectFlags) (cdt.SelectFlags, bool) {
	what := form
	for _, f := range flags {
		what |= f
	}
	return what, what&selectForm == form
}

func pathCall(result Type, modify bool, on Expression, path cdt.Context, what cdt.SelectFlags, value ...Expression) *Node {
	args := append([]Expression{number(what)}, value...)
	return call(Call{System: SystemCDT, Modify: modify, Code: CodeSelect}, result, on, path, args)
}

// ResultRemove, as the result of the value of [ModifyByPath], removes the element. It is not a
// value: if one action of a [Cond] is ResultRemove all actions must be, otherwise the server
// rejects the expression with ParameterError. Put the condition for the removal into a filter of
// the path instead.
//
// Needs server 8.1.1.
func ResultRemove() Nil { return typed[Nil](node(OpResultRemove)) }
