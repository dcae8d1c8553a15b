package devserver

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/protocol/wire"
)

// The tests in this file hold answers in which the devserver once differed from a real server 8.1.2.

func TestIncrementOfGeoJSON(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	point := named("n", protocol.GeoJSON(`{"type":"Point","coordinates":[0,0]}`))
	require.Equal(t, protocol.OK, c.do(put(key(1), point)).ResultCode)
	for _, operand := range []protocol.Bin{one(1), named("n", protocol.Float(1)), point} {
		require.Equal(t, protocol.ServerError, c.do(wire.NewWrite(protocol.OpAdd, key(1), protocol.Bins{operand})).ResultCode, "%v", operand)
	}
}

func TestEmptyModule(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	for command, want := range map[string]string{
		"udf-put:filename=a.lua;content=;content-len=0;udf-type=LUA":     "error=invalid_base64_content",
		"udf-put:filename=a.lua;content-len=0;udf-type=LUA":              "error=invalid_content",
		"udf-put:filename=a.lua;content=;content-len=4;udf-type=LUA":     "error=invalid_content",
		"udf-put:filename=a.lua;content=====;content-len=4;udf-type=LUA": "error=invalid_base64_content",
	} {
		require.Equal(t, want, c.info(command), command)
	}
	require.Equal(t, "", c.info("udf-list"))
}

func TestDefaultBuild(t *testing.T) {
	require.Equal(t, "8.1.2.0", connect(t, start(t, Options{}), 0).info("build"))
}

// TestQuotasThatAreKept: a quota that is -1 or not in the message stays as it is.
func TestQuotasThatAreKept(t *testing.T) {
	const keep = 1<<32 - 1
	s := start(t, secured("read-write"), func(o *Options) { o.Security.Roles = []protocol.Role{{Name: "slow", ReadQuota: 3, WriteQuota: 200}} })
	admin := loggedIn(t, s, "admin")
	quotas := func() [2]uint32 {
		entries, _ := admin.admin(wire.NewQueryRoles("slow"))
		r, err := wire.ParseRole(entries[0].Fields)
		require.NoError(t, err)
		return [2]uint32{r.ReadQuota, r.WriteQuota}
	}
	require.Equal(t, protocol.OK, admin.verdict(wire.NewSetQuotas("slow", 5, keep)))
	require.Equal(t, [2]uint32{5, 200}, quotas())
	require.Equal(t, protocol.OK, admin.verdict(wire.NewSetQuotas("slow", keep, 7)))
	require.Equal(t, [2]uint32{5, 7}, quotas())
	one := wire.NewSetQuotas("slow", 0, 9)
	one.Fields = append(one.Fields[:1:1], one.Fields[2])
	require.Equal(t, protocol.OK, admin.verdict(one))
	require.Equal(t, [2]uint32{5, 9}, quotas())
}

// TestGeometriesAreFoundOncePerCell: a query for geometries goes through the cells that cover its region, and finds a record once in
// each of them.
func TestGeometriesAreFoundOncePerCell(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	createIndex(c, s, "indexname=l;bin=l;type=geo2dsphere;indextype=list")
	createIndex(c, s, "indexname=v;bin=m;type=geo2dsphere;indextype=mapvalues")
	createIndex(c, s, "indexname=n;bin=n;type=numeric;indextype=list")
	point := func(lng float64) protocol.Value {
		return protocol.GeoJSON(fmt.Sprintf(`{"type":"Point","coordinates":[%f,0]}`, lng))
	}
	require.Equal(t, protocol.OK, c.do(put(key(1), named("id", protocol.Int(1)),
		named("l", protocol.List(point(1), point(1.5), point(1), point(50))), named("n", protocol.List(protocol.Int(1), protocol.Int(2))),
		named("m", protocol.Map(protocol.Pair{Key: protocol.Int(1), Value: point(1)}, protocol.Pair{Key: protocol.Int(2), Value: point(1.5)})))).ResultCode)
	region := protocol.GeoJSON(`{"type":"AeroCircle","coordinates":[[1,0],120000]}`)
	large := protocol.GeoJSON(`{"type":"AeroCircle","coordinates":[[1,0],8000000]}`)
	for name, test := range map[string]struct {
		where wire.IndexRange
		want  []int64
	}{
		"two of three in one cell":      {wire.IndexRange{Bin: "l", Begin: large, End: large, Collection: protocol.IndexList}, []int64{1, 1}},
		"two points, one of them twice": {wire.IndexRange{Bin: "l", Begin: region, End: region, Collection: protocol.IndexList}, []int64{1, 1}},
		"two values":                    {wire.IndexRange{Bin: "m", Begin: region, End: region, Collection: protocol.IndexMapValues}, []int64{1, 1}},
		"two integers":                  {wire.IndexRange{Bin: "n", Begin: protocol.Int(1), End: protocol.Int(2), Collection: protocol.IndexList}, []int64{1}},
	} {
		records, _, last := c.query(where(test.where))
		require.Equal(t, protocol.OK, last.ResultCode, name)
		require.Equal(t, test.want, ids(t, records), name)
	}
}

