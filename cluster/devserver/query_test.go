package devserver

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// query sends a query and returns its record rows and its partition rows.
func (c *client) query(q wire.Query) (records, partitions []wire.Response, last wire.Response) {
	c.t.Helper()
	message, err := q.AppendMessage(nil)
	require.NoError(c.t, err)
	c.send(message)
	rows, last := c.responses()
	for _, row := range rows {
		if row.Info3&wire.Info3PartitionDone != 0 {
			partitions = append(partitions, row)
		} else {
			records = append(records, row)
		}
	}
	return records, partitions, last
}

// where returns an index query of the set demo.
func where(r wire.IndexRange) wire.Query {
	return wire.Query{Scan: wire.Scan{Namespace: "test", Set: "demo", Partitions: allPartitions()}, Where: &r}
}

func between(bin string, from, to int64) wire.IndexRange {
	return wire.IndexRange{Bin: bin, Begin: protocol.Int(from), End: protocol.Int(to)}
}

func equal(bin string, v protocol.Value) wire.IndexRange {
	return wire.IndexRange{Bin: bin, Begin: v, End: v}
}

// createIndex creates an index on the set demo and waits until it is ready.
func createIndex(c *client, s *Server, definition string) {
	c.t.Helper()
	require.Equal(c.t, "ok", c.info("sindex-create:namespace=test;set=demo;"+definition))
	awaitIndexes(s)
}

// ids returns the values of the bin id, sorted.
func ids(t testing.TB, records []wire.Response) []int64 {
	t.Helper()
	list := []int64{}
	for _, r := range records {
		v, ok := r.Bins.Get("id")
		require.True(t, ok)
		n, _ := v.Int()
		list = append(list, n)
	}
	slices.Sort(list)
	return list
}

func named(name string, v protocol.Value) protocol.Bin { return protocol.Bin{Name: name, Value: v} }

