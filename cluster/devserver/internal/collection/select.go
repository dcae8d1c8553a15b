package collection

import (
	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// Types of steps that are valid only in paths (docs/wire-cdt-exp.md#2.2 and 2.6).
const (
	contextExpression = contextType(cdt.StepExpression)
	contextKeyList    = contextType(cdt.StepMapKeysIn) & contextBase
	contextAnd        = contextType(cdt.StepAnd)
)

const (
	// selectApply is the result form of a path call that modifies. It has no result.
	selectApply cdt.SelectFlags = 4
	// selectFormMask selects the result form in the flags of a path call.
	selectFormMask = 0x0f
)

// maxLevels is the largest number of steps in a path.
const maxLevels = 64

// A pathEntry is one level of a path: which children of a container it follows.
type pathEntry struct {
	kind   contextType
	index  int64
	value  protocol.Value
	filter Expression // nil for all children
	and    Expression // a second condition, nil if none
	hasAnd bool
}

// selectPath runs a path call.
func selectPath(t *target, c *invocation) protocol.ResultCode {
	if k := t.bin.Kind(); k != protocol.KindList && k != protocol.KindMap {
		return protocol.BinTypeError
	}
	w := &walker{}
	if !w.readEntries(t.env, c.args) {
		return protocol.ParameterError
	}
	flags, ok := c.args.Int()
	w.form, w.noFail = cdt.SelectFlags(flags&selectFormMask), flags&int64(cdt.SelectNoFail) != 0
	arguments := 2
	if w.form == selectApply {
		arguments++
	}
	if !ok || w.form > selectApply || c.count != arguments {
		return protocol.ParameterError
	}
	if w.form == selectApply && !w.readModification(t, c.args) {
		return protocol.ParameterError
	}
	v, code := w.walk(t.bin, 0)
	switch {
	case code != protocol.OK:
		return code
	case w.form == selectApply:
		t.store(v)
	case w.form == cdt.SelectTree:
		t.result = Visible(v)
	default:
		t.result = protocol.List(w.leaves...)
	}
	return protocol.OK
}

func (w *walker) readModification(t *target, r *call.Reader) (ok bool) {
	if !t.modify {
		return false
	}
	packed, ok := r.Raw()
	if ok {
		w.modification, ok = t.env.compile(packed)
	}
	return ok
}

// readEntries reads the levels of a path. A second condition is a step of its own after the step it
// belongs to.
func (w *walker) readEntries(env *Env, r *call.Reader) bool {
	n, ok := r.Array()
	if !ok || n == 0 || n%2 != 0 || n/2 > maxLevels {
		return false
	}
	for range n / 2 {
		kind, ok := r.Uint()
		if !ok {
			return false
		}
		if k := contextType(kind); k&contextAnd != 0 {
			ok = w.readAnd(env, r, k)
		} else {
			ok = w.readEntry(env, r, k)
		}
		if !ok {
			return false
		}
	}
	return true
}

func (w *walker) readAnd(env *Env, r *call.Reader, k contextType) (ok bool) {
	if k != contextAnd|contextExpression || len(w.entries) == 0 {
		return false
	}
	e := &w.entries[len(w.entries)-1]
	if e.hasAnd || e.kind&contextBase == contextExpression {
		return false
	}
	e.hasAnd = true
	e.and, ok = readFilter(env, r)
	return ok
}

func (w *walker) readEntry(env *Env, r *call.Reader, k contextType) (ok bool) {
	e := pathEntry{kind: k}
	switch k & contextBase {
	case contextIndex, contextRank:
		e.index, ok = r.Int()
	case contextKey, contextValue, contextKeyList:
		e.value, ok = r.Value()
	case contextExpression:
		e.filter, ok = readFilter(env, r)
	}
	w.entries = append(w.entries, e)
	return ok
}

// readFilter reads an expression, or the literal true, which matches everything.
func readFilter(env *Env, r *call.Reader) (Expression, bool) {
	if r.NextIsArray() {
		packed, ok := r.Raw()
		if !ok {
			return nil, false
		}
		return env.compile(packed)
	}
	all, ok := r.Bool()
	return nil, ok && all
}
