package devserver

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// streams is a module of stream functions.
const streams = `
local function one(rec) return rec.n end
local function add(a, b) return a + b end
function sum(s) return s : map(one) : reduce(add) end
function values(s, least) return s : filter(function(rec) return rec.n >= least end) : map(one) end
function groups(s)
  return s : map(one) : groupby(function(n) return n % 2 end) : map(function(m) return map.size(m) end)
end
function count(s) return s : aggregate(map { n = 0 }, function(m, rec) m.n = m.n + 1 return m end) : reduce(map.merge) end
function records(s) return s end
function tables(s) return s : map(function() return {} end) end
function fails(s) return s : map(function(rec) if rec.n == 3 then error("three") end return rec.n end) end
function nothing(s) end
function writes(s) return s : map(function(rec) rec.n = 1 return rec.n end) end
function names(s) return s : map(function(rec) return record.setname(rec) .. record.numbins(rec) .. record.gen(rec) end) end
function endless(s) return s : map(function() while true do end end) end
`

// aggregate sends an aggregation and returns the values of the answer.
func (c *client) aggregate(r *wire.IndexRange, function string, arguments ...any) (values []any, failure string, code protocol.ResultCode) {
	c.t.Helper()
	q := wire.Query{Scan: wire.Scan{Namespace: "test", Set: "demo"}, Kind: wire.QueryAggregate, Where: r,
		UDF: &wire.UDFCall{Package: "s", Function: function}}
	for _, a := range arguments {
		q.UDF.Args = append(q.UDF.Args, protocol.ValueOf(a))
	}
	records, _, last := c.query(q)
	for i := range records {
		require.Equal(c.t, protocol.OK, records[i].ResultCode)
		if text, failed := records[i].UDFFailure(); failed {
			failure = text
			continue
		}
		require.Len(c.t, records[i].Bins, 1)
		values = append(values, records[i].UDFResult().Any())
	}
	return values, failure, last.ResultCode
}

// onePartition returns keys of the set demo in one partition, in query order.
func onePartition(count int) []protocol.Key {
	var keys []protocol.Key
	var pid uint16
	for i := 0; len(keys) < count; i++ {
		k := key(i)
		digest := k.Digest()
		if len(keys) == 0 {
			pid = digest.Partition()
		}
		if digest.Partition() == pid {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b protocol.Key) int {
		left, right := a.Digest(), b.Digest()
		return bytes.Compare(right[:], left[:])
	})
	return keys
}

func TestAggregations(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	c.register("s.lua", streams)
	createIndex(c, s, "indexname=n;bin=n;type=numeric")
	for i, k := range onePartition(6) {
		require.Equal(t, protocol.OK, c.do(put(k, one(int64(i)))).ResultCode)
	}
	for _, test := range []struct {
		function  string
		arguments []any
		want      []any
		failure   string
	}{
		{"sum", nil, []any{int64(15)}, ""},
		{"values", []any{4}, []any{int64(4), int64(5)}, ""},
		{"groups", nil, []any{map[any]any{int64(0): []any{int64(0), int64(2), int64(4)}, int64(1): []any{int64(1), int64(3), int64(5)}}}, ""},
		{"count", nil, []any{map[string]any{"n": int64(6)}}, ""},
		{"records", nil, []any{nil, nil, nil, nil, nil, nil}, ""},
		{"tables", nil, nil, ""},
		{"names", nil, []any{"demo11", "demo11", "demo11", "demo11", "demo11", "demo11"}, ""},
		{"writes", nil, []any{int64(0), int64(1), int64(2), int64(3), int64(4), int64(5)}, ""},
		{"nothing", nil, nil, `UDF: Execution Error 2 : [string "aerospike.lua"]:33: attempt to index a nil value (global 'result')`},
		{"nosuch", nil, nil, "UDF: Execution Error 2 : function not found"},
	} {
		values, failure, code := c.aggregate(nil, test.function, test.arguments...)
		require.Equal(t, test.want, values, test.function)
		require.Equal(t, test.failure, failure, test.function)
		if test.failure == "" {
			require.Equal(t, protocol.OK, code, test.function)
		} else {
			require.Equal(t, protocol.ServerError, code, test.function)
		}
	}
	_, failure, code := c.aggregate(nil, "fails")
	require.Equal(t, protocol.ServerError, code)
	require.Equal(t, "UDF: Execution Error 2 : /opt/aerospike/usr/udf/lua/s.lua:12: three", failure)
	r := between("n", 2, 4)
	values, _, code := c.aggregate(&r, "sum")
	require.Equal(t, protocol.OK, code)
	require.Equal(t, []any{int64(9)}, values)
}

