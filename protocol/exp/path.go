package exp

import "github.com/aerosql/aerosql/protocol/cdt"

// selectForm is the part of select flags that says in which form the result comes,
// selectApply the form in which something is stored.
const (
	selectForm  cdt.SelectFlags = 0x0f
	selectApply cdt.SelectFlags = 4
)

// SelectByPath is a list of what a path through nested lists and maps leads to, as
// what says: cdt.SelectValues, cdt.SelectMapKeys or cdt.SelectMapKeyValues, with cdt.SelectNoFail or-ed to it or not.
//
//	exp.SelectByPath(exp.MapBin("catalog"), cdt.In(
//		cdt.AllChildrenWithFilter(exp.Filter(exp.Gt(
//			exp.MapGetByKey(exp.MapLoopVar(exp.LoopValue), exp.StringVal("price"), exp.ReturnInt), exp.IntVal(10)))),
//		cdt.MapKey(protocol.String("name")),
//	), cdt.SelectValues)
//
// Variables of a [Let] around it can't be used in the path.
//
// Unknown if there is no such collection, or a filter has no answer and what does not say
// cdt.SelectNoFail. Needs server 8.1.1.
func SelectByPath[C Collection](on C, path cdt.Context, what cdt.SelectFlags) List {
	if form := what & selectForm; form == cdt.SelectTree || form >= selectApply {
		return typed[List](failed("select flags 0x%x: a list is not what they give", uint8(what)))
	}
	return typed[List](pathCall(TypeList, false, on, path, what))
}

// SelectTreeByPath is the collection with nothing in it but the elements that a path leads
// to, in the lists and maps along the path. Flags may have cdt.SelectNoFail.
//
// Unknown if there is no such collection, or a filter has no answer and flags do not have
// cdt.SelectNoFail. Needs server 8.1.1.
func SelectTreeByPath[C Collection](on C, path cdt.Context, flags ...cdt.SelectFlags) C {
	what, ok := pathFlags(cdt.SelectTree, flags)
	if !ok {
		return typed[C](failed("select flags 0x%x: a tree is not what they give", uint8(what)))
	}
	return typed[C](pathCall(typeOf[C](), false, on, path, what))
}

// ModifyByPath is the collection with every element that a path leads to replaced by
// the result of an expression, in which [LoopVar] tells of the element; [ResultRemove] as the
// result removes it. Flags may have cdt.SelectNoFail, with which elements stay as they are where the expression is unknown.
//
// Unknown if there is no such collection, or a filter or the expression has no answer and flags do
// not have cdt.SelectNoFail. Needs server 8.1.1.
func ModifyByPath[C Collection](on C, path cdt.Context, value Expression, flags ...cdt.SelectFlags) C {
	what, ok := pathFlags(selectApply, flags)
	if !ok {
		return typed[C](failed("select flags 0x%x: nothing is selected where something is stored", uint8(what)))
	}
	return typed[C](pathCall(typeOf[C](), true, on, path, what, value))
}

// pathFlags adds the flags to a form, and reports whether they leave the form as it is.
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

// ResultRemove as the result of the expression of [ModifyByPath] removes the
// element. It is no value: in a [Cond] all actions must be it, or the server refuses the expression with ParameterError,
// so that a condition for the removal belongs into a filter of the path.
//
// Needs server 8.1.1.
func ResultRemove() Nil { return typed[Nil](node(OpResultRemove)) }