// TestQueriesOfEveryType creates an index of every type and form before and after the records are
// written, and queries each.
func TestQueriesOfEveryType(t *testing.T) {
	point := func(lng float64) protocol.Value {
		return protocol.GeoJSON(fmt.Sprintf(`{"type":"Point","coordinates":[%f,0]}`, lng))
	}
	region := protocol.GeoJSON(`{"type":"AeroCircle","coordinates":[[3,0],120000]}`)
	definitions := []string{
		"indexname=i;bin=i;type=numeric", "indexname=s;bin=s;type=string", "indexname=b;bin=b;type=blob", "indexname=g;bin=g;type=geo2dsphere",
		"indexname=li;bin=l;type=numeric;indextype=list", "indexname=ls;bin=l;type=string;indextype=list",
		"indexname=lb;bin=l;type=blob;indextype=list", "indexname=lg;bin=l;type=geo2dsphere;indextype=list",
		"indexname=ki;bin=m;type=numeric;indextype=mapkeys", "indexname=vs;bin=m;type=string;indextype=mapvalues",
		"indexname=ctx;bin=l;type=numeric;context=khAA", "indexname=e;type=numeric;exp=kxSTUQKhaQM=", "indexname=r;bin=r;type=geo2dsphere",
	}
	write := func(c *client) {
		for i := range int64(10) {
			text, blob := protocol.String(fmt.Sprint("t", i)), protocol.Blob([]byte{byte(i)})
			require.Equal(t, protocol.OK, c.do(put(key(i), named("id", protocol.Int(i)), named("i", protocol.Int(i)), named("s", text),
				named("b", blob), named("g", point(float64(i))), named("l", protocol.List(protocol.Int(i), protocol.Int(i+1), text, blob, point(float64(i)))),
				named("m", protocol.Map(protocol.Pair{Key: protocol.Int(i), Value: text})),
				named("r", protocol.GeoJSON(fmt.Sprintf(`{"type":"AeroCircle","coordinates":[[%d,0],120000]}`, i))))).ResultCode)
		}
	}
	for _, before := range []bool{false, true} {
		s := start(t, Options{Nodes: 1})
		c := connect(t, s, 0)
		if before {
			write(c)
		}
		for _, d := range definitions {
			createIndex(c, s, d)
		}
		if !before {
			write(c)
		}
		in := func(r wire.IndexRange, collection protocol.IndexCollection) wire.IndexRange {
			r.Collection = collection
			return r
		}
		byName := func(name string, r wire.IndexRange) wire.IndexRange {
			r.Name, r.Bin = name, ""
			return r
		}
		for name, q := range map[string]struct {
			where wire.IndexRange
			want  []int64
		}{
			"integers":          {between("i", 2, 4), []int64{2, 3, 4}},
			"a string":          {equal("s", protocol.String("t3")), []int64{3}},
			"a blob":            {equal("b", protocol.Blob([]byte{3})), []int64{3}},
			"points":            {equal("g", region), []int64{2, 3, 4}},
			"regions":           {equal("r", point(5.5)), []int64{5, 6}},
			"elements":          {in(between("l", 2, 4), protocol.IndexList), []int64{1, 2, 3, 4}},
			"a text element":    {in(equal("l", protocol.String("t3")), protocol.IndexList), []int64{3}},
			"a blob element":    {in(equal("l", protocol.Blob([]byte{3})), protocol.IndexList), []int64{3}},
			"point elements":    {in(equal("l", region), protocol.IndexList), []int64{2, 3, 4}},
			"keys":              {in(between("m", 8, 20), protocol.IndexMapKeys), []int64{8, 9}},
			"values":            {in(equal("m", protocol.String("t3")), protocol.IndexMapValues), []int64{3}},
			"by name":           {byName("ki", between("", 8, 20)), []int64{8, 9}},
			"an expression":     {byName("e", between("", 10, 11)), []int64{7, 8}},
			"the expression":    {wire.IndexRange{Expression: []byte{0x93, 0x14, 0x93, 0x51, 0x02, 0xa1, 'i', 0x03}, Begin: protocol.Int(10), End: protocol.Int(11)}, []int64{7, 8}},
			"a step":            {wire.IndexRange{Bin: "l", Context: []byte{0x92, 0x10, 0x00}, Begin: protocol.Int(2), End: protocol.Int(4)}, []int64{2, 3, 4}},
			"another type":      {byName("s", between("", -100, 100)), []int64{}},
			"nothing in range":  {between("i", 100, 200), []int64{}},
			"missing text":      {equal("s", protocol.String("t33")), []int64{}},
			"points not region": {equal("g", point(3)), []int64{}},
		} {
			records, _, last := c.query(where(q.where))
			require.Equal(t, protocol.OK, last.ResultCode, name)
			require.Equal(t, q.want, ids(t, records), name)
		}
	}
}

func TestQueriesSeeWritesAtOnce(t *testing.T) {
	clock := newTestClock()
	s := start(t, Options{Clock: clock.Now})
	c := connect(t, s, 0)
	createIndex(c, s, "indexname=n;bin=n;type=numeric")
	find := func(n int64) int {
		records, _, last := c.query(where(between("n", n, n)))
		require.Equal(t, protocol.OK, last.ResultCode)
		return len(records)
	}
	require.Equal(t, protocol.OK, c.do(put(key(1), one(5), named("x", protocol.Int(1)))).ResultCode)
	require.Equal(t, 1, find(5))
	require.Equal(t, protocol.OK, c.do(put(key(1), one(6))).ResultCode)
	require.Equal(t, [2]int{0, 1}, [2]int{find(5), find(6)})
	require.Equal(t, protocol.OK, c.do(put(key(1), named("n", protocol.Nil()))).ResultCode)
	require.Equal(t, 0, find(6))
	require.Equal(t, protocol.OK, c.do(put(key(1), one(7))).ResultCode)
	require.Equal(t, protocol.OK, c.do(wire.NewDelete(key(1))).ResultCode)
	require.Equal(t, 0, find(7))
	require.Equal(t, protocol.OK, c.do(put(key(2), one(8))).ResultCode)
	require.Contains(t, c.info("sindex-stat:namespace=test;indexname=n"), "entries=1;")
	require.Equal(t, "ok", c.info("truncate:namespace=test;set=demo"))
	require.Equal(t, 0, find(8))
	require.Contains(t, c.info("sindex-stat:namespace=test;indexname=n"), "entries=0;")
	expiring := wire.NewWrite(protocol.OpWrite, key(3), []protocol.Bin{one(9)})
	expiring.RecordTTL = 10
	require.Equal(t, protocol.OK, c.do(expiring).ResultCode)
	require.Equal(t, 1, find(9))
	clock.advance(12e9)
	require.Equal(t, 0, find(9))
}

