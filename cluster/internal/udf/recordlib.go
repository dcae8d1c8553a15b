package udf

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/protocol"
)

// recordLibrary returns the functions of the global table record (docs/wire-cdt-exp.md#10.4).
func (m *machine) recordLibrary() library {
	l := library{
		"setname": recordSet, "key": m.recordKey, "digest": m.recordDigest, "bin_names": m.recordNames,
		"set_ttl": recordSetTTL, "drop_key": recordDropKey,
		// Deprecated on the server. The record is in memory and not on a device.
		"device_size": func(c call) int {
			objectAt[*Record](c, 1)
			return c.push(lua.LNumber(0))
		},
	}
	for name, read := range map[string]func(*Record) int64{
		"ttl":              func(r *Record) int64 { return int64(r.TTL) },
		"gen":              func(r *Record) int64 { return int64(r.Generation) },
		"last_update_time": func(r *Record) int64 { return int64(r.LastUpdate) },
		"size":             func(r *Record) int64 { return int64(r.Size) },
		"memory_size":      func(r *Record) int64 { return int64(r.Size) },
		"numbins":          func(r *Record) int64 { return int64(len(r.Bins.Names())) },
	} {
		l[name] = func(c call) int {
			if r := objectAt[*Record](c, 1); r.Open {
				return c.push(luaInteger(read(r)))
			}
			return c.push(lua.LNumber(0))
		}
	}
	return l
}

func recordSet(c call) int {
	if r := objectAt[*Record](c, 1); r.Open && r.Set != "" {
		return c.push(lua.LString(r.Set))
	}
	return c.push(lua.LNil)
}

func (m *machine) recordKey(c call) int {
	if r := objectAt[*Record](c, 1); r.Open && !r.KeyDropped && r.Key.Kind() != protocol.KindFloat {
		return c.push(m.fromValue(r.Key))
	}
	return c.push(lua.LNil)
}

func (m *machine) recordDigest(c call) int {
	r := objectAt[*Record](c, 1)
	return c.push(m.box(newBytes(r.Digest[:], protocol.ParticleBlob)))
}

func (m *machine) recordNames(c call) int {
	r := objectAt[*Record](c, 1)
	if !r.Open {
		c.RaiseError("can't get bin names")
	}
	t := m.state.NewTable()
	for _, name := range r.Bins.Names() {
		t.Append(lua.LString(name))
	}
	return c.push(t)
}

func recordSetTTL(c call) int {
	r := objectAt[*Record](c, 1)
	ttl := uint32(c.optional(2, 0))
	r.NewTTL = &ttl
	return 0
}

func recordDropKey(c call) int {
	if r := objectAt[*Record](c, 1); r.Open {
		r.KeyDropped = true
	}
	return 0
}

// A system is the global object aerospike, with its methods.
type system struct{ methods *lua.LTable }

func (system) class() string { return "Aerospike" }

func (s system) get(_ call, key lua.LValue) lua.LValue { return s.methods.RawGet(key) }

// systemLibrary returns the methods of aerospike (docs/wire-cdt-exp.md#10.4).
func (m *machine) systemLibrary() library {
	return library{
		"create": func(c call) int { return c.push(lua.LNumber(recordArgument(c).create())) },
		"update": func(c call) int { return c.push(lua.LNumber(recordArgument(c).update())) },
		"remove": func(c call) int { return c.push(lua.LNumber(recordArgument(c).remove())) },
		"exists": func(c call) int {
			r := recordArgument(c)
			return c.push(lua.LBool(r.Live || r.Changes == nil))
		},
		"log": func(c call) int {
			objectAt[system](c, 1)
			level := c.optional(2, 0)
			if c.missing(3) {
				return 0
			}
			m.log(level, c.text(3))
			return 0
		},
		"get_current_time": func(c call) int {
			objectAt[system](c, 1)
			return c.push(luaInteger(m.now()))
		},
		// A real server has neither. It responds as for a missing context.
		"set_context": func(c call) int {
			recordArgument(c)
			c.optional(3, 0)
			return c.push(lua.LNumber(2))
		},
		"get_config": func(c call) int {
			recordArgument(c)
			return c.push(lua.LNumber(0))
		},
	}
}

// recordArgument returns the record that a method of aerospike is called with. Messages count it as
// the first argument.
func recordArgument(c call) *Record {
	objectAt[system](c, 1)
	u, ok := c.Get(2).(*lua.LUserData)
	if ok {
		if r, ok := u.Value.(*Record); ok {
			return r
		}
	}
	got := "no value"
	if c.GetTop() > 1 {
		got = c.Get(2).Type().String()
	}
	c.argumentError(1, "Record expected, got "+got)
	return nil
}
