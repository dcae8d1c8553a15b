package exp

import "github.com/aerosql/aerosql/protocol/cdt"

// mapOptions returns the context and the policy of a call's options.
func mapOptions(options []cdt.MapOption) (in cdt.Context, policy cdt.MapPolicy) {
	for _, o := range options {
		switch o := o.(type) {
		case cdt.Context:
			in = contextOf([]cdt.Context{in, o})
		case cdt.MapPolicy:
			policy = o
		}
	}
	return in, policy
}

// putCodes are the calls that put one or several entries, by the policy's mode.
type putCodes struct{ upsert, updateOnly, createOnly cdt.Code }

// put selects the call by the policy: a call with flags, or the call for a mode. A call that never
// creates a map takes no order.
func put[C Collection](m C, codes putCodes, options []cdt.MapOption, args ...Expression) C {
	in, policy := mapOptions(options)
	code := codes.upsert
	switch {
	case policy.Flags != 0:
		args = append(args, number(policy.Order), number(policy.Flags))
	case policy.Mode == cdt.MapUpdateOnly:
		code = codes.updateOnly
	case policy.Mode == cdt.MapCreateOnly:
		code = codes.createOnly
		args = append(args, number(policy.Order))
	default:
		args = append(args, number(policy.Order))
	}
	return modifyCollection(TypeMap, code, m, in, args...)
}

// MapPut returns the collection with the value of a key of the map set. Options are a
// [cdt.MapPolicy] and a [cdt.Context].
//
// Unknown if the map does not exist or the policy forbids the change. Needs server 5.6.
func MapPut[C Collection](m C, key, value Expression, options ...cdt.MapOption) C {
	return put(m, putCodes{cdt.CodeMapPut, cdt.CodeMapReplace, cdt.CodeMapAdd}, options, key, value)
}

// MapPutItems returns the collection with all entries of items put into the map. Options are a
// [cdt.MapPolicy] and a [cdt.Context].
//
// Unknown if the map does not exist or the policy forbids the change. Needs server 5.6.
func MapPutItems[C Collection](m C, items Map, options ...cdt.MapOption) C {
	return put(m, putCodes{cdt.CodeMapPutItems, cdt.CodeMapReplaceItems, cdt.CodeMapAddItems}, options, items)
}

// MapIncrement returns the collection with delta added to the number of a key of the map. A key
// that the map does not have starts at 0. Options are a [cdt.MapPolicy], which only gives the
// order, and a [cdt.Context].
//
// Unknown if the map does not exist or the value is not a number. Needs server 5.6.
func MapIncrement[N Number, C Collection](m C, key Expression, delta N, options ...cdt.MapOption) C {
	in, policy := mapOptions(options)
	return modifyCollection(TypeMap, cdt.CodeMapIncrement, m, in, key, delta, number(policy.Order))
}

// MapClear returns the collection with the map emptied.
//
// Unknown if the map does not exist. Needs server 5.6.
func MapClear[C Collection](m C, in ...cdt.Context) C {
	return modifyCollection(TypeMap, cdt.CodeMapClear, m, contextOf(in))
}
