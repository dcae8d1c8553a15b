package integration

import (
	"encoding/base64"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

func TestStatistics(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		stats, err := admin.New(client).Statistics(ctx, nil)
		require.NoError(t, err)
		require.Len(t, stats, len(client.NodeNames()))
		for _, s := range stats {
			require.Equal(t, len(stats), s.ClusterSize)
			require.Contains(t, stats, s.Principal)
			require.NotEmpty(t, s.ClusterKey)
			require.Positive(t, s.Connections)
			require.NotEmpty(t, s.Fields["cluster_generation"])
		}
		names, err := admin.New(client).Namespaces(ctx, nil)
		require.NoError(t, err)
		require.Contains(t, names, on.namespace)
	})
}

func TestNamespaceAndSetStatistics(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		masters := func() (n int64) {
			stats, err := admin.New(client).NamespaceStatistics(ctx, nil, on.namespace)
			require.NoError(t, err)
			require.Len(t, stats, len(client.NodeNames()))
			for _, s := range stats {
				require.Positive(t, s.ReplicationFactor)
				require.False(t, s.StopWrites)
				require.NotEmpty(t, s.Fields["default-ttl"], "its configuration is there too")
				n += s.MasterObjects
			}
			return n
		}
		before := masters()
		on.fill(t, client, set, 50)
		require.GreaterOrEqual(t, masters(), before+50)

		sets, err := admin.New(client).Sets(ctx, nil, on.namespace)
		require.NoError(t, err)
		all, err := admin.New(client).Sets(ctx, nil, "")
		require.NoError(t, err)
		objects := int64(0)
		for node, list := range sets {
			require.GreaterOrEqual(t, len(all[node]), len(list))
			for _, s := range list {
				if s.Set == set {
					require.Equal(t, on.namespace, s.Namespace)
					require.Positive(t, s.DataBytes)
					objects += s.Objects
				}
			}
		}
		require.GreaterOrEqual(t, objects, int64(50))
	})
}

func TestTruncate(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		on.fill(t, client, set, 20)
		require.NoError(t, client.Truncate(ctx, nil, on.namespace, set, time.Now().Add(-time.Hour)))
		requireScanned(t, client, on.namespace, set, 20)
		err := client.Truncate(ctx, nil, on.namespace, set, time.Now().Add(time.Hour))
		require.ErrorIs(t, err, protocol.ParameterError)
		require.ErrorContains(t, err, "future")
		require.NoError(t, client.Truncate(ctx, nil, on.namespace, set, time.Time{}))
		requireScanned(t, client, on.namespace, set, 0)
		sets, err := admin.New(client).Sets(ctx, nil, on.namespace)
		require.NoError(t, err)
		for _, list := range sets {
			for _, s := range list {
				if s.Set == set {
					require.WithinDuration(t, time.Now(), s.Truncated, time.Minute)
				}
			}
		}
		require.NoError(t, client.Truncate(ctx, nil, on.namespace, "it-no-such-set", time.Time{}))
	})
}

func TestServerConfig(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		namespace := admin.NamespaceConfig(on.namespace)
		const name = "background-query-max-rps"
		read := func() (value int64) {
			config, err := admin.New(client).ServerConfig(ctx, nil, namespace)
			require.NoError(t, err)
			require.Len(t, config, len(client.NodeNames()))
			for _, fields := range config {
				value = fields.Int(name)
			}
			return value
		}
		before := read()
		require.Positive(t, before)
		set := func(value int64) error {
			return admin.New(client).SetServerConfig(background, nil, namespace, map[string]string{name: strconv.FormatInt(value, 10)})
		}
		t.Cleanup(func() { require.NoError(t, set(before)) })
		require.NoError(t, set(before-1))
		require.Equal(t, before-1, read())

		err := admin.New(client).SetServerConfig(ctx, nil, namespace, map[string]string{name: strconv.FormatInt(before, 10), "no-such-setting": "1"})
		require.ErrorIs(t, err, protocol.ParameterError)
		require.ErrorContains(t, err, "no-such-setting")
		require.Equal(t, before, read(), "what is not in the error has been set")

		for _, of := range []admin.ConfigContext{{}, admin.ServiceConfig(), admin.NetworkConfig()} {
			config, err := admin.New(client).ServerConfig(ctx, nil, of)
			require.NoError(t, err)
			for _, fields := range config {
				require.NotEmpty(t, fields)
			}
		}
	})
}

func TestConfigOfSets(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		config := admin.SetConfig(on.namespace, set)
		change := func(name, value string) error {
			return admin.New(client).SetServerConfig(ctx, nil, config, map[string]string{name: value})
		}
		t.Cleanup(func() {
			require.NoError(t, admin.New(client).SetServerConfig(background, nil, config, map[string]string{"default-ttl": "0", "stop-writes-count": "0"}))
		})
		require.NoError(t, change("default-ttl", "5m"))
		key := on.key(t, set, 1)
		require.NoError(t, client.Put(ctx, nil, key, one))
		rec, err := client.GetHeader(ctx, nil, key)
		require.NoError(t, err)
		require.InDelta(t, 300, rec.TTL(time.Now()).Seconds(), 5)
		require.NoError(t, change("stop-writes-count", "1"))
		var refused error
		for i := 2; i < 20 && refused == nil; i++ {
			refused = client.Put(ctx, nil, on.key(t, set, i), one)
		}
		require.ErrorIs(t, refused, protocol.Forbidden)
		sets, err := admin.New(client).Sets(ctx, nil, on.namespace)
		require.NoError(t, err)
		for _, list := range sets {
			for _, s := range list {
				if s.Set == set {
					require.Equal(t, 5*time.Minute, s.DefaultTTL)
					require.EqualValues(t, 1, s.Fields.Int("stop-writes-count"))
				}
			}
		}
		require.ErrorIs(t, change("default-ttl", "soon"), protocol.ParameterError)
		require.ErrorIs(t, admin.New(client).SetServerConfig(ctx, nil, admin.XDRConfig("", ""), map[string]string{"src-id": "1"}), protocol.EnterpriseOnly)
	})
}

