package exp

import "github.com/aerosql/aerosql/protocol/cdt"

// A call that modifies does not change the record. Its result is the modified collection. To store
// it, pass the expression to [Write].

func modifyList[C Collection](code cdt.Code, list C, options []cdt.ListOption, args ...Expression) C {
	in, _ := listOptions(options)
	return modifyCollection(TypeList, code, list, in, args...)
}

// listOptions returns the context and the policy of a call's options.
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

// ListAppend returns the collection with a value added at the end of the list, or at its position
// in an ordered list. Options are a [cdt.ListPolicy] and a [cdt.Context].
//
// Unknown if the list does not exist or the policy's flags forbid the change. Needs server 5.6.
func ListAppend[C Collection](list C, value Expression, options ...cdt.ListOption) C {
	_, policy := listOptions(options)
	return modifyList(cdt.CodeListAppend, list, options, value, number(policy.Order), number(policy.Flags))
}

// ListAppendItems returns the collection with all items added at the end of the list, or at their
// positions in an ordered list. Options are a [cdt.ListPolicy] and a [cdt.Context].
//
// Unknown if the list does not exist or the policy's flags forbid the change. Needs server 5.6.
func ListAppendItems[C Collection](list C, items List, options ...cdt.ListOption) C {
	_, policy := listOptions(options)
	return modifyList(cdt.CodeListAppendItems, list, options, items, number(policy.Order), number(policy.Flags))
}

// ListInsert returns the collection with a value inserted into the unordered list before an index.
// Options are a [cdt.ListPolicy], whose order is not used, and a [cdt.Context].
//
// Unknown if the list does not exist or is ordered, or if the policy's flags forbid the change.
// Needs server 5.6.
func ListInsert[C Collection](list C, index Int, value Expression, options ...cdt.ListOption) C {
	_, policy := listOptions(options)
	return modifyList(cdt.CodeListInsert, list, options, index, value, number(policy.Flags))
}

// ListInsertItems returns the collection with all items inserted into the unordered list before an
// index. Options are a [cdt.ListPolicy], whose order is not used, and a [cdt.Context].
//
// Unknown if the list does not exist or is ordered, or if the policy's flags forbid the change.
// Needs server 5.6.
func ListInsertItems[C Collection](list C, index Int, items List, options ...cdt.ListOption) C {
	_, policy := listOptions(options)
	return modifyList(cdt.CodeListInsertItems, list, options, index, items, number(policy.Flags))
}

// ListSet returns the collection with the element at an index of the unordered list replaced.
// Options are a [cdt.ListPolicy], whose order is not used, and a [cdt.Context].
//
// Unknown if the list does not exist or is ordered, or if the policy's flags forbid the change.
// Needs server 5.6.
func ListSet[C Collection](list C, index Int, value Expression, options ...cdt.ListOption) C {
	_, policy := listOptions(options)
	return modifyList(cdt.CodeListSet, list, options, index, value, number(policy.Flags))
}

// ListIncrement returns the collection with delta added to the number at an index of the list.
// Options are a [cdt.ListPolicy] and a [cdt.Context].
//
// Unknown if the list or number does not exist. Needs server 5.6.
func ListIncrement[N Number, C Collection](list C, index Int, delta N, options ...cdt.ListOption) C {
	_, policy := listOptions(options)
	return modifyList(cdt.CodeListIncrement, list, options, index, delta, number(policy.Order), number(policy.Flags))
}

// ListSort returns the collection with the list sorted. how is [cdt.SortDescending],
// [cdt.SortDropDuplicates], both or-ed, or 0.
//
// Unknown if the list does not exist. Needs server 5.6.
func ListSort[C Collection](list C, how cdt.SortFlags, in ...cdt.Context) C {
	return modifyCollection(TypeList, cdt.CodeListSort, list, contextOf(in), number(how))
}

// ListClear returns the collection with the list emptied.
//
// Unknown if the list does not exist. Needs server 5.6.
func ListClear[C Collection](list C, in ...cdt.Context) C {
	return modifyCollection(TypeList, cdt.CodeListClear, list, contextOf(in))
}