// TestAggregationsGoByPartition checks that each partition is a separate stream, and that each node
// processes the partitions that it is master of.
func TestAggregationsGoByPartition(t *testing.T) {
	s := start(t, Options{Nodes: 2})
	clients := []*client{connect(t, s, 0), connect(t, s, 1)}
	clients[0].register("s.lua", streams)
	partitions := map[uint16]int64{}
	for i := range 200 {
		k := key(i)
		require.Equal(t, protocol.OK, clients[0].do(put(k, one(1))).ResultCode)
		digest := k.Digest()
		partitions[digest.Partition()]++
	}
	var all []any
	for _, c := range clients {
		values, _, code := c.aggregate(nil, "sum")
		require.Equal(t, protocol.OK, code)
		require.NotEmpty(t, values)
		all = append(all, values...)
	}
	require.Len(t, all, len(partitions))
	total := int64(0)
	for _, v := range all {
		total += v.(int64)
	}
	require.EqualValues(t, 200, total)
	require.Contains(t, clients[0].info("namespace/test"), "pi_query_aggr_complete=1;")
}

func TestAggregationsAreRefused(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	fill(c, "demo", 3)
	_, failure, code := c.aggregate(nil, "sum")
	require.Equal(t, protocol.ServerError, code)
	require.Equal(t, "UDF: Execution Error 1", failure)
	q := wire.Query{Scan: wire.Scan{Namespace: "test", Set: "demo"}, Kind: wire.QueryAggregate,
		UDF: &wire.UDFCall{Package: "s", Function: "f"}}
	refused := func(want protocol.ResultCode, change func(*wire.Message)) {
		t.Helper()
		message, err := q.AppendMessage(nil)
		require.NoError(t, err)
		m, err := wire.ParseMessage(message[wire.ProtoHeaderSize:])
		require.NoError(t, err)
		change(m)
		body := m.AppendTo(nil)
		require.Equal(t, want, c.message(append(wire.ProtoHeader{Type: wire.ProtoMessage, Size: len(body)}.AppendTo(nil), body...)).ResultCode)
	}
	refused(protocol.ParameterError, func(m *wire.Message) { m.Info1 |= wire.Info1ShortQuery })
	refused(protocol.UnsupportedFeature, func(m *wire.Message) {
		m.Fields = append(m.Fields, wire.Field{Type: wire.FieldFilterExp, Data: []byte{1}})
	})
	refused(protocol.ParameterError, func(m *wire.Message) {
		m.Fields = append(m.Fields, wire.Field{Type: wire.FieldRecordsPerSec, Data: []byte{1}})
	})
	refused(protocol.ParameterError, func(m *wire.Message) {
		for i := range m.Fields {
			if m.Fields[i].Type == wire.FieldUDFFunction {
				m.Fields[i].Data = make([]byte, maxUDFName+1)
			}
		}
	})
	q.Set = "other"
	refused(protocol.KeyNotFound, func(*wire.Message) {})
	r := between("n", 0, 1)
	q.Set, q.Where = "demo", &r
	refused(protocol.IndexNotFound, func(*wire.Message) {})
}

// TestAggregationIsAborted aborts a function that does not terminate.
func TestAggregationIsAborted(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	c.register("s.lua", streams)
	fill(c, "demo", 3)
	other := connect(t, s, 0)
	q := wire.Query{Scan: wire.Scan{Namespace: "test", Set: "demo", TaskID: 7}, Kind: wire.QueryAggregate,
		UDF: &wire.UDFCall{Package: "s", Function: "endless"}}
	message, err := q.AppendMessage(nil)
	require.NoError(t, err)
	c.send(message)
	for other.info("query-abort:id=7") != "ok" {
		continue // not started yet
	}
	_, last := c.responses()
	require.Equal(t, protocol.QueryAborted, last.ResultCode)
	require.Contains(t, c.info("query-show:id=7"), "status=done(user-aborted)")
}

func TestBackgroundFunctions(t *testing.T) {
	s, c := withFunctions(t, Options{Nodes: 2})
	createIndex(c, s, "indexname=n;bin=n;type=numeric")
	for i := range int64(20) {
		require.Equal(t, protocol.OK, c.do(put(key(i), one(i))).ResultCode)
	}
	r := between("n", 5, 9)
	q := wire.Query{Scan: wire.Scan{Namespace: "test", Set: "demo", TaskID: 7}, Kind: wire.QueryBackground, Where: &r,
		UDF: &wire.UDFCall{Package: "m", Function: "put", Args: []protocol.Value{protocol.String("n"), protocol.Int(100)}}}
	for n := range s.nodes() {
		node := connect(t, s, n)
		require.Equal(t, protocol.OK, node.begin(q))
		line := node.await("7")
		require.Contains(t, line, ":job-type=background-udf:net-io-bytes=30:socket-timeout=10000:udf-filename=m:udf-function=put:udf-active=0")
		require.Contains(t, node.info("namespace/test"), "si_query_udf_bg_complete=1;")
	}
	changed := 0
	for i := range int64(20) {
		if n, _ := c.do(wire.NewRead(key(i))).Bins.Get("n"); n.Any() == int64(100) {
			changed++
		}
	}
	require.Equal(t, 5, changed)
	q.Where, q.TaskID, q.UDF.Function = nil, 8, "fail"
	require.Equal(t, protocol.OK, c.begin(q))
	require.Contains(t, c.await("8"), "recs-succeeded=0:")
}