// TestLargeExpressionResults: what an expression makes may be as large as the largest record of any namespace; what it stores
// is bounded by the record limit of its own.
func TestLargeExpressionResults(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	list := protocol.List(protocol.Blob(make([]byte, 900<<10)))
	var defs exp.Defs
	from := exp.Expression(exp.ListBin("l"))
	for _, name := range []string{"two", "four", "eight"} {
		defs = append(defs, exp.Def(name, exp.ListAppendItems(from.(exp.List), from.(exp.List))))
		from = exp.ListVar(name)
	}
	eight := exp.Let(defs, from.(exp.List))
	sixteen := exp.Let(defs, exp.ListAppendItems(from.(exp.List), from.(exp.List)))
	operate := func(op protocol.Operation) wire.Response {
		return c.do(wire.NewOperate(key(1), []protocol.Operation{op}, false))
	}
	require.Equal(t, protocol.OK, c.do(put(key(1), named("l", list))).ResultCode)
	for name, test := range map[string]struct {
		e    exp.List
		want int // elements
	}{"seven mebibytes": {eight, 8}, "fourteen mebibytes": {sixteen, 0}} {
		r := operate(exp.Read("x", test.e, exp.ReadEvalNoFail))
		require.Equal(t, protocol.OK, r.ResultCode, name)
		v, _ := r.Bins.Get("x")
		require.Equal(t, test.want, v.Len(), name)
	}
	write := exp.Write("x", eight, 0)
	require.Equal(t, protocol.RecordTooBig, operate(write).ResultCode)
	require.Equal(t, "ok", c.info("set-config:context=namespace;id=test;max-record-size=8388608"))
	require.Equal(t, protocol.OK, operate(write).ResultCode)
}

// operateRaw sends an operation with a value of any bytes, which no client would make.
func (c *client) operateRaw(k protocol.Key, op protocol.OpCode, bin string, particle protocol.ParticleType, value string) wire.Response {
	c.t.Helper()
	command := wire.NewOperate(k, []protocol.Operation{{Code: op, Bin: bin, Value: protocol.Blob([]byte(value))}}, false)
	message, err := command.AppendMessage(nil, 1000)
	require.NoError(c.t, err)
	name := string([]byte{0, byte(len(bin))}) + bin
	message[bytes.LastIndex(message, []byte(name+value))-1] = byte(particle)
	return c.message(message)
}

// TestDeepAndUnknownElements: a real server keeps lists and maps of any depth, and extensions of any type but that of the two sentinels.
func TestDeepAndUnknownElements(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	deep := func(levels int, inner string) string { return strings.Repeat("\x91", levels) + inner }
	raw := func(op protocol.OpCode, particle protocol.ParticleType, packed string) wire.Response {
		return c.operateRaw(key(1), op, "l", particle, packed)
	}
	for name, test := range map[string]struct {
		packed string
		want   protocol.ResultCode
		read   string // if it is not what was written
	}{
		"256 levels":                {deep(256, "\x01"), protocol.OK, ""},
		"257 levels":                {deep(257, "\x01"), protocol.OK, ""},
		"1000 levels":               {deep(1000, "\x92\x01\x80"), protocol.OK, ""},
		"100,000 levels":            {deep(100_000, "\x01"), protocol.OK, ""},
		"maps of 300 levels":        {"\x91" + strings.Repeat("\x81\x01", 300) + "\xc0", protocol.OK, ""},
		"10 million levels":         {deep(10_000_000, "\x01"), protocol.RecordTooBig, ""},
		"an extension":              {"\x92\x01\xc7\x00\x05", protocol.OK, ""},
		"one of two bytes":          {"\x92\x01\xd5\x05\x01\x02", protocol.OK, ""},
		"one below others":          {"\x92\x01\x91\x93\xc0\xc7\x01\x07\x00\xa2\x03a", protocol.OK, "\x92\x01\x91\x93\xc0\xd4\x07\x00\xa2\x03a"},
		"one in a map":              {"\x92\x01\x81\x01\xd5\x05\x01\x02", protocol.OK, ""},
		"one as a key":              {"\x92\x01\x82\x01\x02\xd5\x05\x01\x02\x03", protocol.ServerError, ""},
		"a wildcard":                {"\x92\x01\xd4\xff\x00", protocol.ServerError, ""},
		"a deep wildcard":           {deep(300, "\xd4\xff\x00"), protocol.ServerError, ""},
		"a torn deep list":          {deep(300, ""), protocol.ServerError, ""},
		"a deep list and more":      {deep(300, "\x01\x01"), protocol.ServerError, ""},
		"a deep list that is false": {deep(300, "\xdd\xff\xff\xff\xff\x01"), protocol.ServerError, ""},
		"a deep map out of order":   {deep(300, "\x82\x02\xc0\x01\xcd\x00\x05"), protocol.OK, deep(300, "\x82\x01\x05\x02\xc0")},
		"a deep key twice":          {deep(300, "\x82\x01\xc0\x01\xc0"), protocol.ServerError, ""},
	} {
		r := raw(protocol.OpWrite, protocol.ParticleList, test.packed)
		require.Equal(t, test.want, r.ResultCode, name)
		if test.want != protocol.OK {
			continue
		}
		read := wire.NewRead(key(1))
		message, err := read.AppendMessage(nil, 1000)
		require.NoError(t, err)
		c.send(message)
		_, body := c.receive()
		require.True(t, bytes.HasSuffix(body, []byte(cmp.Or(test.read, test.packed))), name)
		require.Equal(t, protocol.OK, raw(protocol.OpCDTModify, protocol.ParticleBlob, "\x92\x01\x07").ResultCode, "%s: append 7", name)
		require.Equal(t, protocol.OK, raw(protocol.OpCDTModify, protocol.ParticleBlob, "\x92\x01"+test.packed).ResultCode, "%s: append itself", name)
		size := wire.NewOperate(key(1), []protocol.Operation{cdt.ListPop("l", -2), cdt.ListSize("l")}, false)
		require.Equal(t, protocol.OK, c.do(size).ResultCode, name)
	}
}

