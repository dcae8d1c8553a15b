package devserver

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

const recordings = "../../integration/testdata/"

// dependent are the recorded answers that depend on the machine or the time, and their form.
var dependent = map[string]*regexp.Regexp{
	"cluster-stable:":   regexp.MustCompile(`^[0-9A-F]{8,16}$`), // the cluster key
	"service":           regexp.MustCompile(`^127\.0\.0\.1:[0-9]+$`),
	"service-clear-std": regexp.MustCompile(`^127\.0\.0\.1:[0-9]+$`),
}

// measured are the names whose values depend on the machine, on the time, or on the history of the
// recorded server, with the reason. All other values must be equal.
var measured = []struct {
	names *regexp.Regexp
	why   string
}{
	{regexp.MustCompile(`^(client|batch_sub|fail|ttl_reductions)_[a-z_]+$`), "counts commands"},
	{regexp.MustCompile(`^batch_index_(initiate|complete|error|unused_buffers|created_buffers)$`), "counts batches"},
	{regexp.MustCompile(`^deprecated_requests$`), "counts info commands"},
	{regexp.MustCompile(`^(client_connections|client_connections_opened|client_connections_closed)$`), "connections"},
	{regexp.MustCompile(`^(objects|master_objects|data_used_bytes|index_used_bytes|data_avail_pct|storage-engine\.stripe\[\d\]\.used_bytes)$`), "records"},
	{regexp.MustCompile(`^(entries|entries_per_bval|entries_per_rec|load_time)$`), "depends on the indexed records"},
	{regexp.MustCompile(`^(current_time|uptime|time_since_rebalance)$`), "time"},
	{regexp.MustCompile(`^(system_free_mem|host_free_mem|heap_allocated|heap_active|heap_mapped)_kbytes$`), "memory"},
	{regexp.MustCompile(`^failed_best_practices$`), "depends on the machine"},
	{regexp.MustCompile(`^cluster_key$`), "the cluster's key"},
	{regexp.MustCompile(`^(nsup-period|service\.access-port)$`), "depends on the recorded server's configuration"},
}

func isMeasured(name string) bool {
	for _, m := range measured {
		if m.names.MatchString(name) {
			return true
		}
	}
	return false
}

// valueForms are the kinds of values, narrowest first.
var valueForms = []*regexp.Regexp{
	regexp.MustCompile(`^(true|false)$`), regexp.MustCompile(`^-?[0-9]+$`), regexp.MustCompile(`^-?[0-9]+\.[0-9]+$`), regexp.MustCompile(`^[0-9A-F]{8,16}$`), regexp.MustCompile(``),
}

func valueForm(value string) int {
	return slices.IndexFunc(valueForms, func(form *regexp.Regexp) bool { return form.MatchString(value) })
}

// difference describes how an answer differs from the recorded one, "" if it does not. The names
// must be equal and in the same order. The values must be equal or, if measured lists the name, of
// the same kind.
func difference(request, want, got string) string {
	if form := dependent[request]; form != nil {
		if form.MatchString(want) && form.MatchString(got) {
			return ""
		}
		return fmt.Sprintf("%q and %q do not both match %v", want, got, form)
	}
	wanted, given := strings.Split(want, ";"), strings.Split(got, ";")
	if len(wanted) != len(given) {
		return fmt.Sprintf("got %d fields, want %d: %s", len(given), len(wanted), got)
	}
	for i := range wanted {
		if difference := partsDifference(wanted[i], given[i]); difference != "" {
			return difference
		}
	}
	return ""
}

// partsDifference compares the text between two semicolons, which can have parts itself.
func partsDifference(want, got string) string {
	wanted, given := strings.Split(want, ":"), strings.Split(got, ":")
	if len(wanted) != len(given) {
		return fmt.Sprintf("got %d parts, want %d: %s", len(given), len(wanted), got)
	}
	for i := range wanted {
		name, value, _ := strings.Cut(wanted[i], "=")
		nameNow, valueNow, _ := strings.Cut(given[i], "=")
		switch {
		case name != nameNow:
			return fmt.Sprintf("got name %q, want %q", nameNow, name)
		case isMeasured(name) && valueForm(value) == valueForm(valueNow):
		case value != valueNow:
			return fmt.Sprintf("%s: got %q, want %q", name, valueNow, value)
		}
	}
	return ""
}

// TestInfoRecordings repeats the requests of a recording in order and compares the answers with
// those of the real server.
func TestInfoRecordings(t *testing.T) {
	s := start(t, Options{ClusterName: "dev", Build: "8.1.1.2", MaxConns: 4096, Namespaces: []NamespaceOptions{{Name: "test", ReplicationFactor: 1}}})
	require.Equal(t, protocol.OK, connect(t, s, 0).do(put(protocol.MustKey("test", "c", 1), one(1))).ResultCode)
	f, err := os.Open(recordings + "info.jsonl")
	require.NoError(t, err)
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	requests := 0
	for lines.Scan() {
		var recorded struct{ Req, Resp string }
		require.NoError(t, json.Unmarshal(lines.Bytes(), &recorded))
		c := connect(t, s, 0)
		awaitIndexes(s)
		body := []byte(recorded.Req + "\n")
		c.send(append(wire.ProtoHeader{Type: wire.ProtoInfo, Size: len(body)}.AppendTo(nil), body...))
		_, answer := c.receive()
		want, got := strings.Split(recorded.Resp, "\n"), strings.Split(string(answer), "\n")
		require.Len(t, got, len(want), recorded.Req)
		for i, line := range want {
			command, value, _ := strings.Cut(line, "\t")
			commandNow, valueNow, _ := strings.Cut(got[i], "\t")
			require.Equal(t, command, commandNow)
			require.Empty(t, difference(command, value, valueNow), command)
		}
		requests++
	}
	require.NoError(t, lines.Err())
	require.Equal(t, 101, requests)
}

// TestDifference checks that the comparison finds differences.
func TestDifference(t *testing.T) {
	for name, c := range map[string][3]string{
		"another value":     {"x", "a=1;b=2", "a=1;b=3"},
		"another name":      {"x", "a=1;b=2", "a=1;c=2"},
		"another order":     {"x", "a=1;b=2", "b=2;a=1"},
		"a missing name":    {"x", "a=1;b=2", "a=1"},
		"another kind":      {"x", "uptime=1", "uptime=true"},
		"an odd cluster":    {"cluster-stable:", "662668E41D08", "no key"},
		"another separator": {"x", "a=1:b=2", "a=1,b=2"},
		"an error":          {"x", "ok", "ERROR:4:bad"},
	} {
		require.NotEmpty(t, difference(c[0], c[1], c[2]), name)
		require.Empty(t, difference(c[0], c[1], c[1]), name)
	}
	require.Empty(t, difference("statistics", "uptime=1;cluster_size=1", "uptime=9;cluster_size=1"))
}
