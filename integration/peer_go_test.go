package integration

import (
	"math"
	"strconv"
	"testing"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// official opens the official Go client on the target.
func (on target) official(t *testing.T) *as.Client {
	t.Helper()
	host, port := on.host(t)
	client, err := as.NewClient(host, port)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

// emptyHLL returns an empty HyperLogLog with 8 index bits, in the server's layout.
func emptyHLL() []byte {
	const header, registers = 11, 256 * 6 / 8
	b := make([]byte, header+registers)
	b[1] = 8
	return b
}

const point = `{"type":"Point","coordinates":[8.5,47.3]}`

// exchanged are the values that either client writes and the other reads.
var exchanged = []struct {
	name   string
	ours   protocol.Value
	theirs any // what the official client takes and returns
}{
	{"integer", protocol.Int(42), 42},
	{"smallest integer", protocol.Int(math.MinInt64), math.MinInt64},
	{"largest integer", protocol.Int(math.MaxInt64), math.MaxInt64},
	{"float", protocol.Float(-0.125), -0.125},
	{"infinite float", protocol.Float(math.Inf(1)), math.Inf(1)},
	{"string", protocol.String("Grüße, 世界"), "Grüße, 世界"},
	{"empty string", protocol.String(""), ""},
	{"blob", protocol.Blob([]byte{0, 1, 255}), []byte{0, 1, 255}},
	{"true", protocol.Bool(true), as.BoolValue(true)},
	{"false", protocol.Bool(false), as.BoolValue(false)},
	{"GeoJSON", protocol.GeoJSON(point), as.GeoJSONValue(point)},
	{"HyperLogLog", protocol.HLL(emptyHLL()), as.HLLValue(emptyHLL())},
	{"empty list", protocol.List(), []any{}},
	{"list", protocol.List(protocol.Int(1), protocol.String("two"), protocol.Float(3), protocol.Bool(true), protocol.Nil(), protocol.Blob([]byte{4})),
		[]any{1, "two", 3.0, as.BoolValue(true), nil, []byte{4}}},
	{"nested list", protocol.List(protocol.List(protocol.List(protocol.Int(-1)))), []any{[]any{[]any{-1}}}},
	{"integers of every width", protocol.List(protocol.Int(127), protocol.Int(128), protocol.Int(1<<16), protocol.Int(1<<33), protocol.Int(-33), protocol.Int(-1<<40)),
		[]any{127, 128, 1 << 16, 1 << 33, -33, -1 << 40}},
	{"empty map", protocol.Map(), map[any]any{}},
	{"map", protocol.Map(
		protocol.Pair{Key: protocol.Int(1), Value: protocol.String("one")},
		protocol.Pair{Key: protocol.String("k"), Value: protocol.List(protocol.Int(1))},
		protocol.Pair{Key: protocol.String("m"), Value: protocol.Map(protocol.Pair{Key: protocol.String("x"), Value: protocol.Float(0.5)})}),
		map[any]any{1: "one", "k": []any{1}, "m": map[any]any{"x": 0.5}}},
}

// TestExchangeWithOfficialClient checks for every type of value that each client reads what the
// other writes.
func TestExchangeWithOfficialClient(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ours, theirs := on.open(t), on.official(t)
		set := on.set(t, ours)
		for i, c := range exchanged {
			t.Run(c.name, func(t *testing.T) {
				ourKey := on.key(t, set, "ours-"+strconv.Itoa(i))
				require.NoError(t, ours.Put(t.Context(), nil, ourKey, protocol.Bins{{Name: "v", Value: c.ours}}))
				theirKey, err := as.NewKey(on.namespace, set, "ours-"+strconv.Itoa(i))
				require.NoError(t, err)
				require.Equal(t, ourKey.Digest(), protocol.Digest(theirKey.Digest()))
				rec, err := theirs.Get(nil, theirKey)
				require.NoError(t, err)
				require.Equal(t, plain(c.theirs), plain(rec.Bins["v"]))

				theirKey, err = as.NewKey(on.namespace, set, i)
				require.NoError(t, err)
				require.NoError(t, theirs.PutBins(nil, theirKey, as.NewBin("v", c.theirs)))
				got, getErr := ours.Get(t.Context(), nil, on.key(t, set, i))
				require.NoError(t, getErr)
				v, _ := got.Bin("v")
				require.True(t, protocol.Equal(c.ours, v), "wrote %v, read %v", c.ours, v)
			})
		}
	})
}

