package devserver

import (
	"bytes"
	"encoding/base64"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// The answers in this file are those of a real server 8.1.2.

func TestOperatorCommands(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	for _, test := range []struct{ command, want string }{
		{"build", "8.1.2.0"},
		{"mesh", "127.0.0.1:3002"},
		{"mcast", "ERROR:4:heartbeat is in multicast mode"},
		{"tip", "ERROR:4:missing 'host'"},
		{"tip:host=1.2.3.4", "ERROR:4:missing 'port'"},
		{"tip:host=1.2.3.4;port=x", "ERROR:4:'port' must be an integer"},
		{"tip:host=1.2.3.4;port=99999", "ERROR::unknown"},
		{"tip-clear", "ERROR:4:missing 'host-port-list'"},
		{"tip-clear:host-port-list=x", "ERROR::0 cleared, 0 not found"},
		{"tip:host=1.2.3.4;port=3002", "ok"},
		{"tip-clear:host-port-list=1.2.3.4:3002", "ok"},
		{"tip-clear:host-port-list=1.2.3.4:3002", "ERROR::0 cleared, 1 not found"},
		{"physical-devices", "ERROR:4:missing 'path'"},
		{"physical-devices:path=/x", "ERROR:2:no device info"},
		{"get-stats", "ERROR:4:missing 'context'"},
		{"get-stats:context=", "ERROR:4:missing 'context' value"},
		{"get-stats:context=namespace", "ERROR:4:unknown context"},
		{"get-stats:context=xdr", ""},
		{"dump-cluster", "ok"},
		{"dump-cluster:verbose=x", "ERROR:4:'verbose' may be either 'true' or 'false'"},
		{"dump-rw:verbose=x", "ok"},
		{"jem-stats", "ok"},
		{"eviction-reset", "ERROR:20:missing 'namespace'"},
		{"eviction-reset:namespace=test", "ok"},
		{"services-alumni-reset", "ok"},
		{"index-pressure", "test:0:0"},
		{"histogram", "ERROR:20:missing 'namespace'"},
		{"histogram:namespace=test", "ERROR:4:missing 'type'"},
		{"histogram:namespace=test;type=ttl", ""},
		{"histogram:namespace=test;type=x", "ERROR:4:unknown hist name"},
		{"histogram:namespace=foo;type=ttl", "ERROR:20:namespace not found on node"},
		{"histogram:namespace=test;set=a;type=ttl", "ERROR:4:unknown set name"},
	} {
		require.Equal(t, test.want, c.info(test.command), test.command)
	}
	require.Contains(t, c.info("thread-traces"), "goroutine")
}

func TestHelpListsKnownCommands(t *testing.T) {
	s := start(t, Options{})
	list := strings.Split(connect(t, s, 0).info("help"), ";")
	require.Len(t, list, 75)
	for _, name := range list {
		require.Contains(t, infoCommands, name)
	}
}

func TestLogLevels(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	require.Equal(t, "0:stderr", c.info("logs"))
	require.True(t, strings.HasPrefix(c.info("log/0"), "misc:INFO;alloc:INFO;"))
	for _, test := range []struct{ command, want string }{
		{"log/7", "ERROR::bad-id"},
		{"log/0/nosuch", "ERROR::bad-context"},
		{"log/0:", "ERROR:4:bad sink-id"},
		{"log:id=0", "ERROR:4:bad sink-id"},
		{"log/0/query", "query:INFO"},
		{"log-set", "ERROR:4:missing id"},
		{"log-set:id=x;any=info", "ERROR:4:bad id"},
		{"log-set:id=0", "ERROR:4:missing context"},
		{"log-set:id=9;query=debug", "ERROR:4:bad parameter"},
		{"log-set:id=0;query=loud", "ERROR:4:bad parameter"},
		{"log-set:id=0;nosuch=debug", "ERROR:4:bad parameter"},
		{"log-set:id=0;query=DEBUG;rw=detail", "ok"},
		{"log/0/query", "query:DEBUG"},
		{"log/0/rw", "rw:DETAIL"},
		{"set-log:id=0;any=warning", "ok"},
		{"log/0/query", "query:WARNING"},
		{"log-message", "ERROR:4:missing 'message'"},
		{"log-message:message=hi;who=me", ""},
	} {
		require.Equal(t, test.want, c.info(test.command), test.command)
	}
}

func TestUserAgents(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	require.Empty(t, c.info("user-agents"))
	encoded := func(agent string) string { return base64.StdEncoding.EncodeToString([]byte(agent)) }
	var conns []*client
	for _, agent := range []string{"1,go-8.5.0,myapp", "1,c-7.0,other", "1,go-8.5.0,myapp"} {
		other := connect(t, s, 0)
		require.Equal(t, "ok", other.info("user-agent-set:value="+encoded(agent)))
		require.Equal(t, "ERROR:4:already set", other.info("user-agent-set:value="+encoded(agent)))
		conns = append(conns, other)
	}
	require.Equal(t, "user-agent=MSxjLTcuMCxvdGhlcg==:count=1;user-agent=MSxnby04LjUuMCxteWFwcA==:count=2;", c.info("user-agents"))
	require.NoError(t, conns[0].conn.Close())
	require.Eventually(t, func() bool {
		return c.info("user-agents") == "user-agent=MSxjLTcuMCxvdGhlcg==:count=1;user-agent=MSxnby04LjUuMCxteWFwcA==:count=1;"
	}, 5*time.Second, time.Millisecond)
	require.Equal(t, "ok", c.info("user-agent-set:value="+strings.Repeat("A", 84)))
	other := connect(t, s, 0)
	require.Equal(t, "ERROR:4:'value' value too long", other.info("user-agent-set:value="+strings.Repeat("A", 88)))
}

func TestMetadataInfo(t *testing.T) {
	s := start(t, Options{Nodes: 3})
	c := connect(t, s, 0)
	require.Regexp(t, `^smd:n_pending_sets=0,n_events=0,n_nodes=3,principal=A3,cluster_key=[0-9A-F]+;`+
		`evict:committed_key=0,committed_tid=0,n_keys=0,state=npr;sindex:committed_key=0,committed_tid=0,n_keys=0,state=npr;`+
		`truncate:committed_key=0,committed_tid=0,n_keys=0,state=npr;UDF:committed_key=0,committed_tid=0,n_keys=0,state=npr;$`, c.info("smd-info"))
	require.Equal(t, "ok", c.info("truncate:namespace=test;set=q"))
	require.Equal(t, "ok", c.info("truncate:namespace=test;set=q"))
	require.Equal(t, "ok", c.info("truncate-undo:namespace=test;set=q"))
	require.Equal(t, "ok", c.info("sindex-create:namespace=test;set=q;indexname=qi;bin=x;type=numeric"))
	require.Equal(t, "ok", c.info("sindex-delete:namespace=test;indexname=qi"))
	got := connect(t, s, 2).info("smd-info")
	require.Regexp(t, `;sindex:committed_key=[0-9A-F]+,committed_tid=2,n_keys=1,state=pr;truncate:committed_key=[0-9A-F]+,committed_tid=3,n_keys=1,state=pr;`, got)
}

func TestLatencies(t *testing.T) {
	clock := newTestClock()
	s := start(t, Options{Clock: clock.Now})
	c := connect(t, s, 0)
	const empty = "batch-index:;{test}-read:;{test}-write:;{test}-udf:;{test}-batch-sub-read:;{test}-batch-sub-write:;" +
		"{test}-batch-sub-udf:;{test}-pi-query:;{test}-si-query:"
	require.Equal(t, empty, c.info("latencies:"))
	for i := range int64(20) {
		require.Equal(t, protocol.OK, c.do(put(key(i), one(1))).ResultCode)
	}
	zeros := strings.Repeat(",0.00", 17)
	require.Equal(t, "{test}-write:msec,0.0"+zeros, c.info("latencies:hist={test}-write"))
	clock.advance(10 * time.Second)
	require.Contains(t, c.info("latencies"), ";{test}-write:msec,2.0"+zeros+";{test}-udf:;")
	clock.advance(10 * time.Second)
	require.Equal(t, "{test}-write:msec,0.0"+zeros, c.info("latencies:hist={test}-write"))
	require.Equal(t, "{test}-proxy:", c.info("latencies:hist={test}-proxy"))
	require.Equal(t, "ERROR:4:bad hist name", c.info("latencies:hist={foo}-read"))
	require.Equal(t, "ERROR:4:bad hist name", c.info("latencies:hist=benchmarks-read"))
}

// A message of a client reaches the log.
func TestLogMessage(t *testing.T) {
	var logged bytes.Buffer
	s := start(t, Options{Logger: slog.New(slog.NewTextHandler(&logged, nil))})
	require.Empty(t, connect(t, s, 0).info("log-message:message=hello;who=me"))
	require.NoError(t, s.Close())
	require.Contains(t, logged.String(), "msg=hello node=A1 who=me")
}
