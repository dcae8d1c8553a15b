package devserver

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/wire"
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
