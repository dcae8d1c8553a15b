package integration

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/luareduce"
	"github.com/aerosql/aerosql/protocol"
)

// goldenPrograms is the directory with the golden files of package udf.
const goldenPrograms = "../cluster/internal/udf/testdata/"

// A goldenProgram is a Lua program and its output.
type goldenProgram struct{ source, want string }

// readGolden reads a golden file of package udf.
func readGolden(t *testing.T, name string) (programs []goldenProgram) {
	t.Helper()
	text, err := os.ReadFile(goldenPrograms + name)
	require.NoError(t, err)
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		if source, want, ok := strings.Cut(block, "\n----\n"); ok {
			programs = append(programs, goldenProgram{source, want})
		}
	}
	require.NotEmpty(t, programs)
	return programs
}

// udfPath is the directory of modules in the golden files. The directory of a server may differ.
const udfPath = "/opt/aerospike/usr/udf/lua/"

// incomparable are programs of the golden files whose output differs from server to server, each
// with the reason.
var incomparable = map[string]string{
	"record.gen(R), record.ttl(R), record.setname(R), record.numbins(R), record.size(R), record.key(R)": "size and set name",
	"record.digest(R), record.last_update_time(R)":                                                      "digest and time",
	"aerospike:get_current_time()":                                                                      "time",
	"local b = bytes() bytes.append_string(b, 'hello') return b, bytes.size(b), bytes.get_string(b, 2, 3), bytes.get_string(b, 1, 99)": "memory beyond the end",
	"local b = bytes() bytes.append_var_int(b, 300) return bytes.get_var_int(b, 1), bytes.get_var_int(b, 9)":                           "memory beyond the end",
}

// programHead precedes each program on a record. It formats the results as one string.
const programHead = `local function show(...) local t = {} for i = 1, select('#', ...) do t[i] = tostring((select(i, ...))) end return table.concat(t, ' ') end function f(r) R = r return show((function() `

// TestGoldenPrograms runs the programs on records of the golden files of package udf as registered
// modules. On a real server (AEROSQL_ADDR) that checks the files against that server.
func TestGoldenPrograms(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		key := on.key(t, on.set(t, client), 1)
		for _, file := range []string{"objects.txt", "standard.txt"} {
			for _, p := range readGolden(t, file) {
				if _, ok := incomparable[p.source]; ok {
					continue
				}
				t.Run(file+" "+p.source[:min(len(p.source), 60)], func(t *testing.T) {
					want := strings.ReplaceAll(p.want, udfPath, "")
					require.Equal(t, want, runProgram(t, client, key, p.source), p.source)
				})
			}
		}
	})
}

// runProgram returns the output of a program on a new record with generation 3, or the message of
// its error without the module's path.
func runProgram(t *testing.T, client *cluster.Client, key protocol.Key, source string) string {
	t.Helper()
	ctx := t.Context()
	_, err := client.Delete(ctx, nil, key)
	require.NoError(t, err)
	bins := protocol.Bins{protocol.NewBin("n", 7), protocol.NewBin("s", "text"), protocol.NewBin("l", []any{1, "a"})}
	for range 3 {
		require.NoError(t, client.Put(ctx, &cluster.WritePolicy{TTL: cluster.TTLSeconds(100)}, key, bins))
	}
	if !strings.Contains(source, "return ") {
		source = "return " + source
	}
	name := functions(t, client, programHead+source+"\nend)()) end")
	defer removeFunctions(t, client, name)
	v, err := client.Execute(ctx, nil, key, name, "f")
	if err != nil {
		return "error: " + withoutPath(failureText(t, err), name)
	}
	if text, _ := v.Text(); text != "" {
		return withoutPath(text, name)
	}
	return "(nothing)"
}

func removeFunctions(t *testing.T, client *cluster.Client, name string) {
	t.Helper()
	task, err := admin.New(client).RemoveUDF(t.Context(), nil, name+".lua")
	require.NoError(t, err)
	require.NoError(t, task.Wait(t.Context()))
}

// failureText returns the server's message in an error.
func failureText(t *testing.T, err error) string {
	t.Helper()
	var e *protocol.Error
	require.ErrorAs(t, err, &e)
	return e.Message
}

// withoutPath replaces the path of a module in a message by m.lua.
func withoutPath(text, module string) string {
	return regexp.MustCompile(`[^\s"]*`+module+`\.lua`).ReplaceAllString(text, "m.lua")
}

// TestGoldenStreams runs the stream functions of the golden file of package udf as registered
// modules, on six records of one partition. On a real server (AEROSQL_ADDR) that checks the file
// against that server.
func TestGoldenStreams(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		set := on.set(t, client)
		onePartition(t, client, on, set)
		for _, p := range readGolden(t, "streams.txt") {
			t.Run(p.source[:min(len(p.source), 60)], func(t *testing.T) {
				require.Equal(t, p.want, runStream(t, client, on, set, p.source), p.source)
			})
		}
	})
}

// onePartition writes six records of one partition. Their bin n is 1 to 6 in the order of a stream.
func onePartition(t *testing.T, client *cluster.Client, on target, set string) {
	t.Helper()
	first := on.key(t, set, 0)
	for i, found := 0, 0; found < 6; i++ {
		if key := on.key(t, set, i); key.Partition() == first.Partition() {
			require.NoError(t, client.Put(t.Context(), nil, key, protocol.Bins{protocol.NewBin("n", i)}))
			found++
		}
	}
	name := functions(t, client, "function f(s) return s : map(function(r) return r.n end) end")
	defer removeFunctions(t, client, name)
	n := 0
	for v, err := range client.Aggregate(t.Context(), nil, cluster.Statement{Namespace: on.namespace, Set: set}, name, "f") {
		require.NoError(t, err)
		n++
		i, _ := v.Int()
		require.NoError(t, client.Put(t.Context(), nil, on.key(t, set, i), protocol.Bins{protocol.NewBin("n", n)}))
	}
	require.Equal(t, 6, n)
}

// runStream returns the results of both parts of a stream function.
func runStream(t *testing.T, client *cluster.Client, on target, set, source string) string {
	t.Helper()
	ctx := t.Context()
	source = "function n(r) return r.n end function add(a, b) return a + b end function f(s) return " + source + " end"
	name := functions(t, client, source)
	defer removeFunctions(t, client, name)
	var parts []protocol.Value
	for v, err := range client.Aggregate(ctx, nil, cluster.Statement{Namespace: on.namespace, Set: set}, name, "f") {
		if err != nil {
			return "server: " + strings.TrimSpace(formatValues(parts)+" "+withoutPath(failureText(t, err), name))
		}
		parts = append(parts, v)
	}
	text := "server: " + formatValues(parts)
	var m luareduce.Modules
	require.NoError(t, m.Put(ctx, name+".lua", []byte(source)))
	var results []protocol.Value
	values := func(yield func(protocol.Value, error) bool) {
		slices.Values(parts)(func(v protocol.Value) bool { return yield(v, nil) })
	}
	for v, err := range m.Finish(ctx, values, name, "f") {
		require.NoError(t, err)
		results = append(results, v)
	}
	return text + "\nclient: " + formatValues(results)
}

func formatValues(values []protocol.Value) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v.Any())
	}
	return strings.Join(texts, " ")
}
