package devserver

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// enterprise returns options of a cluster with a namespace "test" and one with strong consistency,
// "sc".
func enterprise(options Options) Options {
	options.Edition = Enterprise
	options.Namespaces = []NamespaceOptions{{Name: "test"}, {Name: "sc", StrongConsistency: true}}
	return options
}

func strongKey(id any) protocol.Key { return protocol.MustKey("sc", "demo", id) }

func durableDelete(k protocol.Key) wire.Command {
	c := wire.NewDelete(k)
	c.Info2 |= wire.Info2DurableDelete
	return c
}

func TestDurableDeleteLeavesTombstone(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	k := key(1)
	require.Equal(t, protocol.KeyNotFound, c.do(durableDelete(k)).ResultCode)
	c.do(put(k, one(1)))
	c.do(put(k, one(2)))
	r := c.do(durableDelete(k))
	require.Equal(t, protocol.OK, r.ResultCode)
	require.Zero(t, r.Generation)

	for name, command := range map[string]wire.Command{
		"read": wire.NewRead(k), "exists": wire.NewHeaderRead(k), "touch": wire.NewTouch(k), "again": durableDelete(k),
	} {
		r := c.do(command)
		require.Equal(t, protocol.KeyNotFound, r.ResultCode, name)
		require.EqualValues(t, 3, r.Generation, "%s: the tombstone's", name)
	}
	require.Equal(t, protocol.KeyNotFound, c.do(wire.NewDelete(k)).ResultCode)

	created := put(k, one(4))
	created.Info2 |= wire.Info2CreateOnly
	r = c.do(created)
	require.Equal(t, protocol.OK, r.ResultCode)
	require.EqualValues(t, 4, r.Generation, "the generation continues from the tombstone's")
	require.Equal(t, "n=4", show(c.do(wire.NewRead(k)).Bins))
}

func TestTombstoneOfLastBin(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	c.do(put(key(1), one(1)))
	last := put(key(1), protocol.Bin{Name: "n"})
	last.Info2 |= wire.Info2DurableDelete
	require.Equal(t, protocol.OK, c.do(last).ResultCode)
	require.Equal(t, protocol.KeyNotFound, c.do(last).ResultCode)
	require.EqualValues(t, 3, c.do(put(key(1), one(1))).Generation)
}

func TestTombstonesAreCountedAndNotScanned(t *testing.T) {
	s := start(t, Options{Nodes: 2, Edition: Enterprise})
	c := connect(t, s, 0)
	fill(c, "demo", 10)
	for i := range 4 {
		require.Equal(t, protocol.OK, c.do(durableDelete(protocol.MustKey("test", "demo", i))).ResultCode)
	}
	rows := 0
	for n := range s.nodes() {
		got, _, last := connect(t, s, n).scan(wire.Scan{Namespace: "test", Set: "demo", Partitions: mastered(s, n)})
		require.Equal(t, protocol.OK, last.ResultCode)
		rows += len(got)
	}
	require.Equal(t, 6, rows)
	text := c.info("namespace/test")
	for _, want := range []string{";objects=6;", ";tombstones=4;"} {
		require.Contains(t, text, want)
	}
	require.Contains(t, c.info("statistics"), ";tombstones=4;")
	require.Contains(t, c.info("sets/test/demo"), "objects=6:tombstones=4:")
	require.Equal(t, "ok", c.info("truncate:namespace=test;set=demo"))
	require.Contains(t, c.info("sets/test/demo"), "objects=0:tombstones=0:")
	require.EqualValues(t, 1, c.do(put(protocol.MustKey("test", "demo", 1), one(1))).Generation)
}

func TestTombstoneKeepsGenerationChecks(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	c.do(put(key(1), one(1)))
	wrong := durableDelete(key(1))
	wrong.Info2 |= wire.Info2Generation
	wrong.Generation = 7
	r := c.do(wrong)
	require.Equal(t, protocol.GenerationError, r.ResultCode)
	require.EqualValues(t, 1, r.Generation)
	wrong.Generation = 1
	require.Equal(t, protocol.OK, c.do(wrong).ResultCode)
}

func TestStrongConsistencyForbidsExpunge(t *testing.T) {
	s := start(t, enterprise(Options{}))
	c := connect(t, s, 0)
	k := strongKey(1)
	c.do(put(k, one(1)))
	require.Equal(t, protocol.Forbidden, c.do(wire.NewDelete(k)).ResultCode)
	require.Equal(t, protocol.Forbidden, c.do(put(k, protocol.Bin{Name: "n"})).ResultCode)
	require.Equal(t, protocol.OK, c.do(durableDelete(k)).ResultCode)

	require.Equal(t, "ok", c.info("set-config:context=namespace;id=sc;strong-consistency-allow-expunge=true"))
	require.Equal(t, protocol.KeyNotFound, c.do(wire.NewDelete(k)).ResultCode)
	c.do(put(k, one(1)))
	require.Equal(t, protocol.OK, c.do(wire.NewDelete(k)).ResultCode)
	require.EqualValues(t, 1, c.do(put(k, one(1))).Generation, "no tombstone was left")
	require.Contains(t, c.info("set-config:context=namespace;id=test;strong-consistency-allow-expunge=true"), "ERROR:4:")
	require.Contains(t, c.info("set-config:context=namespace;id=test;strong-consistency=true"), "ERROR:4:")
}