func TestQueryRefusals(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	fill(c, "demo", 3)
	createIndex(c, s, "indexname=n;bin=n;type=numeric")
	code := func(q wire.Query) protocol.ResultCode {
		message, err := q.AppendMessage(nil)
		require.NoError(t, err)
		return c.message(message).ResultCode
	}
	require.Equal(t, protocol.IndexNotFound, code(where(between("other", 0, 9))))
	require.Equal(t, protocol.IndexNotFound, code(where(equal("n", protocol.String("a")))))
	require.Equal(t, protocol.IndexNotFound, code(where(wire.IndexRange{Name: "other", Begin: protocol.Int(0), End: protocol.Int(1)})))
	elsewhere := where(between("n", 0, 9))
	elsewhere.Set = "other"
	require.Equal(t, protocol.IndexNotFound, code(elsewhere))
	require.Equal(t, "ok", c.info("sindex-delete:namespace=test;indexname=n"))
	require.Equal(t, protocol.IndexNotFound, code(where(between("n", 0, 9))))
}

func TestQueryProjections(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	createIndex(c, s, "indexname=n;bin=n;type=numeric")
	require.Equal(t, protocol.OK, c.do(put(key(1), one(1), named("l", protocol.List(protocol.Int(7), protocol.Int(8))))).ResultCode)
	require.Equal(t, protocol.OK, c.do(put(key(2), one(2))).ResultCode)
	q := where(between("n", 0, 9))
	q.NoBins = true
	records, _, _ := c.query(q)
	require.Len(t, records, 2)
	require.Empty(t, records[0].Bins)
	require.Contains(t, []int64{1, 2}, records[0].BValue)

	size := wire.RawOp{Code: protocol.OpCDTRead, Type: protocol.ParticleBlob, Name: []byte("l"), Data: []byte{0x91, 0x10}}
	require.Equal(t, []string{"l=2"}, project(c, 0, size), "no row for a record without results")
	name := wire.RawOp{Code: protocol.OpRead, Name: []byte("n")}
	require.ElementsMatch(t, []string{"n=1 l=2", "n=2 l=nil"}, project(c, wire.Info2RespondAllOps, name, size))
	wrong := wire.RawOp{Code: protocol.OpCDTRead, Type: protocol.ParticleBlob, Name: []byte("n"), Data: []byte{0x91, 0x10}}
	require.Empty(t, project(c, 0, wrong), "a record for which an operation fails is left out")
	require.Contains(t, c.info("query-show"), "recs-failed=2")
}

// project sends a query with operations and returns its rows as text.
func project(c *client, flags wire.Info2, ops ...wire.RawOp) (rows []string) {
	c.t.Helper()
	q := where(between("n", 0, 9))
	message, err := q.AppendMessage(nil)
	require.NoError(c.t, err)
	m, err := wire.ParseMessage(message[wire.ProtoHeaderSize:])
	require.NoError(c.t, err)
	m.Info2, m.Ops = flags, ops
	body := m.AppendTo(nil)
	c.send(append(wire.ProtoHeader{Type: wire.ProtoMessage, Size: len(body)}.AppendTo(nil), body...))
	records, last := c.responses()
	require.Equal(c.t, protocol.OK, last.ResultCode)
	for _, r := range records {
		rows = append(rows, show(r.Bins))
	}
	return rows
}
