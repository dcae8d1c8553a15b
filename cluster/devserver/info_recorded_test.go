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

// dependent are the recorded answers that depend on the machine or the moment as a whole, and their form.
var dependent = map[string]*regexp.Regexp{
	"cluster-stable:":   regexp.MustCompile(`^[0-9A-F]{8,16}$`), // the cluster's key
	"service":           regexp.MustCompile(`^127\.0\.0\.1:[0-9]+$`),
	"service-clear-std": regexp.MustCompile(`^127\.0\.0\.1:[0-9]+$`),
}

// measured are the names whose values depend on the machine, the moment, or on what the recorded server had been used
// for, and why. Everything else must be the same.
var measured = []struct {
	names *regexp.Regexp
	why   string
}{
	{regexp.MustCompile(`^(client|batch_sub|fail|ttl_reductions)_[a-z_]+$`), "commands that were counted"},
	{regexp.MustCompile(`^batch_index_(initiate|complete|error|unused_buffers|created_buffers)$`), "batches that were counted"},
	{regexp.MustCompile(`^deprecated_requests$`), "info commands that were counted"},
	{regexp.MustCompile(`^(client_connections|client_connections_opened|client_connections_closed)$`), "connections"},
	{regexp.MustCompile(`^(objects|master_objects|data_used_bytes|index_used_bytes|data_avail_pct|storage-engine\.stripe\[\d\]\.used_bytes)$`), "records"},
	{regexp.MustCompile(`^(entries|entries_per_bval|entries_per_rec|load_time)$`), "records in an index"},
	{regexp.MustCompile(`^(current_time|uptime|time_since_rebalance)$`), "time"},
	{regexp.MustCompile(`^(system_free_mem|host_free_mem|heap_allocated|heap_active|heap_mapped)_kbytes$`), "memory"},
	{regexp.MustCompile(`^failed_best_practices$`), "how the machine is configured"},
	{regexp.MustCompile(`^cluster_key$`), "the cluster's key"},
	{regexp.MustCompile(`^(nsup-period|service\.access-port)$`), "how the recorded server was configured"},
}

func isMeasured(name string) bool {
	for _, m := range measured {
		if m.names.MatchString(name) {
			return true
		}
	}
	return false
}

// valueForms are the kinds of values, the narrowest first.
var valueForms = []*regexp.Regexp{
	regexp.MustCompile(`^(true|false)$`), regexp.MustCompile(`^-?[0-9]+$`), regexp.MustCompile(`^-?[0-9]+\.[0-9]+$`), regexp.MustCompile(`^[0-9A-F]{8,16}$`), regexp.MustCompile(``),
}

func valueForm(value string) int {
	return slices.IndexFunc(valueForms, func(form *regexp.Regexp) bool { return form.MatchString(value) })
}

// unlike says in what an answer differs from the recorded one, "" for nothing: there must be the same names in the same
// order, with the same values, or values of the same kind where the table says that they are measured.
func unlike(request, want, got string) string {
	if form := dependent[request]; form != nil {
		if form.MatchString(want) && form.MatchString(got) {
			return ""
		}
		return fmt.Sprintf("%q and %q are not both of the form %v", want, got, form)
	}
	wanted, given := strings.Split(want, ";"), strings.Split(got, ";")
	if len(wanted) != len(given) {
		return fmt.Sprintf("%d fields in place of %d: %s", len(given), len(wanted), got)
	}
	for i := range wanted {
		if difference := unlikeParts(wanted[i], given[i]); difference != "" {
			return difference
		}
	}
	return ""
}

// unlikeParts compares what stands between two semicolons, which may have parts itself.
func unlikeParts(want, got string) string {
	wanted, given := strings.Split(want, ":"), strings.Split(got, ":")
	if len(wanted) != len(given) {
		return fmt.Sprintf("%d parts in place of %d: %s", len(given), len(wanted), got)
	}
	for i := range wanted {
		name, value, _ := strings.Cut(wanted[i], "=")
		nameNow, valueNow, _ := strings.Cut(given[i], "=")
		switch {
		case name != nameNow:
			return fmt.Sprintf("%q in place of %q", nameNow, name)
		case isMeasured(name) && valueForm(value) == valueForm(valueNow):
		case value != valueNow:
			return fmt.Sprintf("%s is %q in place of %q", name, valueNow, value)
		}
	}
	return ""
}

// TestInfoRecordings replays what a real server was asked, in its order, and holds the answers against its own.
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
			require.Empty(t, unlike(command, value, valueNow), command)
		}
		requests++
	}
	require.NoError(t, lines.Err())
	require.Equal(t, 101, requests)
}

// TestUnlike: a comparison that lets everything pass would hold nothing.
func TestUnlike(t *testing.T) {
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
		require.NotEmpty(t, unlike(c[0], c[1], c[2]), name)
		require.Empty(t, unlike(c[0], c[1], c[1]), name)
	}
	require.Empty(t, unlike("statistics", "uptime=1;cluster_size=1", "uptime=9;cluster_size=1"))
}
