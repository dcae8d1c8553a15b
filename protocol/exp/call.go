package exp

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// call returns the node of a call. The context, if any, is that of a list or map.
func call(what Call, result Type, on Expression, in cdt.Context, args []Expression) *Node {
	var err error
	if what.Context, err = stepsOf(in); err != nil {
		return failure(err)
	}
	n := &Node{Op: OpCall, Type: result, Call: &what, Args: make([]Node, 1, 1+len(args))}
	n.Args[0] = nodeOf(on)
	for _, a := range args {
		n.Args = append(n.Args, nodeOf(a))
	}
	return n
}

// stepsOf converts a context to the steps of the tree. Expressions in the context are packed.
func stepsOf(in cdt.Context) ([]Step, error) {
	if len(in) == 0 {
		return nil, nil
	}
	steps := make([]Step, len(in))
	for i, s := range in {
		steps[i] = Step{Type: int64(s.Type), Value: s.Value}
		packed, ok := s.Value.Bytes()
		if !ok || !hasFilter(int64(s.Type)) {
			continue
		}
		filter, err := ParseNode(packed)
		if err != nil {
			return nil, invalid("path step %d: %v", i+1, err)
		}
		if filter.Op == OpValue {
			steps[i].Value = filter.Value
			continue
		}
		steps[i].Value, steps[i].Filter = protocol.Value{}, filter
	}
	return steps, nil
}

// contextOf joins several contexts.
func contextOf(in []cdt.Context) cdt.Context {
	switch len(in) {
	case 0:
		return nil
	case 1:
		return in[0]
	}
	var all cdt.Context
	for _, c := range in {
		all = append(all, c...)
	}
	return all
}

// collectionCall returns a call on a list or map. own is the type that the call works on. If there
// is a context the call starts from the type that the first step needs.
func collectionCall[C Collection](own Type, code cdt.Code, modify bool, on C, in cdt.Context, args []Expression) *Node {
	from := own
	if len(in) > 0 {
		from = TypeMap
		if in[0].Type&cdt.StepListIndex != 0 {
			from = TypeList
		}
	}
	if on.Node() != nil && from != typeOf[C]() {
		return failed("call starts from a %s but got a %s: the context must lead to the %s", from, typeOf[C](), own)
	}
	return call(Call{System: SystemCDT, Modify: modify, Code: int64(code)}, from, on, in, args)
}

// readCollection returns a call that reads.
func readCollection[T Typed, C Collection](own Type, code cdt.Code, on C, in []cdt.Context, args ...Expression) T {
	n := collectionCall(own, code, false, on, contextOf(in), args)
	if n.Op == OpCall {
		n.Type = typeOf[T]()
	}
	return typed[T](n)
}

// modifyCollection returns a call whose result is the whole modified collection.
func modifyCollection[C Collection](own Type, code cdt.Code, on C, in cdt.Context, args ...Expression) C {
	return typed[C](collectionCall(own, code, true, on, in, args))
}

// number returns an argument that the caller did not pass as an expression: a flag or a return
// type.
func number[N ~uint8 | ~uint32](n N) Int { return IntVal(int64(n)) }

// oneOf returns the return type of a call as an argument.
func oneOf[T Typed](what One[T]) Int {
	var zero T
	return number(what.one(zero))
}

func manyOf[T Typed](what Many[T]) Int {
	var zero T
	return number(what.many(zero))
}

var toEnd = failed("ToEnd is valid only as the count of a range")

// ToEnd is the count of a range that extends to the end. It has no other use.
func ToEnd() Int { return typed[Int](toEnd) }

// upTo appends the last argument of a range, unless the range is open.
func upTo(last Expression, args ...Expression) []Expression {
	if last == nil || last.Node() == toEnd {
		return args
	}
	return append(args, last)
}

// from returns the first value of an interval, or nil if the interval is open.
func from(begin Expression) Expression {
	if begin == nil {
		return NilVal()
	}
	return begin
}
