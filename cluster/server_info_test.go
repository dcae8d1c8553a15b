package cluster

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

func TestInfoFields(t *testing.T) {
	f := parseFields("a=1;b=2.5;c=true;d=x=y;e;;=z", ";")
	require.Equal(t, InfoFields{"a": "1", "b": "2.5", "c": "true", "d": "x=y", "e": ""}, f)
	require.EqualValues(t, 1, f.Int("a"))
	require.Zero(t, f.Int("b")+f.Int("missing"), "no whole numbers")
	require.EqualValues(t, 2.5, f.Float("b"))
	require.True(t, f.Bool("c") && !f.Bool("a") && !f.Bool("missing"))
}

func TestSetStatisticsOfNodes(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
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
		require.ErrorIs(t, err, ErrNamespace)
		require.Equal(t, "A2", requireError(t, err).Node)
	})
}

// TestOlderServersParameterNames: before 8.1 parameters had other names, which are used if any node
// is old.
func TestOlderServersParameterNames(t *testing.T) {
	f := newFakeNet(t, 2)
	f.node(1).set("build", "7.2.0.1")
	c := f.open(nil)
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
	config, err := c.ServerConfig(ctx, nil, ConfigOfNamespace("test"))
	require.NoError(t, err)
	require.EqualValues(t, 5, config["A2"].Int("default-ttl"))
	job, err := c.Job(ctx, nil, 7)
	require.NoError(t, err)
	active := job["A1"]
	require.True(t, active.Active())
}

func TestConfigCommands(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		for command, of := range map[string]ConfigContext{
			"get-config":                                             {},
			"get-config:context=service":                             ConfigOfService(),
			"get-config:context=network":                             ConfigOfNetwork(),
			"get-config:context=security":                            ConfigOfSecurity(),
			"get-config:context=namespace;namespace=test":            ConfigOfNamespace("test"),
			"get-config:context=namespace;namespace=test;set=people": ConfigOfSet("test", "people"),
			"get-config:context=xdr":                                 ConfigOfXDR("", ""),
			"get-config:context=xdr;dc=berlin":                       ConfigOfXDR("berlin", ""),
			"get-config:context=xdr;dc=berlin;namespace=test":        ConfigOfXDR("berlin", "test"),
		} {
			got, err := c.configCommand("get-config", of)
			require.NoError(t, err)
			require.Equal(t, command, got)
		}
		_, err := c.ServerConfig(t.Context(), nil, ConfigOfSet("test", "people"))
		require.ErrorIs(t, err, ErrConfig)
		_, err = c.ServerConfig(t.Context(), nil, ConfigOfNamespace("nosuch"))
		require.ErrorIs(t, err, ErrNamespace)
		_, err = c.ServerConfig(t.Context(), nil, ConfigOfXDR("a;b", ""))
		require.ErrorIs(t, err, ErrConfig)
	})
}

// TestSetServerConfig: each setting is sent to each node, and the error lists what was not changed.
func TestSetServerConfig(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		for _, command := range []string{"set-config:context=service;a=1", "set-config:context=service;b=2"} {
			f.node(0).set(command, "ok")
			f.node(1).set(command, "ok")
		}
		settings := map[string]string{"a": "1", "b": "2"}
		require.NoError(t, c.SetServerConfig(t.Context(), nil, ConfigOfService(), settings))
		f.node(1).set("set-config:context=service;b=2", "ERROR:4:invalid set-config parameter")
		err := c.SetServerConfig(t.Context(), nil, ConfigOfService(), settings)
		require.ErrorIs(t, err, protocol.ParameterError)
		e := requireError(t, err)
		require.Equal(t, "A2", e.Node)
		require.Contains(t, e.Message, "b=2")
		for name, bad := range map[string]map[string]string{"none": {}, "no name": {"": "1"}, "two in one": {"a": "1;b=2"}, "odd name": {"a=1;b": "2"}} {
			require.ErrorIs(t, c.SetServerConfig(t.Context(), nil, ConfigOfService(), bad), ErrConfig, name)
		}
		require.ErrorIs(t, c.SetServerConfig(t.Context(), nil, ConfigContext{}, settings), ErrConfig)
	})
}

func TestUnknownJob(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		for i := range 2 {
			f.node(i).set("query-show:id=7", "ERROR:2:job not found")
			f.node(i).set("query-abort:id=7", "ERROR:2:id not active")
		}
		_, err := c.Job(t.Context(), nil, 7)
		require.ErrorIs(t, err, ErrNoJob)
		require.ErrorIs(t, err, protocol.KeyNotFound)
		require.ErrorIs(t, c.AbortQuery(t.Context(), nil, 7), ErrNoJob)
		require.NoError(t, c.QueryTask(7).Abort(t.Context()), "aborting a task that has ended is not an error")
		f.node(1).set("query-abort:id=7", "ok")
		require.NoError(t, c.AbortQuery(t.Context(), nil, 7), "one node is running it")
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
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
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
		require.ErrorIs(t, c.SetXDRFilter(t.Context(), nil, "", "test", nil), ErrConfig)
		require.ErrorIs(t, c.SetXDRFilter(t.Context(), nil, "a;b", "test", nil), ErrConfig)
		require.ErrorIs(t, c.SetXDRFilter(t.Context(), nil, "berlin", "nosuch", nil), ErrNamespace)
	})
}

// TestExplainIndex: if a query's index is not found, the error lists the indexes that exist.
func TestExplainIndex(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyCode(protocol.IndexNotFound))
		f.node(0).set("sindex-list:namespace=test;b64=true",
			"ns=test:indexname=ix:set=s:bin=n:type=numeric:indextype=default:context=null:exp=null:state=RW;"+
				"ns=test:indexname=all:set=s:indextype=set")
		ask := func(filter Filter) error {
			var last error
			for _, err := range c.Query(t.Context(), &QueryPolicy{MaxRetries: NoRetries}, Statement{Namespace: "test", Set: "s", Filter: filter}) {
				last = err
			}
			require.ErrorIs(t, last, protocol.IndexNotFound)
			return last
		}
		for name, filter := range map[string]Filter{
			"type": FilterEqual("n", "text"), "form": FilterContains("n", IndexList, 1), "name": FilterEqual("", "text").ByName("ix"),
		} {
			err := ask(filter)
			require.ErrorIs(t, err, ErrIndexType, name)
			require.ErrorContains(t, err, "ix (NUMERIC, DEFAULT)")
		}
		for name, filter := range map[string]Filter{
			"bin": FilterEqual("other", 1), "name": FilterEqual("", 1).ByName("all"), "expression": FilterEqual("", 1).ByExpression([]byte{1}),
		} {
			err := ask(filter)
			require.NotErrorIs(t, err, ErrIndexType, name)
			require.ErrorContains(t, err, "CreateIndex")
		}
		_, err := c.QueryOperate(t.Context(), nil, Statement{Namespace: "test", Set: "s", Filter: FilterEqual("n", "text")}, protocol.TouchRecord())
		require.ErrorIs(t, err, ErrIndexType)
		for _, err = range c.Aggregate(t.Context(), nil, Statement{Namespace: "test", Set: "s", Filter: FilterEqual("n", "text")}, "m", "f") {
			require.ErrorIs(t, err, ErrIndexType)
		}
		f.node(0).set("sindex-list:namespace=test;b64=true", "ERROR:4:broken")
		require.NotErrorIs(t, ask(FilterEqual("n", "text")), ErrIndexType)
	})
}
