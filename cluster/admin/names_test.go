package admin

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// oddNames are names that could inject entries into a list, or break a list or an info command.
var oddNames = []string{
	"a;b", "a:b", "a=b", "a,b", "a\tb", "a\nb", "a\x00b", "a\x7fb", "\x1b[2J", "x;ns=test", "x:objects=1;y", "x;trid=5:rps=0",
}

// TestOddNamesAreRejected checks that no command creates anything with such a name, and that
// nothing is sent.
func TestOddNamesAreRejected(t *testing.T) {
	bubble(t, 1, func(t *testing.T, f *fakeCluster, c *Client) {
		ctx := t.Context()
		for _, name := range oddNames {
			for what, call := range map[string]func() error{
				"user":     func() error { return c.CreateUser(ctx, nil, name, "p") },
				"PKI user": func() error { return c.CreatePKIUser(ctx, nil, name) },
				"role":     func() error { return c.CreateRole(ctx, nil, protocol.Role{Name: name}) },
				"module":   func() error { _, err := c.RegisterUDF(ctx, nil, name+".lua", nil); return err },
				"index": func() error {
					_, err := c.CreateIndex(ctx, nil, Index{Namespace: "test", Name: name, Bin: "b"})
					return err
				},
				"set index": func() error { _, err := c.CreateSetIndex(ctx, nil, "test", "s", name); return err },
			} {
				e := requireError(t, call())
				require.Equal(t, protocol.ClientError, e.Code, "%s %q: %v", what, name, e)
				require.Zero(t, e.Attempts, "%s %q", what, name)
				require.NotContains(t, e.Error(), "\n", "%s %q", what, name)
			}
		}
	})
}

const setTail = ":objects=%d:tombstones=0:data_used_bytes=96:truncate_lut=0:sindexes=0:index_populating=false:truncating=false:" +
	"default-read-touch-ttl-pct=0:default-ttl=0:disable-eviction=false:enable-index=false:stop-writes-count=0:stop-writes-size=0"

func TestForgedSets(t *testing.T) {
	for _, forged := range append(oddNames, "x:objects=7", "x:objects=1;ns=test:set=fake", "x:objects=1;ns=test:set=fake:objects=2;ns=o:set=p", ";;;", ":set=", "ns=a:set=b") {
		names := []string{"first", forged, "last"}
		var list strings.Builder
		for i, name := range names {
			fmt.Fprintf(&list, "ns=test:set=%s"+setTail+";", name, i+1)
		}
		sets, err := parseSets(list.String())
		require.NoError(t, err, "%q", forged)
		require.Len(t, sets, 3, "%q", forged)
		for i, s := range sets {
			require.Equal(t, names[i], s.Set)
			require.Equal(t, "test", s.Namespace)
			require.EqualValues(t, i+1, s.Objects)
		}
		bubble(t, 1, func(t *testing.T, f *fakeCluster, c *Client) {
			if strings.ContainsAny(forged, "\n\t") {
				f.node(0).set("sets", list.String())
				got, err := c.Sets(context.Background(), nil, "")
				require.NoError(t, err, "%q", forged)
				require.Len(t, got["A1"], 3)
			}
		})
	}
}

func TestForgedJobs(t *testing.T) {
	const tail = ":n-pids-requested=4096:n-keyds-requested=0:rps=0:active-threads=1:status=active(ok):job-progress=12.3:run-time=5:time-since-done=0:" +
		"recs-throttled=0:recs-filtered-meta=0:recs-filtered-bins=0:recs-succeeded=1:recs-failed=0:from=1.2.3.4+5678:job-type=basic:net-io-bytes=0:net-io-time=0:socket-timeout=30000"
	for _, forged := range append(oddNames, "x:rps=0;trid=9:ns=test:set=fake", "x:status=done(ok)") {
		list := "trid=1:ns=test:set=" + forged + tail + ";trid=2:ns=test:set=s:sindex-name=i" + tail + ";trid=3:ns=test" + tail
		jobs, err := parseJobs(list)
		require.NoError(t, err, "%q", forged)
		require.Len(t, jobs, 3, "%q", forged)
		require.Equal(t, forged, jobs[0].Set)
		require.True(t, jobs[0].Active())
		require.Equal(t, Job{ID: 2, Namespace: "test", Set: "s", Index: "i"}, Job{ID: jobs[1].ID, Namespace: jobs[1].Namespace, Set: jobs[1].Set, Index: jobs[1].Index})
		require.EqualValues(t, 3, jobs[2].ID)
		require.Empty(t, jobs[2].Set)
	}
}

func TestForgedModulesAndIndexes(t *testing.T) {
	require.Equal(t, []Module{{"a,hash=00,type=X.lua", "ff", "LUA"}, {"b.lua", "ee", "LUA"}},
		parseModules("filename=b.lua,hash=ee,type=LUA;filename=a,hash=00,type=X.lua,hash=ff,type=LUA;"))
	const tail = ":type=numeric:indextype=default:context=null:exp=null:state=RW"
	all, err := parseIndexes("ns=test:indexname=i:set=a:indexname=evil:bin=b" + tail + ";ns=test:indexname=j:set=null:bin=x:type=string" + tail)
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, Index{Namespace: "test", Name: "i", Set: "a:indexname=evil", Bin: "b"}, all[0].Index)
	require.Equal(t, Index{Namespace: "test", Name: "j", Bin: "x:type=string"}, all[1].Index)
}
