package devserver

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
)

// A chapter is what recorded nodes answered between two events: for each node and request, the
// answers in order, without repetitions.
type chapter struct {
	event    string
	answers  map[int]map[string][]string // by port and request
	previous *chapter
}

// last returns the node's last answer.
func (c *chapter) last(port int, request string) string {
	list := c.answers[port][request]
	if len(list) == 0 {
		return c.previous.last(port, request)
	}
	return list[len(list)-1]
}

// readLife reads the recorded answers of three real nodes, of which one was killed and restarted
// empty, and another was stopped.
func readLife(t *testing.T) (life []*chapter) {
	f, err := os.Open("../../integration/testdata/cluster-life.jsonl.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	lines := json.NewDecoder(z)
	for {
		var row struct {
			Event     string
			Node      int
			Req, Resp string
		}
		err := lines.Decode(&row)
		if errors.Is(err, io.EOF) {
			return life
		}
		require.NoError(t, err)
		if row.Event != "" {
			next := &chapter{event: row.Event, answers: make(map[int]map[string][]string)}
			if len(life) > 0 {
				next.previous = life[len(life)-1]
			}
			life = append(life, next)
			continue
		}
		answers := life[len(life)-1].answers
		if answers[row.Node] == nil {
			answers[row.Node] = make(map[string][]string)
		}
		if _, value, answered := strings.Cut(row.Resp, "\t"); answered {
			answers[row.Node][row.Req] = append(answers[row.Node][row.Req], value)
		}
	}
}

// requireForms compares the answers of a node with the last ones of the recording. The key of a
// real cluster is random; here it must only be valid.
func requireForms(t *testing.T, c *client, recorded *chapter, port int) {
	t.Helper()
	for _, request := range []string{
		"node", "peers-generation", "partition-generation", "rebalance-generation", "peers-clear-std", "services", "replicas",
	} {
		require.Equal(t, recorded.last(port, request), c.info(request), "%s: %d %s", recorded.event, port, request)
	}
	stable := recorded.last(port, "cluster-stable:")
	if strings.HasPrefix(stable, "ERROR") {
		require.Equal(t, stable, c.info("cluster-stable:"))
	} else {
		require.Regexp(t, "^[1-9A-F][0-9A-F]{0,11}$", c.info("cluster-stable:"))
	}
}

// TestRecordedClusterChanges repeats the recorded events. Whenever the real cluster was stable,
// every answer must be equal, including generation counters. Every map that the real cluster
// reported during migrations must also occur during migrations here.
func TestRecordedClusterChanges(t *testing.T) {
	life := readLife(t)
	require.Len(t, life, 5)
	s := start(t, Options{Nodes: 3, MigrateEvery: MigrateManually})
	rest := func(recorded *chapter, ports ...int) {
		t.Helper()
		for _, port := range ports {
			requireForms(t, connect(t, s, (port-defaultPort)/portStep), recorded, port)
		}
	}
	rest(life[0], 3000, 3010, 3020)
	before := ownerships(s)
	migrate := func(recorded *chapter, ports ...int) {
		t.Helper()
		require.Equal(t, "ERROR:7:unstable cluster", connect(t, s, 0).info("cluster-stable:"))
		requireSteps(t, before, ownerships(s), recorded, ports)
		require.Zero(t, s.Migrate(0))
		before = ownerships(s)
	}

	require.NoError(t, s.KillNode("A3"))
	migrate(life[1], 3000, 3010)
	rest(life[1], 3000, 3010)

	release := s.HoldCluster()
	require.NoError(t, s.RestartNode("A3", Empty()))
	alone := &chapter{event: "alone", answers: map[int]map[string][]string{3020: make(map[string][]string)}}
	for request, answers := range life[2].answers[3020] {
		alone.answers[3020][request] = answers[:1]
	}
	rest(alone, 3020)
	release()
	migrate(life[2], 3000, 3010, 3020)
	rest(life[2], 3000, 3010, 3020)

	require.NoError(t, s.StopNode("A2"))
	migrate(life[3], 3000, 3020)
	rest(life[3], 3000, 3020)
}

// ownerships returns the owners of all partitions.
func ownerships(s *Server) (list []balance.Ownership) {
	for pid := range uint16(protocol.PartitionCount) {
		list = append(list, *s.namespace([]byte("test")).owners(pid))
	}
	return list
}

// requireSteps checks that the partition maps recorded during migrations occur here too. The first
// ones may be from the middle of a rebalance, which a real node does partition by partition.
func requireSteps(t *testing.T, before, after []balance.Ownership, recorded *chapter, ports []int) {
	t.Helper()
	steps := make([][]balance.Ownership, protocol.PartitionCount)
	for pid := range steps {
		o := after[pid]
		steps[pid] = []balance.Ownership{before[pid], o}
		for m, ok := o.Next(); ok; m, ok = o.Next() {
			o = o.Moved(m)
			steps[pid] = append(steps[pid], o)
		}
	}
	for _, port := range ports {
		node := (port - defaultPort) / portStep
		maps := recorded.answers[port]["replicas"]
		if port == 3020 && len(ports) == 3 {
			maps = maps[1:] // the first is from before the node joined
		}
		at := make([]int, protocol.PartitionCount) // current step of each partition
		for _, answer := range maps {
			columns := readColumns(t, answer)
			for pid, step := range at {
				for step < len(steps[pid]) && steps[pid][step].Columns(node) != columns[pid] {
					step++
				}
				if step == len(steps[pid]) {
					t.Fatalf("node %d reports a state of partition %d that never occurs", port, pid)
				}
				at[pid] = step
			}
		}
	}
}

// readColumns decodes a map into the columns of each partition.
func readColumns(t *testing.T, answer string) (columns [protocol.PartitionCount]balance.Set) {
	_, maps, _ := strings.Cut(answer, ":")
	for column, text := range strings.Split(maps, ",")[2:] {
		bits, err := base64.StdEncoding.DecodeString(text)
		require.NoError(t, err)
		for pid := range columns {
			if bits[pid>>3]&(0x80>>(pid&7)) != 0 {
				columns[pid] |= balance.Of(column)
			}
		}
	}
	return columns
}

// TestPeersSinceAGeneration checks that a client that sends a generation gets only later changes,
// including departures.
func TestPeersSinceAGeneration(t *testing.T) {
	s := start(t, Options{Nodes: 3})
	c := connect(t, s, 0)
	since := func(n int) string { return c.info("peers-clear-std:generation=" + strconv.Itoa(n)) }
	require.Equal(t, "4,3000,[]", since(4))
	require.Equal(t, "4,3000,[[A3,,[127.0.0.1:3020]]]", since(2))
	require.NoError(t, s.KillNode("A2"))
	require.Equal(t, "5,3000,[[A2,,]]", since(4))
	require.Equal(t, "5,3000,[[A3,,[127.0.0.1:3020]]]", c.info("peers-clear-std"))
	require.Equal(t, "127.0.0.1:3010;127.0.0.1:3020", c.info("services-alumni"))
	require.NoError(t, s.RestartNode("A2", At("127.0.0.1:3077")))
	require.Equal(t, "7,3000,[[A2,,[127.0.0.1:3077]]]", since(5))
	require.Equal(t, "127.0.0.1:3077;127.0.0.1:3020", c.info("services"))
	name, err := s.AddNode()
	require.NoError(t, err)
	require.Equal(t, "A4", name)
	require.Equal(t, "9,3000,[[A4,,[127.0.0.1:3030]]]", since(7))
}
