package devserver

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

const setConfigOf = "set-config:context=namespace;namespace=test;set=demo;"

func TestSetConfigForms(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	for _, good := range []string{
		"default-ttl=60", "default-ttl=5m", "default-ttl=2d", "default-ttl=-1", "default-read-touch-ttl-pct=-1", "default-read-touch-ttl-pct=100",
		"disable-eviction=true", "enable-index=true", "enable-index=false", "stop-writes-count=7", "stop-writes-size=1000",
	} {
		require.Equal(t, "ok", c.info(setConfigOf+good), good)
	}
	require.Equal(t, "objects=0:tombstones=0:data_used_bytes=0:truncate_lut=0:sindexes=0:index_populating=false:truncating=false:"+
		"default-read-touch-ttl-pct=100:default-ttl=4294967295:disable-eviction=true:enable-index=false:stop-writes-count=7:stop-writes-size=1000;",
		c.info("sets/test/demo"), "the set was created")
	for _, bad := range []string{
		"default-ttl=x", "default-ttl=9999999999", "default-ttl=4000d", "default-ttl=", "default-read-touch-ttl-pct=101", "default-read-touch-ttl-pct=-2",
		"disable-eviction=1", "enable-index=yes", "stop-writes-size=-1", "nosuch=1", "",
	} {
		require.Equal(t, "ERROR:4:invalid set-config parameter", c.info(setConfigOf+bad), bad)
	}
	require.Equal(t, "ERROR:4:invalid set-config parameter", c.info("set-config:context=namespace;namespace=test;set=;default-ttl=1"))
	require.Equal(t, "ERROR:25:enterprise only", c.info("set-config:context=xdr;dc=x;action=create"))
	require.Equal(t, "ERROR:25:enterprise only", c.info("set-config:context=security;a=b"))
	require.Equal(t, "", c.info("get-config:context=xdr"))
	require.Equal(t, "ERROR:4:missing 'context' value", c.info("get-config:context="))
}

// TestSetOptions checks that a set's options override those of its namespace.
func TestSetOptions(t *testing.T) {
	clock := newTestClock()
	c := connect(t, start(t, Options{Clock: clock.Now, Namespaces: []NamespaceOptions{{Name: "test", DefaultTTL: 100}}}), 0)
	lives := func() uint32 {
		k := protocol.MustKey("test", "demo", 1)
		c.do(put(k, one(1)))
		voidTime := c.do(wire.NewHeaderRead(k)).RecordTTL
		if voidTime == 0 {
			return 0
		}
		return voidTime - protocol.VoidTimeAt(clock.Now())
	}
	require.EqualValues(t, 100, lives())
	for value, want := range map[string]uint32{"7": 7, "1m": 60, "-1": 0, "0": 100} {
		require.Equal(t, "ok", c.info(setConfigOf+"default-ttl="+value))
		require.Equal(t, want, lives(), value)
	}

	fill := func(from, to int) (code protocol.ResultCode) {
		for i := from; i < to && code == protocol.OK; i++ {
			code = c.do(put(protocol.MustKey("test", "demo", i), one(1))).ResultCode
		}
		return code
	}
	require.Equal(t, "ok", c.info(setConfigOf+"stop-writes-count=3"))
	require.Equal(t, protocol.OK, fill(2, 4))
	require.Equal(t, protocol.Forbidden, fill(4, 5), "the set has three records already")
	require.Equal(t, protocol.OK, fill(1, 4), "existing records can be changed")
	require.Equal(t, "ok", c.info(setConfigOf+"stop-writes-count=0"))
	require.Equal(t, "ok", c.info(setConfigOf+"stop-writes-size=1"))
	require.Equal(t, protocol.Forbidden, fill(1, 2))
	require.Equal(t, "ok", c.info(setConfigOf+"stop-writes-size=0"))
	require.Equal(t, protocol.OK, fill(1, 5))
}

// TestSetIndexByConfig checks that a set index exists as long as sindex-create or the configuration
// requests it.
func TestSetIndexByConfig(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	c.do(put(protocol.MustKey("test", "demo", 1), one(1)))
	set := s.namespace([]byte("test")).findSet([]byte("demo"))
	says := func() bool { return strings.Contains(c.info("sets/test/demo"), "enable-index=true") }
	do := func(command string, want bool) {
		t.Helper()
		require.Equal(t, "ok", c.info(command))
		awaitIndexes(s)
		require.Equal(t, want, set.indexed.Load(), command)
		require.Equal(t, want, says(), command)
	}
	const create, drop = "sindex-create:namespace=test;set=demo;indexname=all;indextype=set", "sindex-delete:namespace=test;set=demo;indexname=all"
	do(setConfigOf+"enable-index=true", true)
	do(create, true)
	do(setConfigOf+"enable-index=false", true)
	do(drop, false)
	do(create, true)
	do(setConfigOf+"enable-index=true", true)
	do(drop, true)
	do(setConfigOf+"enable-index=false", false)
}
