package admin

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

func TestIndexCommand(t *testing.T) {
	for want, ix := range map[string]Index{
		"sindex-create:namespace=test;set=demo;indexname=idx1;bin=i;type=NUMERIC":                            {Namespace: "test", Set: "demo", Name: "idx1", Bin: "i"},
		"sindex-create:namespace=test;set=demo;indexname=idx2;context=khAA;indextype=LIST;bin=l;type=STRING": {Namespace: "test", Set: "demo", Name: "idx2", Bin: "l", Type: IndexString, Collection: cluster.IndexList, Context: cdt.In(cdt.ListIndex(0))},
		"sindex-create:namespace=test;set=demo;indexname=idx3;exp=k1ECoWk=;type=NUMERIC":                     {Namespace: "test", Set: "demo", Name: "idx3", Expression: []byte{0x93, 0x51, 2, 0xa1, 'i'}},
		"sindex-create:namespace=test;indexname=g;indextype=MAPVALUES;bin=m;type=GEO2DSPHERE":                {Namespace: "test", Name: "g", Bin: "m", Type: IndexGeo, Collection: cluster.IndexMapValues},
		"sindex-create:namespace=test;set=demo;indexname=b;indextype=MAPKEYS;bin=m;type=BLOB":                {Namespace: "test", Set: "demo", Name: "b", Bin: "m", Type: IndexBlob, Collection: cluster.IndexMapKeys},
	} {
		require.NoError(t, ix.check())
		got, err := ix.command("sindex-create:namespace=" + ix.Namespace)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestIndexRefused(t *testing.T) {
	bubble(t, 1, func(t *testing.T, f *fakeCluster, c *Client) {
		for _, ix := range []Index{
			{Namespace: "test", Name: "i"}, {Namespace: "test", Bin: "b"}, {Name: "i", Bin: "b"},
			{Namespace: "test", Name: "a;b", Bin: "b"}, {Namespace: "test", Name: "i", Bin: "b", Expression: []byte{1}},
			{Namespace: "test", Name: "i", Bin: "b", Type: IndexGeo, Collection: cluster.IndexMapKeys},
			{Namespace: "test", Name: "i", Bin: "b", Type: 9},
		} {
			_, err := c.CreateIndex(t.Context(), nil, ix)
			require.ErrorIs(t, err, cluster.ErrConfig, "%+v", ix)
		}
		_, err := c.CreateIndex(t.Context(), nil, Index{Namespace: "nosuch", Name: "i", Bin: "b"})
		require.ErrorIs(t, err, protocol.InvalidNamespace)
		_, err = c.DropIndex(t.Context(), nil, "nosuch", "", "i")
		require.ErrorIs(t, err, protocol.InvalidNamespace)
		f.node(0).set("sindex-create:namespace=test;indexname=i;bin=b;type=NUMERIC", "ERROR:200:'indexname' already exists with different definition")
		_, err = c.CreateIndex(t.Context(), nil, Index{Namespace: "test", Name: "i", Bin: "b"})
		require.ErrorIs(t, err, protocol.IndexFound)
	})
}

func TestIndexTask(t *testing.T) {
	bubble(t, 2, func(t *testing.T, f *fakeCluster, c *Client) {
		const stat = "sindex-stat:namespace=test;indexname=i"
		for i := range 2 {
			f.node(i).set("sindex-create:namespace=test;indexname=i;bin=b;type=NUMERIC", "ok")
			f.node(i).set(stat, "ERROR:201:no index")
		}
		task, err := c.CreateIndex(t.Context(), nil, Index{Namespace: "test", Name: "i", Bin: "b"})
		require.NoError(t, err)
		f.node(0).set(stat, "entries=5;load_pct=100")
		f.node(1).set(stat, "entries=2;load_pct=40")
		percent, err := task.Progress(t.Context())
		require.NoError(t, err)
		require.Equal(t, 40, percent)
		time.AfterFunc(time.Minute, func() { f.node(1).set(stat, "entries=5;load_pct=100") })
		require.NoError(t, task.Wait(t.Context()))
		stats, err := c.IndexStatistics(t.Context(), nil, "test", "i")
		require.NoError(t, err)
		require.EqualValues(t, 5, stats["A2"].Entries)
		f.node(1).set(stat, "ERROR:4:broken")
		require.ErrorIs(t, task.Wait(t.Context()), protocol.ParameterError)
		f.node(1).set(stat, "load_pct=many")
		require.ErrorIs(t, task.Wait(t.Context()), protocol.ErrMalformed)
	})
}

func TestParseIndexes(t *testing.T) {
	got, err := parseIndexes("ns=test:indexname=a2:set=s:bin=b:type=numeric:indextype=default:context=null:exp=null:state=RW;" +
		"ns=test:indexname=a4:set=null:bin=m:type=string:indextype=list:context=khAA:exp=null:state=WO;" +
		"ns=test:indexname=a5:set=s:bin=null:type=numeric:indextype=default:context=null:exp=k1ECoWk=:state=RW;" +
		"ns=test:indexname=a3:set=s:indextype=set")
	require.NoError(t, err)
	require.Equal(t, []IndexInfo{
		{Index: Index{Namespace: "test", Set: "s", Name: "a2", Bin: "b"}, Readable: true},
		{Index: Index{Namespace: "test", Name: "a4", Bin: "m", Type: IndexString, Collection: cluster.IndexList, Context: cdt.In(cdt.ListIndex(0))}},
		{Index: Index{Namespace: "test", Set: "s", Name: "a5", Expression: []byte{0x93, 0x51, 2, 0xa1, 'i'}}, Readable: true},
		{Index: Index{Namespace: "test", Set: "s", Name: "a3"}, OfSet: true, Readable: true},
	}, got)
	for _, bad := range []string{"ns=test:type=numeric:indextype=odd", "ns=test:type=odd:indextype=list", "ns=t:type=blob:indextype=list:context=%"} {
		_, err := parseIndexes(bad)
		require.ErrorIs(t, err, protocol.ErrMalformed)
	}
}
