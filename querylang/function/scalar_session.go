package function

import (
	"crypto/rand"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

const groupSession = "Session"

var sessionFunctions = []*Function{
	{Name: "COMPOSITE_KEY", Group: groupSession, Params: []Parameter{xParam, moreParam},
		Result: fixed(Strings, String|Null), Eval: func(_ *Context, args []protocol.Value) protocol.Value { return CompositeKey(args) },
		Doc: "The key (`PK`) of a row whose PRIMARY KEY has several columns, from their values.", Example: "COMPOSITE_KEY(5, 'a/b')", ExampleResult: "'5/a\\/b'"},
	{Name: "CURRENT_USER", Aliases: []string{"USER", "SESSION_USER", "SYSTEM_USER"}, Group: groupSession, Stable: true, Result: fixed(Strings, String|Null),
		Eval: func(c *Context, _ []protocol.Value) protocol.Value { return textOrNull(c.User) },
		Doc:  "The user of the connection, or NULL without one.", Example: "CURRENT_USER", ExampleResult: "'alice'"},
	{Name: "DATABASE", Aliases: []string{"CURRENT_SCHEMA", "CURRENT_CATALOG", "CURRENT_DATABASE", "SCHEMA"}, Group: groupSession, Stable: true,
		Result: fixed(Strings, String|Null),
		Eval:   func(c *Context, _ []protocol.Value) protocol.Value { return textOrNull(c.Namespace) },
		Doc:    "The default namespace.", Example: "DATABASE()", ExampleResult: "'test'"},
	{Name: "TYPEOF", Group: groupSession, Params: []Parameter{xParam}, Result: fixed(Strings, String),
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			return protocol.String(KindWord(args[0].Kind()))
		},
		Doc: "The kind of a value: null, integer, real, text, blob, boolean, list, map, geojson or hll.", Example: "TYPEOF(1.5)", ExampleResult: "'real'"},
	{Name: "UUID", Aliases: []string{"GEN_RANDOM_UUID"}, Group: groupSession, Volatile: true, Result: fixed(Strings, String), Eval: uuid,
		Doc: "A random UUID, version 4.", Example: "UUID()", ExampleResult: ""},
	{Name: "VERSION", Group: groupSession, Stable: true, Result: fixed(Strings, String|Null),
		Eval: func(c *Context, _ []protocol.Value) protocol.Value { return textOrNull(c.Version) },
		Doc:  "The version of the server.", Example: "VERSION()", ExampleResult: "'8.1.2.0'"},
}

func textOrNull(s string) protocol.Value {
	if s == "" {
		return protocol.Nil()
	}
	return protocol.String(s)
}

// KindWord returns the name of a kind as TYPEOF does, which is SQLite's where SQLite has it.
func KindWord(k protocol.Kind) string {
	switch k {
	case protocol.KindNil:
		return "null"
	case protocol.KindInt, protocol.KindUint:
		return "integer"
	case protocol.KindFloat:
		return "real"
	case protocol.KindString:
		return "text"
	case protocol.KindBlob:
		return "blob"
	case protocol.KindBool:
		return "boolean"
	case protocol.KindList:
		return "list"
	case protocol.KindMap:
		return "map"
	case protocol.KindGeoJSON:
		return "geojson"
	case protocol.KindHLL:
		return "hll"
	}
	return "other"
}

func uuid(*Context, []protocol.Value) protocol.Value {
	var b [16]byte
	rand.Read(b[:]) //nolint:errcheck // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return protocol.String(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}
