package devserver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/protocol/wire"
)

// acceptsFilter reports whether the server accepts a filter, in a command and in an operation.
func acceptsFilter(t *testing.T, s *Server, c *client, filter exp.Bool) bool {
	packed, err := exp.Pack(filter)
	require.NoError(t, err)
	require.NoError(t, s.Store(key(1), protocol.Bins{one(1)}, 0))
	read := wire.NewRead(key(1))
	read.Filter = packed
	code := c.do(read).ResultCode
	require.Contains(t, []protocol.ResultCode{protocol.OK, protocol.ParameterError}, code)
	operate := wire.NewOperate(key(1), []protocol.Operation{exp.Read("x", filter, 0)}, false)
	require.Equal(t, code, c.do(operate).ResultCode)
	return code == protocol.OK
}

// TestVersions checks each difference in the version that brought it and in the one before.
func TestVersions(t *testing.T) {
	checks := map[string]func(t *testing.T, s *Server, c *client) (has bool){
		"transactions": func(_ *testing.T, _ *Server, c *client) bool {
			write := put(protocol.MustKey("sc", "demo", 1), one(1))
			write.Transaction = &wire.TransactionFields{ID: 7}
			return c.do(write).ResultCode != protocol.UnsupportedFeature
		},
		"blob indexes": func(_ *testing.T, _ *Server, c *client) bool {
			return c.info("sindex-create:indexname=x;namespace=test;bin=b;type=blob") == "ok"
		},
		"expression indexes": func(_ *testing.T, _ *Server, c *client) bool {
			return c.info("sindex-create:indexname=x;namespace=test;exp=k1ECoWE=;type=numeric") == "ok"
		},
		"set indexes": func(_ *testing.T, _ *Server, c *client) bool {
			return c.info("sindex-create:indexname=x;namespace=test;set=demo;indextype=set") == "ok"
		},
		"record size": func(t *testing.T, s *Server, c *client) bool {
			return acceptsFilter(t, s, c, exp.Gt(exp.RecordSize(), exp.IntVal(0)))
		},
		"in_list expressions": func(t *testing.T, s *Server, c *client) bool {
			return acceptsFilter(t, s, c, exp.InList(exp.IntVal(1), exp.ListVal(1)))
		},
		"read touch": func(_ *testing.T, s *Server, c *client) bool {
			write := put(key(1), one(1))
			write.RecordTTL = 100
			require.Equal(t, protocol.OK, c.do(write).ResultCode)
			s.AdvanceTime(90 * time.Second)
			read := wire.NewRead(key(1))
			read.RecordTTL = 80
			require.Equal(t, protocol.OK, c.do(read).ResultCode)
			s.AdvanceTime(20 * time.Second)
			return c.do(wire.NewRead(key(1))).ResultCode == protocol.OK
		},
		"user-agent-set": func(_ *testing.T, _ *Server, c *client) bool { return c.info("user-agent-set:value=AAAA") == "ok" },
		"path operations": func(t *testing.T, s *Server, c *client) bool {
			require.NoError(t, s.Store(key(1), protocol.Bins{named("l", protocol.List(protocol.Int(1)))}, 0))
			op := protocol.Operation{Code: protocol.OpCDTRead, Bin: "l", Value: protocol.Blob([]byte{0x93, 0xcc, 0xfe, 0x92, 0x04, 0xc3, 0x01})}
			code := c.do(wire.NewOperate(key(1), []protocol.Operation{op}, false)).ResultCode
			require.Contains(t, []protocol.ResultCode{protocol.OK, protocol.ParameterError}, code)
			return code == protocol.OK
		},
		"query operations": func(t *testing.T, s *Server, c *client) bool {
			require.NoError(t, s.Store(key(1), protocol.Bins{named("l", protocol.List(protocol.Int(1)))}, 0))
			q := wire.Query{Scan: wire.Scan{Namespace: "test", Set: "demo", Partitions: allPartitions()}, Ops: []protocol.Operation{cdt.ListSize("l")}}
			request, err := q.AppendMessage(nil)
			require.NoError(t, err)
			c.send(request)
			_, body := c.receive()
			first, _, err := wire.ParseResponse(body)
			require.NoError(t, err)
			return first.ResultCode == protocol.OK
		},
	}
	require.Len(t, checks, len(differences))
	for _, d := range Differences() {
		require.NotEmpty(t, d.Source)
		require.Positive(t, place(d.Since))
		for i, want := range []bool{false, true} {
			version := Versions()[place(d.Since)-1+i]
			s := start(t, Options{ActAs: version, Edition: Enterprise, Namespaces: []NamespaceOptions{{Name: "test"}, {Name: "sc", StrongConsistency: true}}})
			require.Equal(t, want, checks[d.Name](t, s, connect(t, s, 0)), "%s in %s", d.Name, version)
		}
	}
	for _, v := range versions {
		s := start(t, Options{ActAs: v.name})
		require.Equal(t, v.build, connect(t, s, 0).info("build"))
	}
	s := start(t, Options{ActAs: "7.0", Build: "7.0.0.9"})
	require.Equal(t, "7.0.0.9", connect(t, s, 0).info("build"))
	_, err := Start(Options{ActAs: "5.7"})
	require.ErrorContains(t, err, `unknown version "5.7"; use one of 6.4, 7.0`)
}
