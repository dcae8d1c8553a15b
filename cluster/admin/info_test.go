package admin

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

func TestInfoFields(t *testing.T) {
	f := parseFields("a=1;b=2.5;c=true;d=x=y;e;;=z")
	require.Equal(t, InfoFields{"a": "1", "b": "2.5", "c": "true", "d": "x=y", "e": ""}, f)
	require.EqualValues(t, 1, f.Int("a"))
	require.Zero(t, f.Int("b")+f.Int("missing"), "no whole numbers")
	require.EqualValues(t, 2.5, f.Float("b"))
	require.True(t, f.Bool("c") && !f.Bool("a") && !f.Bool("missing"))
}

func TestSetStatisticsOfNodes(t *testing.T) {
	bubble(t, 2, func(t *testing.T, f *fakeCluster, c *Client) {
		f.node(0).set("sets/test", "ns=test:set=a:objects=3:tombstones=1:data_used_bytes=96:truncate_lut=1000:sindexes=2:default-ttl=60:enable-index=true;"+
			"ns=test:set=b:objects=0;")
		f.node(1).set("sets/test", "")
		sets, err := c.Sets(t.Context(), nil, "test")
		require.NoError(t, err)
		require.Empty(t, sets["A2"])
		require.Len(t, sets["A1"], 2)
		a := sets["A1"][0]
		require.Equal(t, "3", a.Fields["objects"])
		a.Fields = nil
		require.Equal(t, SetStatistics{
			Namespace: "test", Set: "a", Objects: 3, Tombstones: 1, DataBytes: 96, Indexes: 2, Indexed: true,
			Truncated: time.Date(2010, 1, 1, 0, 0, 1, 0, time.UTC).Local(), DefaultTTL: time.Minute,
		}, a)
		require.True(t, sets["A1"][1].Truncated.IsZero())
		f.node(1).set("sets/test", "ns_type=unknown")
		_, err = c.Sets(t.Context(), nil, "test")
		require.ErrorIs(t, err, cluster.ErrNamespace)
		require.Equal(t, "A2", requireError(t, err).Node)
	})
}

// TestOlderServersParameterNames checks that the parameter names from before 8.1 are used if at
// least one node is older.
func TestOlderServersParameterNames(t *testing.T) {
	f := newFakeCluster(t, 2)
	f.node(1).set("build", "7.2.0.1")
	c := f.open()
	for i := range 2 {
		for command, answer := range map[string]string{
			"sindex-exists:ns=test;indexname=i": "true", "sindex-stat:ns=test;indexname=i": "load_pct=100", "sindex-delete:ns=test;indexname=i": "ok",
			"sindex-list:ns=test;b64=true": "", "sindex-create:ns=test;indexname=i;bin=b;type=NUMERIC": "ok",
			"get-config:context=namespace;id=test": "default-ttl=5", "query-show:trid=7": "trid=7:status=active(ok)",
		} {
			f.node(i).set(command, answer)
		}
	}
	ctx := t.Context()
	exists, err := c.IndexExists(ctx, nil, "test", "i")
	require.NoError(t, err)
	require.True(t, exists)
	task, err := c.CreateIndex(ctx, nil, Index{Namespace: "test", Name: "i", Bin: "b"})
	require.NoError(t, err)
	require.NoError(t, task.Wait(ctx))
	_, err = c.DropIndex(ctx, nil, "test", "", "i")
	require.NoError(t, err)
	_, err = c.Indexes(ctx, nil, "test")
	require.NoError(t, err)
	config, err := c.ServerConfig(ctx, nil, NamespaceConfig("test"))
	require.NoError(t, err)
	require.EqualValues(t, 5, config["A2"].Int("default-ttl"))
	job, err := c.Job(ctx, nil, 7)
	require.NoError(t, err)
	active := job["A1"]
	require.True(t, active.Active())
}

func TestConfigCommands(t *testing.T) {
	bubble(t, 1, func(t *testing.T, f *fakeCluster, c *Client) {
		for command, of := range map[string]ConfigContext{
			"get-config":                                             {},
			"get-config:context=service":                             ServiceConfig(),
			"get-config:context=network":                             NetworkConfig(),
			"get-config:context=security":                            SecurityConfig(),
			"get-config:context=namespace;namespace=test":            NamespaceConfig("test"),
			"get-config:context=namespace;namespace=test;set=people": SetConfig("test", "people"),
			"get-config:context=xdr":                                 XDRConfig("", ""),
			"get-config:context=xdr;dc=berlin":                       XDRConfig("berlin", ""),
			"get-config:context=xdr;dc=berlin;namespace=test":        XDRConfig("berlin", "test"),
		} {
			got, err := c.configCommand("get-config", of)
			require.NoError(t, err)
			require.Equal(t, command, got)
		}
		_, err := c.ServerConfig(t.Context(), nil, SetConfig("test", "people"))
		require.ErrorIs(t, err, cluster.ErrConfig)
		_, err = c.ServerConfig(t.Context(), nil, NamespaceConfig("nosuch"))
		require.ErrorIs(t, err, cluster.ErrNamespace)
		_, err = c.ServerConfig(t.Context(), nil, XDRConfig("a;b", ""))
		require.ErrorIs(t, err, cluster.ErrConfig)
	})
}

