package udf

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/protocol"
)

// A dictionary is a Map object. Containers hold it by reference. Its pairs are sorted by key.
type dictionary struct {
	machine *machine
	pairs   []pair
	order   protocol.Order
}

type pair struct {
	key     protocol.Value
	luaKey  lua.LValue
	element lua.LValue
}

func (*dictionary) class() string { return "Map" }

func (m *machine) newMap(v protocol.Value) *dictionary {
	pairs, _ := v.Map()
	d := &dictionary{machine: m, order: v.Order()}
	for _, p := range pairs {
		d.put(m.fromValue(p.Key), m.fromValue(p.Value))
	}
	return d
}

// keyOf returns a key as the server compares it. ok is false if v cannot be a key: only integers,
// strings and blobs can.
func keyOf(v lua.LValue) (key protocol.Value, ok bool) {
	if u, isObject := v.(*lua.LUserData); isObject {
		b, isBytes := u.Value.(*byteArray)
		if !isBytes || b.particle != protocol.ParticleBlob {
			return key, false
		}
	}
	key = toValue(v, 0)
	switch key.Kind() {
	case protocol.KindInt, protocol.KindString, protocol.KindBlob:
		return key, true
	}
	return key, false
}

func (d *dictionary) find(key protocol.Value) (int, bool) {
	return slices.BinarySearchFunc(d.pairs, key, func(p pair, key protocol.Value) int { return protocol.Compare(p.key, key) })
}

// put stores a pair. It does nothing if luaKey cannot be a key.
func (d *dictionary) put(luaKey, element lua.LValue) {
	key, ok := keyOf(luaKey)
	if !ok {
		return
	}
	luaKey, element = toElement(luaKey), toElement(element)
	i, found := d.find(key)
	if found {
		d.pairs[i] = pair{key, luaKey, element}
	} else {
		d.pairs = slices.Insert(d.pairs, i, pair{key, luaKey, element})
	}
}

// lookup returns the value of a key, nil if there is no such key.
func (d *dictionary) lookup(luaKey lua.LValue) lua.LValue {
	if key, ok := keyOf(luaKey); ok {
		if i, found := d.find(key); found {
			return d.machine.unbox(d.pairs[i].element)
		}
	}
	return lua.LNil
}

func (d *dictionary) remove(luaKey lua.LValue) {
	if key, ok := keyOf(luaKey); ok {
		if i, found := d.find(key); found {
			d.pairs = slices.Delete(d.pairs, i, i+1)
		}
	}
}

func (d *dictionary) size() int { return len(d.pairs) }

func (d *dictionary) value(depth int) protocol.Value {
	d.machine.chargeElements(len(d.pairs))
	pairs := make([]protocol.Pair, len(d.pairs))
	for i, p := range d.pairs {
		pairs[i] = protocol.Pair{Key: p.key, Value: toValue(p.element, depth)}
	}
	return protocol.MapWithOrder(d.order, pairs)
}

