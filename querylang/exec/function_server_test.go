package exec

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/function"
)

func startServer(t *testing.T) *cluster.Client {
	server, err := devserver.Start(devserver.Options{Nodes: 1})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// ST_WITHIN agrees with the servers' comparison for random points.
func TestWithinAsServers(t *testing.T) {
	client, random := startServer(t), rand.New(rand.NewPCG(3, 0))
	inside := 0
	for range 400 {
		corner := func() [2]float64 { return [2]float64{random.Float64()*60 - 30, random.Float64()*60 + 20} }
		region := protocol.GeoPolygon(corner(), corner(), corner())
		if random.IntN(3) == 0 {
			c := corner()
			region = protocol.GeoCircle(c[0], c[1], random.Float64()*3e6)
		}
		text, _ := region.Text()
		p := corner()
		point := protocol.GeoPoint(p[0], p[1])
		key := protocol.MustKey("test", "geo", 1)
		record, err := client.Operate(t.Context(), nil, key, protocol.PutBin("p", point),
			exp.Read("in", exp.GeoCompare(exp.GeoBin("p"), exp.GeoVal(text)), 0))
		require.NoError(t, err)
		want, _ := record.Bins[len(record.Bins)-1].Value.Bool()
		got, ok := function.Lookup("ST_WITHIN").Eval(nil, []protocol.Value{point, region}).Bool()
		require.True(t, ok)
		require.Equal(t, want, got, "%v in %v", point, region)
		if got {
			inside++
		}
	}
	require.Greater(t, inside, 20)
}

// HLL_COUNT and HLL_UNION_COUNT give the servers' estimates.
func TestHLLCountAsServers(t *testing.T) {
	client := startServer(t)
	read := func(key protocol.Key) (h protocol.Value) {
		record, err := client.Get(t.Context(), nil, key)
		require.NoError(t, err)
		return record.Bins[0].Value
	}
	for i, bits := range [][2]int{{4, 0}, {10, 0}, {12, 20}, {16, 48}, {8, 7}} {
		var sketches []protocol.Value
		for half := range 2 {
			key := protocol.MustKey("test", "hll", fmt.Sprint(i, half))
			var elements []string
			for n := range 500 {
				elements = append(elements, fmt.Sprint(half*300+n))
			}
			_, err := client.Operate(t.Context(), nil, key, cdt.HLLAdd("h", elements, bits[0]-half*(i%2), bits[1]))
			require.NoError(t, err)
			h := read(key)
			sketches = append(sketches, h)
			record, err := client.Operate(t.Context(), nil, key, cdt.HLLGetCount("h"))
			require.NoError(t, err)
			require.Equal(t, record.Bins[0].Value, function.Lookup("HLL_COUNT").Eval(nil, []protocol.Value{h}))
		}
		key := protocol.MustKey("test", "hll", fmt.Sprint(i, 0))
		other, _ := sketches[1].Bytes()
		record, err := client.Operate(t.Context(), nil, key, cdt.HLLGetUnionCount("h", other))
		require.NoError(t, err)
		require.Equal(t, record.Bins[0].Value, function.Lookup("HLL_UNION_COUNT").Eval(nil, sketches))
	}
}
