package devserver

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/protocol/wire"
)

// The tests in this file cover answers in which the devserver once differed from a real server
// 8.1.2.

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

// TestOmittedQuotasAreKept checks that a quota is unchanged if it is -1 or not in the message.
func TestOmittedQuotasAreKept(t *testing.T) {
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

// TestGeometriesAreFoundOncePerCell checks that a query for geometries goes through the cells that
// cover its region, and returns a record once for each of them.
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

// TestLargeExpressionResults checks that an expression's result may be as large as the largest
// record of any namespace, but a stored value is limited by the namespace's own record size.
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
		want int // number of elements
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

func TestSetNameLimit(t *testing.T) {
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
	// renamed sends a command with another set name, which may be longer than a client allows.
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
	require.Equal(t, protocol.ParameterError, renamed(wire.NewRead(key(1)), long), "the record is in another set")
}
