package devserver

import (
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// ended reports whether the node has closed the connection.
func (c *client) ended() bool {
	require.NoError(c.t, c.conn.SetDeadline(time.Now().Add(time.Millisecond)))
	_, err := c.conn.Read(make([]byte, 1))
	return err == io.EOF
}

func TestMaxConns(t *testing.T) {
	for _, listen := range []string{"", "127.0.0.1:0"} {
		s := start(t, Options{MaxConns: 2, Listen: listen})
		first, second := connect(t, s, 0), connect(t, s, 0)
		require.Equal(t, "8.1.2.0", first.info("build"))
		require.Equal(t, "8.1.2.0", second.info("build"))
		third := connect(t, s, 0)
		_, err := third.conn.Read(make([]byte, 1))
		require.Error(t, err, "a connection above the limit is accepted and closed")
		require.Equal(t, "2", statistic(first, "client_connections"))
		second.conn.Close()
		require.Eventually(t, func() bool { return statistic(first, "client_connections") == "1" }, 5*time.Second, time.Millisecond)
		require.Equal(t, "8.1.2.0", connect(t, s, 0).info("build"))
	}
}

// statistic returns one of the node's statistics.
func statistic(c *client, name string) string {
	for part := range strings.SplitSeq(c.info("statistics"), ";") {
		if value, ok := strings.CutPrefix(part, name+"="); ok {
			return value
		}
	}
	return ""
}

func TestLimitsAreConfigured(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	require.Contains(t, c.info("get-config:context=service"), "proto-fd-idle-ms=0;proto-fd-max=15000;")
	for command, want := range map[string]string{
		"proto-fd-max=1023":    "ERROR:4:invalid set-config parameter",
		"proto-fd-max=2097153": "ERROR:4:invalid set-config parameter",
		"proto-fd-max=x":       "ERROR:4:invalid set-config parameter",
		"proto-fd-idle-ms=-1":  "ERROR:4:invalid set-config parameter",
		"proto-fd-max=1024":    "ok",
		"proto-fd-idle-ms=250": "ok",
	} {
		require.Equal(t, want, c.info("set-config:context=service;"+command), command)
	}
	require.Contains(t, c.info("get-config:context=service"), "proto-fd-idle-ms=250;proto-fd-max=1024;")
	for _, o := range []Options{{MaxConns: -1}, {IdleTimeout: -1}, {IdleTimeout: time.Microsecond}} {
		_, err := Start(o)
		require.Error(t, err)
	}
}

// TestIdleConnections checks that idle connections are closed only if there is a timeout, and that
// active ones stay open.
func TestIdleConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, Options{})
		idle, busy := connect(t, s, 0), connect(t, s, 0)
		busy.info("build")
		time.Sleep(24 * time.Hour)
		require.False(t, idle.ended())
		require.Equal(t, "ok", busy.info("set-config:context=service;proto-fd-idle-ms=60000"))
		require.Equal(t, "8.1.2.0", idle.info("build"), "a new limit applies from the next request")
		for range 5 {
			time.Sleep(30 * time.Second)
			busy.info("build")
		}
		require.True(t, idle.ended())
		require.Equal(t, "1", statistic(busy, "reaped_fds"))
		require.NoError(t, s.Close())
	})
}

// TestSlowRequests checks the timeout of partly sent requests, which does not depend on the idle
// timeout.
func TestSlowRequests(t *testing.T) {
	request, err := wire.AppendInfo(nil, "build")
	require.NoError(t, err)
	for name, test := range map[string]struct {
		sent  int // bytes of the request that are sent
		pause time.Duration
		ends  bool
	}{
		"nothing":                 {0, time.Hour, false},
		"half a header":           {5, requestTimeout + time.Second, true},
		"a header":                {8, requestTimeout + time.Second, true},
		"half a body":             {10, requestTimeout + time.Second, true},
		"half a header in time":   {5, requestTimeout - time.Second, false},
		"half a body in time":     {10, requestTimeout - time.Second, false},
		"a request and a half":    {len(request) + 3, requestTimeout + time.Second, true},
		"a request, then nothing": {len(request), time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t, Options{})
				c := connect(t, s, 0)
				two := append(request[:len(request):len(request)], request...)
				c.send(two[:test.sent])
				if test.sent >= len(request) {
					c.receive()
				}
				time.Sleep(test.pause)
				require.Equal(t, test.ends, c.ended())
				if !test.ends {
					if test.sent == len(request) {
						c.send(request)
					} else {
						c.send(request[test.sent:])
					}
					c.receive()
				}
				require.NoError(t, s.Close())
			})
		})
	}
}

// TestHeaderByteByByte checks that pieces of a header do not extend its deadline, but pieces of a
// body do.
func TestHeaderByteByByte(t *testing.T) {
	request, err := wire.AppendInfo(nil, "build")
	require.NoError(t, err)
	sendSlowly := func(c *client, bytes []byte) error {
		for _, b := range bytes {
			time.Sleep(requestTimeout - time.Second)
			if _, err := c.conn.Write([]byte{b}); err != nil {
				return err
			}
		}
		return nil
	}
	synctest.Test(t, func(t *testing.T) {
		s := start(t, Options{})
		c := connect(t, s, 0)
		require.NoError(t, c.conn.SetDeadline(time.Time{}))
		require.Error(t, sendSlowly(c, request[:wire.ProtoHeaderSize]))
		c = connect(t, s, 0)
		c.send(request[:wire.ProtoHeaderSize])
		require.NoError(t, c.conn.SetDeadline(time.Time{}))
		require.NoError(t, sendSlowly(c, request[wire.ProtoHeaderSize:]))
		require.NoError(t, c.conn.SetDeadline(time.Now().Add(time.Minute)))
		c.receive()
		require.NoError(t, s.Close())
	})
}

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