// TestFunctionsOnDeepElements: what a function can't hold is no reason for it to fail.
func TestFunctionsOnDeepElements(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	c.register("m.lua", `
function size(rec) return list.size(rec.l) end
function first(rec) local x = rec.l[1] return x == nil end
function copy(rec) rec.c = rec.l return aerospike:update(rec) end
function whole(rec) return rec.l end
`)
	for _, packed := range []string{strings.Repeat("\x91", 300) + "\x01", "\x92\xd5\x05\x01\x02\x01", "\x91\x81\x01\xd5\x05\x01\x02"} {
		require.Equal(t, protocol.OK, c.operateRaw(key(1), protocol.OpWrite, "l", protocol.ParticleList, packed).ResultCode)
		for _, function := range []string{"size", "first", "copy", "whole"} {
			r := c.do(call(key(1), function))
			require.Equal(t, protocol.OK, r.ResultCode, "%s: %s", function, show(r.Bins))
		}
	}
	require.Equal(t, protocol.OK, c.do(wire.NewDelete(key(1))).ResultCode, "the connection goes on")
}

func TestSetNamesHaveALimit(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	long := strings.Repeat("s", protocol.MaxSetLen+1)
	for command, want := range map[string]string{
		"truncate:namespace=test;set=" + long:                                             "ERROR:4:'set' value too long",
		"truncate-undo:namespace=test;set=" + long:                                        "ERROR:4:'set' value too long",
		"truncate:namespace=test;set=" + long[1:]:                                         "ok",
		"sindex-create:namespace=test;set=" + long + ";indexname=x;bin=b;type=numeric":    "ERROR:4:'set' value too long",
		"set-config:context=namespace;id=test;set=" + long + ";disable-eviction=true":     "ERROR:4:invalid set-config parameter",
		"set-config:context=namespace;id=test;set=" + long[1:] + ";disable-eviction=true": "ok",
	} {
		require.Equal(t, want, c.info(command), command)
	}
	// renamed sends a command with another set, which may be longer than any client allows.
	renamed := func(command wire.Command, set string) protocol.ResultCode {
		message, err := command.AppendMessage(nil, 1000)
		require.NoError(t, err)
		field := func(set string) []byte {
			return append([]byte{0, 0, 0, byte(len(set) + 1), byte(wire.FieldSet)}, set...)
		}
		body := bytes.Replace(message[wire.ProtoHeaderSize:], field("demo"), field(set), 1)
		return c.message(append(wire.ProtoHeader{Type: wire.ProtoMessage, Size: len(body)}.AppendTo(nil), body...)).ResultCode
	}
	require.Equal(t, protocol.ParameterError, renamed(put(key(1), one(1)), long))
	require.Equal(t, protocol.KeyNotFound, renamed(wire.NewRead(key(1)), long))
	require.Equal(t, protocol.KeyNotFound, renamed(wire.NewDelete(key(1)), long))
	require.Equal(t, protocol.OK, renamed(put(key(1), one(1)), long[1:]))
	require.Equal(t, protocol.ParameterError, renamed(wire.NewRead(key(1)), long), "of a record in another set")
}
