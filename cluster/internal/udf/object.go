package udf

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/protocol"
)

// An object is what a userdata of the server's own classes holds. Its class name
// is what messages call it.
type object interface{ class() string }

// What objects may have beside: fields that are read, fields that are set, a
// size for #, and a value to store or to return.
type (
	indexed interface {
		get(c call, key lua.LValue) lua.LValue
	}
	assignable interface {
		set(c call, key, value lua.LValue)
	}
	sized  interface{ size() int }
	valued interface {
		value(depth int) protocol.Value
		text(depth int) string
	}
)

// box gives an object as a new userdata. As on a real server, two reads of the
// same list are two userdata, which are not equal, of one list.
func (m *machine) box(o object) *lua.LUserData {
	u := m.state.NewUserData()
	u.Value, u.Metatable = o, m.metatables[o.class()]
	return u
}

// unbox gives a new userdata for what a container holds, if it is an object.
func (m *machine) unbox(v lua.LValue) lua.LValue {
	if u, ok := v.(*lua.LUserData); ok {
		return m.box(u.Value.(object))
	}
	return v
}

// isStorable reports whether a value has a form outside of Lua: tables and
// functions have none (docs/wire-cdt-exp.md#10.3).
func isStorable(v lua.LValue) bool {
	switch v := v.(type) {
	case *lua.LUserData:
		_, isValue := v.Value.(valued)
		_, isRecord := v.Value.(*Record)
		return isValue || isRecord
	case *lua.LNilType, lua.LBool, lua.LString:
		return true
	}
	_, ok := numberOf(v)
	return ok
}

// held gives a value as lists and maps hold it: texts end at their first NUL.
func held(v lua.LValue) lua.LValue {
	if s, ok := v.(lua.LString); ok && strings.IndexByte(string(s), 0) >= 0 {
		return lua.LString(cString(string(s)))
	}
	return v
}

func isRecord(v lua.LValue) bool {
	u, ok := v.(*lua.LUserData)
	if !ok {
		return false
	}
	_, ok = u.Value.(*Record)
	return ok
}

// show counts the elements of a container of which a form outside of Lua is made; it may contain itself many times over.
func (m *machine) show(elements int) {
	m.work(m.state, elements+1)
	m.spend(m.state, 4*valueCost*(elements+1))
}

// toValue gives a Lua value as one to store or to return; what has no form gives nil.
func toValue(v lua.LValue, depth int) protocol.Value {
	switch v := v.(type) {
	case lua.LBool:
		return protocol.Bool(bool(v))
	case lua.LString:
		return protocol.String(cString(string(v)))
	case *lua.LUserData:
		if o, ok := v.Value.(valued); ok && depth < protocol.MaxDepth {
			return o.value(depth + 1)
		}
		return protocol.Nil()
	}
	if n, ok := numberOf(v); ok {
		if n.isFloat {
			return protocol.Float(n.f)
		}
		return protocol.Int(n.i)
	}
	return protocol.Nil()
}

// fromValue gives a value to Lua. Nothing of it shares memory with v.
func (m *machine) fromValue(v protocol.Value) lua.LValue {
	switch v.Kind() {
	case protocol.KindBool:
		b, _ := v.Bool()
		return lua.LBool(b)
	case protocol.KindInt:
		n, _ := v.Int()
		return luaInteger(n)
	case protocol.KindUint:
		n, _ := v.Uint()
		return luaInteger(int64(n))
	case protocol.KindFloat:
		f, _ := v.Float()
		return luaFloat(f)
	case protocol.KindString:
		s, _ := v.Text()
		return lua.LString(strings.Clone(cString(s)))
	case protocol.KindGeoJSON:
		s, _ := v.Text()
		return m.box(&geoJSON{json: strings.Clone(cString(s))})
	case protocol.KindBlob, protocol.KindHLL:
		b, _ := v.Bytes()
		return m.box(newBytes(b, v.Particle()))
	case protocol.KindList:
		return m.box(m.newList(v))
	case protocol.KindMap:
		return m.box(m.newMap(v))
	}
	return lua.LNil
}

// maxText bounds how deep tostring looks into what may contain itself.
const maxText = protocol.MaxDepth

// elementText shows a value inside of a list or map; ok is false for what the server shows as nothing.
func elementText(v lua.LValue, depth int) (text string, ok bool) {
	switch v := v.(type) {
	case *lua.LNilType:
		return "NIL", true
	case lua.LBool:
		return v.String(), true
	case lua.LString:
		return `"` + cString(string(v)) + `"`, true
	case *lua.LUserData:
		o, isValue := v.Value.(valued)
		if !isValue || depth >= maxText {
			return "", false
		}
		text = o.text(depth + 1)
		return text, text != ""
	}
	n, ok := numberOf(v)
	if ok && n.isFloat {
		return formatDigits(n.f), true
	}
	return formatNumber(v), ok
}
