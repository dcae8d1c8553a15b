//go:build !race

package devserver

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// heap returns the number of heap bytes in use.
func heap() int64 {
	runtime.GC()
	runtime.GC() // the second run frees what pools held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestIdleConnectionsReleaseMemory checks that a connection keeps little memory after big requests
// and answers.
func TestIdleConnectionsReleaseMemory(t *testing.T) {
	const conns, most = 20, 300 << 10
	s := start(t, Options{})
	big := protocol.Blob(make([]byte, 900<<10))
	var rows []wire.Command
	for i := range 20 {
		rows = append(rows, put(key(i), named("b", protocol.Blob(make([]byte, 100<<10)))))
	}
	reads := make([]wire.Command, len(rows))
	for i := range reads {
		reads[i] = wire.NewRead(key(i))
	}
	work := func() *client {
		c := connect(t, s, 0)
		require.Equal(t, protocol.OK, c.do(put(key(100), named("b", big))).ResultCode)
		require.Equal(t, protocol.OK, c.do(wire.NewRead(key(100))).ResultCode)
		c.batchRows(rows...)
		c.batchRows(reads...)
		var ops []protocol.Operation
		for range 500 {
			ops = append(ops, cdt.ListAppend("l", protocol.Int(1)))
		}
		require.Equal(t, protocol.OK, c.do(wire.NewOperate(key(101), ops, false)).ResultCode)
		require.Equal(t, protocol.OK, c.do(wire.NewDelete(key(101))).ResultCode)
		c.query(wire.Query{Scan: wire.Scan{Namespace: "test", Partitions: allPartitions()}})
		c.info("build")
		c.in = nil
		return c
	}
	work()
	before := heap()
	var clients []*client
	for range conns {
		clients = append(clients, work())
	}
	require.Less(t, (heap()-before)/conns, int64(most))
	runtime.KeepAlive(clients)
}

// TestRemovedRecordsFreeMemory checks that truncated and expired records do not keep memory.
func TestRemovedRecordsFreeMemory(t *testing.T) {
	const records, size = 2000, 10 << 10
	clock := newTestClock()
	s := start(t, Options{Clock: clock.Now})
	c := connect(t, s, 0)
	createIndex(c, s, "indexname=n;bin=n;type=numeric")
	before := heap()
	for name, gone := range map[string]func(){
		"truncate": func() { require.Equal(t, "ok", c.info("truncate:namespace=test;set=demo")) },
		"expire": func() {
			clock.advance(101 * time.Second)
			_, err := s.RemoveExpired("test")
			require.NoError(t, err)
		},
	} {
		for i := range records {
			w := put(key(i), one(int64(i)), named("b", protocol.Blob(make([]byte, size))))
			w.RecordTTL = 100
			require.Equal(t, protocol.OK, c.do(w).ResultCode)
		}
		require.Greater(t, heap()-before, int64(records*size))
		gone()
		require.Less(t, heap()-before, int64(records*size/20), name)
	}
}

// TestFarInserts checks that inserting far behind the end of a list costs no more than the largest
// record.
func TestFarInserts(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	require.Equal(t, protocol.OK, c.do(put(key(1), named("l", protocol.List(protocol.Int(1))))).ResultCode)
	code := func(ops ...protocol.Operation) protocol.ResultCode {
		return c.do(wire.NewOperate(key(1), ops, false)).ResultCode
	}
	for name, test := range map[string]struct {
		op   protocol.Operation
		want protocol.ResultCode
	}{
		"beyond 32 bits":   {cdt.ListInsert("l", 1<<31, protocol.Int(1)), protocol.OpNotApplicable},
		"the last index":   {cdt.ListInsert("l", 1<<31-1, protocol.Int(1)), protocol.ParameterError},
		"a large index":    {cdt.ListInsert("l", 1<<31-3, protocol.Int(1)), protocol.RecordTooBig},
		"set":              {cdt.ListSet("l", 1<<30, protocol.Int(1)), protocol.RecordTooBig},
		"increment":        {cdt.ListIncrement("l", 1<<30, protocol.Int(1)), protocol.RecordTooBig},
		"items":            {cdt.ListInsertItems("l", 1<<30, []protocol.Value{protocol.Int(1)}), protocol.RecordTooBig},
		"in a context":     {cdt.ListAppend("l", protocol.Int(1), cdt.In(cdt.ListIndexPad(1<<30))), protocol.RecordTooBig},
		"in a new context": {cdt.ListAppend("new", protocol.Int(1), cdt.In(cdt.ListIndexPad(1<<30))), protocol.RecordTooBig},
	} {
		wiretest.BoundedExchange(t, 4, func() int {
			require.Equal(t, test.want, code(test.op), name)
			return 64 << 10
		})
	}
	var ops []protocol.Operation
	for i := range 40 {
		ops = append(ops, cdt.ListSet("l", (i+1)<<20, protocol.Int(1)))
	}
	require.Equal(t, protocol.RecordTooBig, code(ops...), "many operations that add a mebibyte each")
}
