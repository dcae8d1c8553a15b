package cdt

import "github.com/aerosql/aerosql/protocol"

// maxPath is how many levels a path may have (docs/wire-cdt-exp.md#2.6).
const maxPath = 64

// AllChildren is the step of a path expression to every element of a list or map. Server 8.1.1.
func AllChildren() Step { return Step{StepExpression, protocol.Bool(true)} }

// AllChildrenWithFilter is the step of a path expression to those elements of
// a list or map for which a filter, a packed boolean expression, is true. In
// the filter the loop variables are set: the element's key, value and index. Server 8.1.1.
func AllChildrenWithFilter(filter []byte) Step { return Step{StepExpression, protocol.Blob(filter)} }

// MapKeysIn is the step of a path expression to the values under several keys
// of a map. It keeps a reference to the keys. Server 8.1.1.
func MapKeysIn(keys ...protocol.Value) Step { return Step{StepMapKeysIn, protocol.List(keys...)} }

// AndFilter narrows the step before it to those elements for which a filter, a
// packed boolean expression, is true. It can't be the first of a path, nor
// follow AllChildren or another filter: put two conditions into one expression. Server 8.1.1.
func AndFilter(filter []byte) Step { return Step{StepAnd | StepExpression, protocol.Blob(filter)} }

// SelectFlags say in which form [SelectByPath] gives what it found: one of the
// Select constants, with [SelectNoFail] or-ed to it or not.
type SelectFlags uint8

// The forms of what a path selects.
const (
	SelectTree         SelectFlags = 0 // the lists and maps along the path with what matched in them
	SelectValues       SelectFlags = 1 // a list of the values at the path's end
	SelectMapKeys      SelectFlags = 2 // a list of their keys; error 12 if the path ends in a list
	SelectMapKeyValues SelectFlags = 3 // a flat list: key, value, key, value

	// SelectNoFail takes a filter that has no answer (e.g. for the type of an element) as false.
	SelectNoFail SelectFlags = 0x10

	selectApply SelectFlags = 4 // the call has an expression whose results are stored
)

// SelectByPath reads what a path leads to; each step may lead to several
// elements, and what a step does not find is left out. Error 12 for a bin that is neither list nor
// map, 4 for a filter that has no answer unless [SelectNoFail] is set. Server 8.1.1.
func SelectByPath(bin string, path Context, what SelectFlags) protocol.Operation {
	p := beginPath(path, 3)
	if what&selectApply != 0 {
		p.fail("select flags 0x%x: to store something use ModifyByPath", uint8(what))
	}
	p.int(int64(what))
	return p.read(bin)
}

// ModifyByPath replaces every value that a path leads to by the result of a
// packed expression, in which the loop variables are set: the element's key, value
// and index. An expression that gives "remove" removes the element. flags may have
// [SelectNoFail], with which values for which the expression has no answer stay as they are;
// error 1 without it. No result. Server 8.1.1.
func ModifyByPath(bin string, path Context, expression []byte, flags ...SelectFlags) protocol.Operation {
	all := selectApply
	for _, f := range flags {
		all |= f
	}
	p := beginPath(path, 4)
	p.int(int64(all))
	if len(expression) == 0 {
		p.fail("an empty expression")
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
		p.fail("a path of %d steps; it has 1 to %d", len(path), maxPath)
	}
	for i, s := range path {
		if s.Type&StepAnd != 0 && (i == 0 || path[i-1].Type&stepBase == StepExpression) {
			p.fail("AndFilter does not follow a step that it could narrow")
		}
		p.step(s)
	}
	return p
}
