package devserver

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// TestClusterRecordings compares what three nodes report about each other with the answers of three
// real nodes with the same ids.
func TestClusterRecordings(t *testing.T) {
	s := start(t, Options{Nodes: 3})
	f, err := os.Open(recordings + "cluster-life.jsonl.gz")
	require.NoError(t, err)
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	require.NoError(t, err)
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 1<<20)
	compared := 0
	for lines.Scan() {
		var recorded struct {
			Event, Req, Resp string
			Node             int
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &recorded))
		if strings.Contains(recorded.Event, "killed") {
			break // the rest is about nodes that join and leave
		}
		if recorded.Req == "" {
			continue
		}
		_, want, _ := strings.Cut(recorded.Resp, "\t")
		got := connect(t, s, (recorded.Node-defaultPort)/portStep).info(recorded.Req)
		require.Empty(t, difference(recorded.Req, want, got), "%d %s", recorded.Node, recorded.Req)
		compared++
	}
	require.NoError(t, lines.Err())
	require.Positive(t, compared)
}

func TestInfoForms(t *testing.T) {
	s := start(t, Options{Namespaces: []NamespaceOptions{{Name: "test"}, {Name: "bar"}}})
	c := connect(t, s, 0)
	for command, want := range map[string]string{
		"nosuch":                          "ERROR:4:unrecognized command",
		"node/x":                          "A1",
		"namespaces/":                     "test;bar",
		"namespace":                       "type=unknown",
		"cluster-stable:size=2":           "ERROR:7:cluster not specified size",
		"cluster-stable:size=x":           "ERROR:4:bad size",
		"cluster-stable:namespace=nosuch": "ERROR:20:namespace not found on node",
		"replicas:max=x":                  "ERROR:4:bad max",
		"truncate:":                       "ERROR:20:missing 'namespace'",
		"truncate-namespace:namespace=test;set=c":  "ERROR:4:unexpected set name",
		"sindex-stat:namespace=nosuch;indexname=x": "ERROR:20:namespace not found on node",
		"sets/nosuch":                         "ns_type=unknown",
		"query-show:id=abc":                   "ERROR:4:bad id",
		"query-show:id=":                      "ERROR:4:missing 'id' value",
		"query-abort":                         "ERROR:4:missing 'id'",
		"query-abort-all":                     "number-of-queries-killed:0",
		"user-agent-set":                      "ERROR:4:missing 'value'",
		"user-agent-set:value=!!":             "ERROR:4:'value' invalid base64",
		"udf-get":                             "error=invalid_filename",
		"udf-put:filename=x":                  "error=invalid_filename",
		"get-config:context=namespace":        "ERROR:20:missing 'namespace'",
		"get-config:context=bad":              "ERROR:4:invalid context",
		"set-config:context=service;nosuch=1": "ERROR:4:invalid set-config parameter",
		"sindex-create:namespace=test;indexname=a;bin=b":   "ERROR:4:both 'indexdata' and 'type' are missing",
		"sindex-exists:namespace=nosuch;indexname=x":       "ERROR:20:namespace not found on node",
		"xdr-get-filter:dc=x":                              "ERROR:25:enterprise only",
		"truncate:namespace=test;set=c;lut=1":              "ERROR:4:would truncate to 0",
		"truncate:namespace=test;set=c;lut=0xffffffffffff": "ERROR:4:would truncate to 0",
	} {
		require.Equal(t, want, c.info(command), command)
	}
}

func TestUserAgentIsSetOnce(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	require.Equal(t, "ok", c.info("user-agent-set:value=Z28="))
	require.Equal(t, "ERROR:4:already set", c.info("user-agent-set:value=Z28="))
}

func TestIndexDefinitions(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	const create = "sindex-create:namespace=test;set=demo;"
	require.Equal(t, "ok", c.info(create+"indexname=a;bin=b;type=numeric"))
	require.Equal(t, "ok", c.info(create+"indexname=a;bin=b;type=NUMERIC"))
	require.Equal(t, "ERROR:200:'indexname' already exists with different definition", c.info(create+"indexname=a;bin=c;type=numeric"))
	require.Equal(t, "ok", c.info(create+"indexname=ctx;context=kiKiA3g=;bin=m;type=numeric"))
	require.Equal(t, "ERROR:4:'context' invalid cdt context", c.info(create+"indexname=x;context=khIB;bin=m;type=numeric"))
	require.Equal(t, "ERROR:4:bad 'indexdata' bin type for 'indextype' 'mapkeys' - must be one of 'numeric', 'string', 'blob'",
		c.info(create+"indexname=x;indextype=mapkeys;bin=m;type=geo2dsphere"))
	require.Equal(t, "true", c.info("sindex-exists:namespace=test;indexname=a"))
	require.Equal(t, "ok", c.info("sindex-delete:namespace=test;indexname=a"))
	require.Equal(t, "false", c.info("sindex-exists:namespace=test;indexname=a"))
	require.Equal(t, "ns=test:indexname=ctx:set=demo:bin=m:type=numeric:indextype=default:context=[map_key(<string#1>)]:exp=null:state=RW",
		c.info("sindex-list:namespace=test"))
}

func TestConfigurationChanges(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	require.Equal(t, "ok", c.info("set-config:context=namespace;id=test;max-record-size=100"))
	require.Equal(t, protocol.RecordTooBig, c.do(put(key(1), protocol.Bin{Name: "s", Value: protocol.String(strings.Repeat("x", 100))})).ResultCode)
	require.Equal(t, "ok", c.info("set-config:context=namespace;id=test;evict-tenths-pct=7"))
	require.Contains(t, c.info("get-config:context=namespace;id=test"), "evict-tenths-pct=7;")
	require.Equal(t, "ERROR:4:invalid set-config parameter", c.info("set-config:context=namespace;id=test;default-ttl=x"))
}