// plain removes the official client's wrappers, inside collections too.
func plain(v any) any {
	switch x := v.(type) {
	case as.BoolValue:
		return bool(x)
	case as.IntegerValue:
		return int(x)
	case as.FloatValue:
		return float64(x)
	case as.GeoJSONValue:
		return string(x)
	case as.HLLValue:
		return []byte(x)
	case []any:
		list := make([]any, len(x))
		for i := range x {
			list[i] = plain(x[i])
		}
		return list
	case map[any]any:
		m := make(map[any]any, len(x))
		for k, e := range x {
			m[k] = plain(e)
		}
		return m
	}
	return v
}

// TestOfficialClientWorks uses each family of commands with the official client.
func TestOfficialClientWorks(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ours, theirs := on.open(t), on.official(t)
		set := on.set(t, ours)
		keys := make([]*as.Key, 50)
		for i := range keys {
			var err error
			keys[i], err = as.NewKey(on.namespace, set, i)
			require.NoError(t, err)
			require.NoError(t, theirs.PutBins(nil, keys[i], as.NewBin("n", i)))
		}

		rec, err := theirs.Operate(nil, keys[7], as.AddOp(as.NewBin("n", 10)), as.AppendOp(as.NewBin("s", "x")), as.GetOp())
		require.NoError(t, err)
		require.Equal(t, as.BinMap{"n": 17, "s": "x"}, rec.Bins)
		require.Equal(t, uint32(2), rec.Generation)

		records, err := theirs.BatchGet(nil, append(keys[:3:3], mustKey(t, on.namespace, set, "missing")), "n")
		require.NoError(t, err)
		require.Len(t, records, 4)
		require.Equal(t, 2, records[2].Bins["n"])
		require.Nil(t, records[3])

		write := as.NewBatchWrite(nil, keys[0], as.PutOp(as.NewBin("b", true)))
		remove := as.NewBatchDelete(nil, keys[1])
		require.NoError(t, theirs.BatchOperate(nil, []as.BatchRecordIfc{write, remove}))
		require.EqualValues(t, 0, write.ResultCode)
		require.EqualValues(t, 0, remove.ResultCode)

		require.NoError(t, theirs.Touch(nil, keys[2]))
		existed, err := theirs.Delete(nil, keys[2])
		require.NoError(t, err)
		require.True(t, existed)

		found, err := theirs.ScanAll(nil, on.namespace, set)
		require.NoError(t, err)
		n := 0
		for result := range found.Results() {
			require.NoError(t, result.Err)
			n++
		}
		require.Equal(t, len(keys)-2, n)
		requireScanned(t, ours, on.namespace, set, len(keys)-2)
	})
}

func mustKey(t *testing.T, namespace, set string, user any) *as.Key {
	t.Helper()
	key, err := as.NewKey(namespace, set, user)
	require.NoError(t, err)
	return key
}

func requireScanned(t *testing.T, client *cluster.Client, namespace, set string, want int) {
	t.Helper()
	seen := map[protocol.Digest]bool{}
	for rec, err := range client.Scan(t.Context(), nil, namespace, set) {
		require.NoError(t, err)
		require.False(t, seen[rec.Key.Digest()], "%v came twice", rec.Key)
		seen[rec.Key.Digest()] = true
	}
	require.Len(t, seen, want)
}