// TestXDRFilterOfEditions checks that the Community Edition refuses an XDR filter with an error,
// and that the Enterprise Edition keeps it.
func TestXDRFilterOfEditions(t *testing.T) {
	filter := exp.Filter(exp.Eq(exp.IntBin("bin1"), exp.IntVal(6)))
	require.Equal(t, "kwGTUQKkYmluMQY=", base64.StdEncoding.EncodeToString(filter))
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		err := admin.New(client).SetXDRFilter(t.Context(), nil, "berlin", on.namespace, filter)
		require.ErrorIs(t, err, protocol.EnterpriseOnly)
		_, err = admin.New(client).XDRFilter(t.Context(), nil, "berlin", on.namespace)
		require.ErrorIs(t, err, protocol.EnterpriseOnly)
	})
	t.Run("enterprise devserver", func(t *testing.T) {
		on := startOn(t, devserver.Options{Nodes: 2, Edition: devserver.Enterprise})
		ctx, client := t.Context(), on.open(t)
		read := func() []byte {
			got, err := admin.New(client).XDRFilter(ctx, nil, "berlin", on.namespace)
			require.NoError(t, err)
			return got
		}
		require.Nil(t, read())
		require.NoError(t, admin.New(client).SetXDRFilter(ctx, nil, "berlin", on.namespace, filter))
		require.Equal(t, filter, read())
		shown, err := client.Info(ctx, nil, "xdr-get-filter:dc=berlin", "xdr-get-filter:dc=paris")
		require.NoError(t, err)
		require.Equal(t, "namespace=test:exp=$.bin1:int == 6", shown["xdr-get-filter:dc=berlin"])
		require.Empty(t, shown["xdr-get-filter:dc=paris"])
		require.ErrorIs(t, admin.New(client).SetXDRFilter(ctx, nil, "berlin", on.namespace, []byte{0x93, 0xff}), protocol.ParameterError)
		require.Equal(t, filter, read())
		require.NoError(t, admin.New(client).SetXDRFilter(ctx, nil, "berlin", on.namespace, nil))
		require.Nil(t, read())
	})
}

func TestUnknownNames(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		call := func(_ any, err error) error { return err }
		for name, c := range map[string]struct{ err, want error }{
			"node":                        {call(client.InfoNode(ctx, nil, "no-such-node", "node")), cluster.ErrNoNode},
			"job":                         {call(admin.New(client).Job(ctx, nil, 1)), admin.ErrNoJob},
			"job to abort":                {admin.New(client).AbortQuery(ctx, nil, 1), admin.ErrNoJob},
			"module":                      {call(admin.New(client).GetUDF(ctx, nil, "nosuch.lua")), cluster.ErrNoModule},
			"index":                       {call(admin.New(client).IndexStatistics(ctx, nil, on.namespace, "nosuch")), protocol.IndexNotFound},
			"namespace: statistics":       {call(admin.New(client).NamespaceStatistics(ctx, nil, "nosuch")), cluster.ErrNamespace},
			"namespace: sets":             {call(admin.New(client).Sets(ctx, nil, "nosuch")), cluster.ErrNamespace},
			"namespace: config":           {call(admin.New(client).ServerConfig(ctx, nil, admin.NamespaceConfig("nosuch"))), cluster.ErrNamespace},
			"namespace: set-config":       {admin.New(client).SetServerConfig(ctx, nil, admin.NamespaceConfig("nosuch"), map[string]string{"a": "1"}), cluster.ErrNamespace},
			"namespace: truncate":         {client.Truncate(ctx, nil, "nosuch", "s", time.Time{}), cluster.ErrNamespace},
			"namespace: indexes":          {call(admin.New(client).Indexes(ctx, nil, "nosuch")), cluster.ErrNamespace},
			"namespace: index":            {call(admin.New(client).IndexExists(ctx, nil, "nosuch", "i")), cluster.ErrNamespace},
			"namespace: create index":     {call(admin.New(client).CreateIndex(ctx, nil, admin.Index{Namespace: "nosuch", Name: "i", Bin: "b"})), cluster.ErrNamespace},
			"namespace: drop index":       {call(admin.New(client).DropIndex(ctx, nil, "nosuch", "", "i")), cluster.ErrNamespace},
			"namespace: background query": {call(client.QueryOperate(ctx, nil, cluster.Statement{Namespace: "nosuch"}, protocol.TouchRecord())), cluster.ErrNamespace},
			"namespace: batch":            {call(client.BatchRead(ctx, nil, []protocol.Key{protocol.MustKey("nosuch", "s", 1), protocol.MustKey("nosuch", "s", 2)})), cluster.ErrNamespace},
		} {
			require.ErrorIs(t, c.err, c.want, name)
			var failure *protocol.Error
			require.ErrorAs(t, c.err, &failure, name)
			require.False(t, failure.InDoubt, name)
		}
	})
}
