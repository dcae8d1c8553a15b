package devserver

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// The tests in this file hold answers in which the devserver once differed from a real server 8.1.2.

func TestIncrementOfGeoJSON(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	point := named("n", protocol.GeoJSON(`{"type":"Point","coordinates":[0,0]}`))
	require.Equal(t, protocol.OK, c.do(put(key(1), point)).ResultCode)
	for _, operand := range []protocol.Bin{one(1), named("n", protocol.Float(1)), point} {
		require.Equal(t, protocol.ServerError, c.do(protocol.NewWrite(protocol.OpAdd, key(1), protocol.Bins{operand})).ResultCode, "%v", operand)
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
		entries, _ := admin.admin(protocol.NewQueryRoles("slow"))
		r, err := protocol.ParseRole(entries[0].Fields)
		require.NoError(t, err)
		return [2]uint32{r.ReadQuota, r.WriteQuota}
	}
	require.Equal(t, protocol.OK, admin.verdict(protocol.NewSetQuotas("slow", 5, keep)))
	require.Equal(t, [2]uint32{5, 200}, quotas())
	require.Equal(t, protocol.OK, admin.verdict(protocol.NewSetQuotas("slow", keep, 7)))
	require.Equal(t, [2]uint32{5, 7}, quotas())
	one := protocol.NewSetQuotas("slow", 0, 9)
	one.Fields = append(one.Fields[:1:1], one.Fields[2])
	require.Equal(t, protocol.OK, admin.verdict(one))
	require.Equal(t, [2]uint32{5, 9}, quotas())
}

// TestGeometriesAreFoundOncePerCell: a real server returns a record of a list or map as often as it has cells in the query's.
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
	for name, test := range map[string]struct {
		where protocol.IndexRange
		want  []int64
	}{
		"two points, one of them twice": {protocol.IndexRange{Bin: "l", Begin: region, End: region, Collection: protocol.IndexList}, []int64{1, 1}},
		"two values":                    {protocol.IndexRange{Bin: "m", Begin: region, End: region, Collection: protocol.IndexMapValues}, []int64{1, 1}},
		"two integers":                  {protocol.IndexRange{Bin: "n", Begin: protocol.Int(1), End: protocol.Int(2), Collection: protocol.IndexList}, []int64{1}},
	} {
		records, _, last := c.query(where(test.where))
		require.Equal(t, protocol.OK, last.ResultCode, name)
		require.Equal(t, test.want, ids(t, records), name)
	}
}
