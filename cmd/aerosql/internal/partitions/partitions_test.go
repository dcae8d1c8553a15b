package partitions

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

func bitmap(partitions ...int) string {
	bits := make([]byte, protocol.PartitionCount/8)
	for _, p := range partitions {
		bits[p>>3] |= 0x80 >> (p & 7)
	}
	return base64.StdEncoding.EncodeToString(bits)
}

func all() (list []int) {
	for p := range protocol.PartitionCount {
		list = append(list, p)
	}
	return list
}

func TestParse(t *testing.T) {
	list, err := Parse(map[string]string{
		"A1": "test:0,2," + bitmap(all()...) + "," + bitmap() + ";other:0,1," + bitmap(1, 2) + ";",
		"A2": "test:0,2," + bitmap(5) + "," + bitmap(all()[1:]...),
	})
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, "other", list[0].Name)
	require.Equal(t, "A1", list[0].Master(1))
	require.Empty(t, list[0].Master(0))
	require.Equal(t, []string{"A2"}, list[1].Replicas(7))
	require.Equal(t, []Contradiction{{Partition: 0, Place: 1}, {Partition: 5, Place: 0, Nodes: []string{"A1", "A2"}}}, list[1].Contradictions())
	masters, replicas := list[1].Counts()
	require.Equal(t, map[string]int{"A1": 4096, "A2": 1}, masters)
	require.Equal(t, map[string]int{"A2": 4095}, replicas)
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"test", "test:0,1", "test:0,x," + bitmap(), "test:0,1,AAAA", "test:0,1,***"} {
		_, err := Parse(map[string]string{"A1": text})
		require.ErrorContains(t, err, "node A1", text)
	}
}

// The claims of healthy nodes agree.
func TestServer(t *testing.T) {
	server := devserver.RunT(t, devserver.Options{Nodes: 3})
	answers := make(map[string]string)
	for _, node := range server.NodeNames() {
		values, err := server.Info(node, Command)
		require.NoError(t, err)
		answers[node] = values[0]
	}
	list, err := Parse(answers)
	require.NoError(t, err)
	require.Empty(t, list[0].Contradictions())
	masters, replicas := list[0].Counts()
	for _, node := range server.NodeNames() {
		require.InDelta(t, 1365, masters[node], 200)
		require.InDelta(t, 1365, replicas[node], 200)
	}
}
