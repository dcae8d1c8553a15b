package exp

import "github.com/aerosql/aerosql/protocol/cdt"

// A call that modifies does not change the record: its result is the collection that it
// starts from, as it is after the change. To store it, give the expression to [Write].

func modifyList[C Collection](code cdt.Code, list C, options []cdt.ListOption, args ...Expression) C {
	in, _ := listOptions(options)
	return modifyCollection(TypeList, code, list, in, args...)
}

// listOptions returns the context and the policy among a call's options.
func listOptions(options []cdt.ListOption) (in cdt.Context, policy cdt.ListPolicy) {
	for _, o := range options {
		switch o := o.(type) {
		case cdt.Context:
			in = contextOf([]cdt.Context{in, o})
		case cdt.ListPolicy:
			policy = o
		}
	}
	return in, policy
}

// ListAppend is the collection with a value at the end of the list, or at its place
// in an ordered one. Options are a [cdt.ListPolicy] and a [cdt.Context].
//
// Unknown if there is no such list or the policy's flags forbid it. Needs server 5.6.
func ListAppend[C Collection](list C, value Expression, options ...cdt.ListOption) C {
	_, policy := listOptions(options)
	return modifyList(cdt.CodeListAppend, list, options, value, number(policy.Order), number(policy.Flags))
}

// ListAppendItems is the collection with all items at the end of the list, or at their
// places in an ordered one. Options are a [cdt.ListPolicy] and a [cdt.Context].
//
// Unknown if there is no such list or the policy's flags forbid it. Needs server 5.6.
func ListAppendItems[C Collection](list C, items List, options ...cdt.ListOption) C {
	_, policy := listOptions(options)
	return modifyList(cdt.CodeListAppendItems, list, options, items, number(policy.Order), number(policy.Flags))
}

// ListInsert is the collection with a value inserted into the unordered list in front of
// an index. Options are a [cdt.ListPolicy], whose order does not count, and a [cdt.Context].
//
// Unknown if there is no such list, it is ordered, or the policy's flags forbid it. Needs server 5.6.
func ListInsert[C Collection](list C, index Int, value Expression, options ...cdt.ListOption) C {
	_, policy := listOptions(options)
	return modifyList(cdt.CodeListInsert, list, options, index, value, number(policy.Flags))
}

// ListInsertItems is the collection with all items inserted into the unordered list in
// front of an index. Options are a [cdt.ListPolicy], whose order does not count, and a [cdt.Context].
//
// Unknown if there is no such list, it is ordered, or the policy's flags forbid it. Needs server 5.6.
func ListInsertItems[C Collection](list C, index Int, items List, options ...cdt.ListOption) C {
	_, policy := listOptions(options)
	return modifyList(cdt.CodeListInsertItems, list, options, index, items, number(policy.Flags))
}

// ListSet is the collection with the element at an index of the unordered list replaced.
// Options are a [cdt.ListPolicy], whose order does not count, and a [cdt.Context].
//
// Unknown if there is no such list, it is ordered, or the policy's flags forbid it. Needs server 5.6.
func ListSet[C Collection](list C, index Int, value Expression, options ...cdt.ListOption) C {
	_, policy := listOptions(options)
	return modifyList(cdt.CodeListSet, list, options, index, value, number(policy.Flags))
}

// ListIncrement is the collection with delta added to the number at an index of the
// list. Options are a [cdt.ListPolicy] and a [cdt.Context].
//
// Unknown if there is no such list or number. Needs server 5.6.
func ListIncrement[N Number, C Collection](list C, index Int, delta N, options ...cdt.ListOption) C {
	_, policy := listOptions(options)
	return modifyList(cdt.CodeListIncrement, list, options, index, delta, number(policy.Order), number(policy.Flags))
}

// ListSort is the collection with the list sorted: [cdt.SortDescending], [cdt.SortDropDuplicates], or 0 for neither.
//
// Unknown if there is no such list. Needs server 5.6.
func ListSort[C Collection](list C, how cdt.SortFlags, in ...cdt.Context) C {
	return modifyCollection(TypeList, cdt.CodeListSort, list, contextOf(in), number(how))
}

// ListClear is the collection with the list emptied.
//
// Unknown if there is no such list. Needs server 5.6.
func ListClear[C Collection](list C, in ...cdt.Context) C {
	return modifyCollection(TypeList, cdt.CodeListClear, list, contextOf(in))
}
