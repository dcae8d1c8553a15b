package udf

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/protocol"
)

// An object is the value of a userdata of one of the server's classes. class returns the name that
// messages use.
type object interface{ class() string }

// Optional methods of objects: reading fields, setting fields, the size for #, and the conversion
// to a value that can be stored or returned.
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

// box returns a new userdata for an object. As on a real server, reading the same list twice
// returns two userdata that share one list but are not equal.
func (m *machine) box(o object) *lua.LUserData {
	u := m.state.NewUserData()
	u.Value, u.Metatable = o, m.metatables[o.class()]
	return u
}

// unbox returns a new userdata if v, an element of a container, is an object. It returns other
// values unchanged.
func (m *machine) unbox(v lua.LValue) lua.LValue {
	if u, ok := v.(*lua.LUserData); ok {
		return m.box(u.Value.(object))
	}
	return v
}

// isStorable reports whether a value can leave Lua. Tables and functions cannot
// (docs/wire-cdt-exp.md#10.3).
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

// toElement returns a value as lists and maps hold it: strings end at their first NUL.
func toElement(v lua.LValue) lua.LValue {
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

// chargeElements charges the cost of converting a container with so many elements. A container may
// contain itself many times over.
func (m *machine) chargeElements(elements int) {
	m.work(m.state, elements+1)
	m.spend(m.state, 4*valueCost*(elements+1))
}

// toValue converts a Lua value to one that can be stored or returned. Values that cannot leave Lua
// become nil.
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

// fromValue converts a value to Lua. The result shares no memory with v.
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

// maxText is how deep tostring descends into containers, which may contain themselves.
const maxText = protocol.MaxDepth

// elementText formats an element of a list or map. ok is false if the server formats it as nothing.
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