func (d *dictionary) text(depth int) string {
	d.machine.chargeElements(len(d.pairs))
	var b strings.Builder
	b.WriteByte('{')
	for i, p := range d.pairs {
		key, okKey := elementText(p.luaKey, depth)
		element, ok := elementText(p.element, depth)
		if !ok || !okKey {
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(key + ":" + element)
	}
	b.WriteByte('}')
	return b.String()
}

// String returns the map as tostring formats it.
func (d *dictionary) String() string { return d.text(0) }

func (d *dictionary) get(_ call, key lua.LValue) lua.LValue {
	v := d.lookup(key)
	return v
}

// set stores a pair; the value may be nil. A value that cannot be stored removes the key.
func (d *dictionary) set(c call, key, v lua.LValue) {
	switch {
	case isRecord(v):
	case !isStorable(v):
		d.remove(key)
	default:
		c.spend(2 * valueCost)
		d.put(key, v)
	}
}

// mapLibrary returns the functions of the global table map (docs/wire-cdt-exp.md#10.5).
func (m *machine) mapLibrary() library {
	return library{
		"new": m.mapCreate, "create": m.mapCreate, "iterator": m.mapPairs, "pairs": m.mapPairs, "keys": m.mapKeys,
		"values": m.mapValues, "remove": mapRemove, "size": mapSize, "nbytes": mapBytes, "tostring": mapText,
		"merge": m.mapMerge, "diff": m.mapDiff, "clone": m.mapClone,
	}
}

// mapConstruct implements map{...}. Its first argument is the library table.
func (m *machine) mapConstruct(c call) int {
	c.optional(3, 0)
	d := &dictionary{machine: m}
	if t, ok := c.Get(2).(*lua.LTable); ok && c.GetTop() <= 3 {
		t.ForEach(func(key, v lua.LValue) {
			if isStorable(v) && isStorable(key) {
				d.put(key, v)
			}
		})
	}
	return c.push(m.box(d))
}

func (m *machine) mapCreate(c call) int {
	if c.GetTop() != 1 || c.optional(1, 0) < 1 {
		return 0
	}
	return c.push(m.box(&dictionary{machine: m}))
}

func mapRemove(c call) int {
	objectAt[*dictionary](c, 1).remove(c.Get(2))
	return 0
}

func mapSize(c call) int { return c.push(lua.LNumber(objectAt[*dictionary](c, 1).size())) }

func mapText(c call) int { return c.push(lua.LString(objectAt[*dictionary](c, 1).String())) }

func mapBytes(c call) int { return c.push(packedSize(objectAt[*dictionary](c, 1).value(0))) }

// iterator returns an iterator over the pairs. show selects what each step returns.
func (m *machine) iterator(c call, show func(pair) []lua.LValue) int {
	d, i := objectAt[*dictionary](c, 1), 0
	return c.push(m.function("iterator", func(c call) int {
		if i >= len(d.pairs) {
			return 0
		}
		i++
		return c.push(show(d.pairs[i-1])...)
	}))
}

func (m *machine) mapPairs(c call) int {
	return m.iterator(c, func(p pair) []lua.LValue { return []lua.LValue{m.unbox(p.luaKey), m.unbox(p.element)} })
}

func (m *machine) mapKeys(c call) int {
	return m.iterator(c, func(p pair) []lua.LValue { return []lua.LValue{m.unbox(p.luaKey)} })
}

func (m *machine) mapValues(c call) int {
	return m.iterator(c, func(p pair) []lua.LValue { return []lua.LValue{m.unbox(p.element)} })
}

// copyPairs copies the pairs that keep accepts. The server's own Lua code copies them through a
// table, so pairs with a nil value are lost.
func (d *dictionary) copyPairs(c call, from *dictionary, keep func(pair) bool) {
	c.spend(2 * valueCost * len(from.pairs))
	for _, p := range from.pairs {
		if p.element != lua.LNil && keep(p) {
			d.put(p.luaKey, p.element)
		}
	}
}

func always(pair) bool { return true }

func (m *machine) mapClone(c call) int {
	d := &dictionary{machine: m}
	d.copyPairs(c, luaObjectAt[*dictionary](c, 1, 47, "pairs"), always)
	return c.push(m.box(d))
}

// mapDiff returns the pairs whose key is in only one of two maps. A value of false counts as
// absent.
func (m *machine) mapDiff(c call) int {
	a, b := luaObjectAt[*dictionary](c, 1, 33, "pairs"), luaObjectAt[*dictionary](c, 2, 38, "pairs")
	absentFrom := func(other *dictionary) func(pair) bool {
		return func(p pair) bool {
			v := other.lookup(p.luaKey)
			return lua.LVIsFalse(v)
		}
	}
	d := &dictionary{machine: m}
	d.copyPairs(c, a, absentFrom(b))
	d.copyPairs(c, b, absentFrom(a))
	return c.push(m.box(d))
}

// mapMerge merges two maps. If a function is given, it merges the values of a key that is in both.
func (m *machine) mapMerge(c call) int {
	a, b := luaObjectAt[*dictionary](c, 1, 23, "pairs"), luaObjectAt[*dictionary](c, 2, 26, "pairs")
	join, joins := c.Get(3).(*lua.LFunction)
	d := &dictionary{machine: m}
	d.copyPairs(c, a, always)
	for _, p := range slices.Clone(b.pairs) {
		element := m.unbox(p.element)
		if old := d.lookup(p.luaKey); joins && lua.LVAsBool(old) {
			c.Push(join)
			c.Push(old)
			c.Push(element)
			c.Call(2, 1)
			if joined := c.Get(-1); lua.LVAsBool(joined) {
				element = joined
			}
			c.Pop(1)
		}
		if element == lua.LNil || !isStorable(element) {
			d.remove(p.luaKey)
			continue
		}
		c.spend(2 * valueCost)
		d.put(p.luaKey, element)
	}
	return c.push(m.box(d))
}