// TestSetServerConfig checks that each setting is tried on each node, and that the error lists the
// settings that were not changed.
func TestSetServerConfig(t *testing.T) {
	bubble(t, 2, func(t *testing.T, f *fakeCluster, c *Client) {
		for _, command := range []string{"set-config:context=service;a=1", "set-config:context=service;b=2"} {
			f.node(0).set(command, "ok")
			f.node(1).set(command, "ok")
		}
		settings := map[string]string{"a": "1", "b": "2"}
		require.NoError(t, c.SetServerConfig(t.Context(), nil, ServiceConfig(), settings))
		f.node(1).set("set-config:context=service;b=2", "ERROR:4:invalid set-config parameter")
		err := c.SetServerConfig(t.Context(), nil, ServiceConfig(), settings)
		require.ErrorIs(t, err, protocol.ParameterError)
		e := requireError(t, err)
		require.Equal(t, "A2", e.Node)
		require.Contains(t, e.Message, "b=2")
		for name, bad := range map[string]map[string]string{"none": {}, "no name": {"": "1"}, "two in one": {"a": "1;b=2"}, "odd name": {"a=1;b": "2"}} {
			require.ErrorIs(t, c.SetServerConfig(t.Context(), nil, ServiceConfig(), bad), cluster.ErrConfig, name)
		}
		require.ErrorIs(t, c.SetServerConfig(t.Context(), nil, ConfigContext{}, settings), cluster.ErrConfig)
	})
}

func TestUnknownJob(t *testing.T) {
	bubble(t, 2, func(t *testing.T, f *fakeCluster, c *Client) {
		for i := range 2 {
			f.node(i).set("query-show:id=7", "ERROR:2:job not found")
			f.node(i).set("query-abort:id=7", "ERROR:2:id not active")
		}
		_, err := c.Job(t.Context(), nil, 7)
		require.ErrorIs(t, err, ErrNoJob)
		require.ErrorIs(t, err, protocol.KeyNotFound)
		require.ErrorIs(t, c.AbortQuery(t.Context(), nil, 7), ErrNoJob)
		require.NoError(t, c.client.QueryTask(7).Abort(t.Context()), "aborting a finished task succeeds")
		f.node(1).set("query-abort:id=7", "ok")
		require.NoError(t, c.AbortQuery(t.Context(), nil, 7), "one node runs the query")
		f.node(1).set("query-show:id=7", "trid=7:ns=test:job-progress=12.5:status=active(ok):recs-succeeded=9")
		jobs, err := c.Job(t.Context(), nil, 7)
		require.NoError(t, err)
		require.Len(t, jobs, 1)
		require.EqualValues(t, 12.5, jobs["A2"].Progress)
		f.node(0).set("query-show:id=7", "ERROR:81:role violation")
		_, err = c.Job(t.Context(), nil, 7)
		require.ErrorIs(t, err, protocol.RoleViolation)
	})
}

func TestXDRFilter(t *testing.T) {
	bubble(t, 1, func(t *testing.T, f *fakeCluster, c *Client) {
		filter := []byte{0x93, 1, 2, 3}
		text := base64.StdEncoding.EncodeToString(filter)
		f.node(0).set("xdr-set-filter:dc=berlin;namespace=test;exp="+text, "ok")
		f.node(0).set("xdr-set-filter:dc=berlin;namespace=test;exp=null", "ok")
		require.NoError(t, c.SetXDRFilter(t.Context(), nil, "berlin", "test", filter))
		require.NoError(t, c.SetXDRFilter(t.Context(), nil, "berlin", "test", nil))
		for answer, want := range map[string][]byte{"namespace=test:exp=" + text: filter, "namespace=test:exp=null": nil, "": nil} {
			f.node(0).set("xdr-get-filter:dc=berlin;namespace=test;b64=true", answer)
			got, err := c.XDRFilter(t.Context(), nil, "berlin", "test")
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
		f.node(0).set("xdr-get-filter:dc=berlin;namespace=test;b64=true", "namespace=test:exp=ge(1, 2)")
		_, err := c.XDRFilter(t.Context(), nil, "berlin", "test")
		require.ErrorIs(t, err, protocol.ErrMalformed)
		f.node(0).set("xdr-get-filter:dc=berlin;namespace=test;b64=true", "ERROR:25:enterprise only")
		_, err = c.XDRFilter(t.Context(), nil, "berlin", "test")
		require.ErrorIs(t, err, protocol.EnterpriseOnly)
		require.ErrorIs(t, c.SetXDRFilter(t.Context(), nil, "", "test", nil), cluster.ErrConfig)
		require.ErrorIs(t, c.SetXDRFilter(t.Context(), nil, "a;b", "test", nil), cluster.ErrConfig)
		require.ErrorIs(t, c.SetXDRFilter(t.Context(), nil, "berlin", "nosuch", nil), cluster.ErrNamespace)
	})
}

func TestAbortAll(t *testing.T) {
	bubble(t, 2, func(t *testing.T, f *fakeCluster, c *Client) {
		f.node(0).set("query-abort-all", "number-of-queries-killed:2")
		f.node(1).set("query-abort-all", "number-of-queries-killed:1")
		n, err := c.AbortAllQueries(t.Context(), nil)
		require.NoError(t, err)
		require.EqualValues(t, 3, n)
		f.node(0).set("query-show", "")
		f.node(1).set("query-show", "trid=12:ns=test:set=s:job-type=basic:status=active(ok):from=127.0.0.1+1234;trid=13:status=done(ok)")
		jobs, err := c.Jobs(t.Context(), nil)
		require.NoError(t, err)
		require.Empty(t, jobs["A1"])
		require.EqualValues(t, 12, jobs["A2"][0].ID)
		require.Equal(t, "s", jobs["A2"][0].Set)
		require.True(t, jobs["A2"][0].Active())
		require.False(t, jobs["A2"][1].Aborted())
	})
}
