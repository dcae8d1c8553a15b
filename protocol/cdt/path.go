package cdt

import "github.com/aerosql/aerosql/protocol"

// maxPath is the largest number of levels in a path (docs/wire-cdt-exp.md#2.6).
const maxPath = 64

// AllChildren is a step of a path expression to every element of a list or map. Needs server 8.1.1.
func AllChildren() Step { return Step{StepExpression, protocol.Bool(true)} }

// AllChildrenWithFilter is a step of a path expression to the elements of a list or map for which
// filter, a packed boolean expression, is true. The filter can use the loop variables: the
// element's key, value and index. Needs server 8.1.1.
func AllChildrenWithFilter(filter []byte) Step { return Step{StepExpression, protocol.Blob(filter)} }

// MapKeysIn is a step of a path expression to the values of several keys of a map. It retains keys.
// Needs server 8.1.1.
func MapKeysIn[K any](keys ...K) Step { return Step{StepMapKeysIn, listOf(keys)} }

// AndFilter narrows the previous step to the elements for which filter, a packed boolean
// expression, is true. It cannot be the first step of a path, or follow [AllChildren] or another
// filter: combine two conditions in one expression instead. Needs server 8.1.1.
func AndFilter(filter []byte) Step { return Step{StepAnd | StepExpression, protocol.Blob(filter)} }

// SelectFlags are the form in which [SelectByPath] returns its result: one of the Select constants,
// optionally or-ed with [SelectNoFail].
type SelectFlags uint8

// The result forms of SelectByPath.
const (
	SelectTree         SelectFlags = 0 // the lists and maps along the path, reduced to what matched
	SelectValues       SelectFlags = 1 // a list of the values at the end of the path
	SelectMapKeys      SelectFlags = 2 // a list of their keys; error 12 if the path ends in a list
	SelectMapKeyValues SelectFlags = 3 // a flat list: key, value, key, value

	// SelectNoFail treats a filter that cannot be evaluated as false, for example because of the
	// type of an element.
	SelectNoFail SelectFlags = 0x10

	selectApply SelectFlags = 4 // the call stores the results of an expression
)

// SelectByPath reads the elements at the end of a path. Each step can lead to several elements.
// Elements that a step does not find are left out. Fails with error 12 if the bin is not a list or
// map, and with 4 if a filter cannot be evaluated and [SelectNoFail] is not set. Needs server
// 8.1.1.
func SelectByPath(bin string, path Context, what SelectFlags) protocol.Operation {
	p := beginPath(path, 3)
	if what&selectApply != 0 {
		p.fail("invalid select flags 0x%x: use ModifyByPath to store results", uint8(what))
	}
	p.int(int64(what))
	return p.read(bin)
}

// ModifyByPath replaces every value at the end of a path with the result of a packed expression.
// The expression can use the loop variables: the element's key, value and index. If its result is
// "remove" the element is removed. flags can have [SelectNoFail]: values for which the expression
// cannot be evaluated are left unchanged. Without it the operation fails with error 1. No result.
// Needs server 8.1.1.
func ModifyByPath(bin string, path Context, expression []byte, flags ...SelectFlags) protocol.Operation {
	all := selectApply
	for _, f := range flags {
		all |= f
	}
	p := beginPath(path, 4)
	p.int(int64(all))
	if len(expression) == 0 {
		p.fail("empty expression")
	}
	p.raw(expression)
	return p.modify(bin)
}

func beginPath(path Context, elements int) *packer {
	p := packers.Get().(*packer)
	p.buf, p.err = p.buf[:0], nil
	p.array(elements)
	p.int(int64(CodeSelect))
	p.array(2 * len(path))
	if len(path) == 0 || len(path) > maxPath {
		p.fail("path of %d steps: must have 1 to %d", len(path), maxPath)
	}
	for i, s := range path {
		if s.Type&StepAnd != 0 && (i == 0 || path[i-1].Type&stepBase == StepExpression) {
			p.fail("AndFilter must follow a step that it can narrow")
		}
		p.step(s)
	}
	return p
}