func TestStrongConsistencyShowsToClients(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	for namespace := range strings.SplitSeq(c.info("replicas"), ";") {
		name, rest, _ := strings.Cut(namespace, ":")
		regime, _, _ := strings.Cut(rest, ",")
		require.Equal(t, map[string]string{"test": "0", "sc": "2"}[name], regime, name)
	}
	require.Contains(t, c.info("get-config:context=namespace;id=sc"), ";strong-consistency=true;")
	require.Contains(t, c.info("namespace/test"), ";strong-consistency=false;")
}

func TestStrongReadModes(t *testing.T) {
	s := start(t, enterprise(Options{Nodes: 3}))
	clients := []*client{connect(t, s, 0), connect(t, s, 1), connect(t, s, 2)}
	clients[0].do(put(strongKey(1), one(1)))
	for _, mode := range []wire.Info3{0, wire.Info3SCReadType, wire.Info3SCReadRelax, wire.Info3SCReadRelax | wire.Info3SCReadType} {
		for n := range clients {
			r := wire.NewRead(strongKey(1))
			r.Info3 |= mode
			require.Equal(t, "n=1", show(clients[n].do(r).Bins))
		}
	}
}

func TestLinearizedReadNeedsEnterprise(t *testing.T) {
	for edition, want := range map[Edition]protocol.ResultCode{Community: protocol.EnterpriseOnly, Enterprise: protocol.OK} {
		c := connect(t, start(t, Options{Edition: edition}), 0)
		c.do(put(key(1), one(1)))
		r := wire.NewRead(key(1))
		r.Info3 |= wire.Info3SCReadType
		require.Equal(t, want, c.do(r).ResultCode)
		none := wire.NewRead(key(2))
		none.Info3 |= wire.Info3SCReadType
		require.Equal(t, edition == Community, c.do(none).ResultCode == protocol.EnterpriseOnly, "even if there is no record")
		r.Info3 |= wire.Info3SCReadRelax
		require.Equal(t, protocol.OK, c.do(r).ResultCode)
	}
}

func TestTombstoneOutlivesTimeToLive(t *testing.T) {
	clock := newTestClock()
	c := connect(t, start(t, enterprise(Options{Clock: clock.Now})), 0)
	w := put(key(1), one(1))
	w.RecordTTL = 10
	c.do(w)
	require.Equal(t, protocol.OK, c.do(durableDelete(key(1))).ResultCode)
	clock.advance(time.Hour)
	w.RecordTTL = protocol.TTLDontUpdate
	r := c.do(w)
	require.EqualValues(t, 3, r.Generation)
	require.Zero(t, r.RecordTTL, "a tombstone has no time to live")
}

func TestDurableDeleteInBatch(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	c.do(put(key(1), one(1)))
	gone, missing := durableDelete(key(1)), durableDelete(key(2))
	batch := wire.Batch{Flags: wire.BatchRespondAll}
	message, err := batch.AppendMessage(nil, []wire.BatchRow{{Index: 0, Command: &gone}, {Index: 1, Command: &missing}}, 0)
	require.NoError(t, err)
	c.send(message)
	rows, last := c.responses()
	require.Equal(t, protocol.OK, last.ResultCode)
	require.Len(t, rows, 2)
	require.Equal(t, protocol.OK, rows[0].ResultCode)
	require.Empty(t, rows[0].Bins)
	require.Equal(t, protocol.KeyNotFound, rows[1].ResultCode)
}

func TestStrongConsistencyNeedsEnterprise(t *testing.T) {
	for _, o := range []Options{
		{Namespaces: []NamespaceOptions{{Name: "sc", StrongConsistency: true}}},
		{Edition: Enterprise, Namespaces: []NamespaceOptions{{Name: "sc", AllowExpunge: true}}},
	} {
		_, err := Start(o)
		require.ErrorContains(t, err, "sc")
	}
	c := connect(t, start(t, Options{}), 0)
	c.do(put(key(1), one(1)))
	require.Equal(t, protocol.EnterpriseOnly, c.do(durableDelete(key(1))).ResultCode)
	require.Equal(t, protocol.OK, c.do(wire.NewRead(key(1))).ResultCode)
}
