package control

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
)

type (
	nodeAdded struct {
		Name string `json:"name"`
	}
	nodeStart struct {
		// Empty starts the node without its old records.
		Empty bool `json:"empty,omitempty" doc:"start without the old records"`
		// Address is the address to listen on, "" for the old one.
		Address string `json:"address,omitempty" doc:"host:port, empty for the old address"`
	}
	nodeSlow struct {
		DelayMS int64 `json:"delay_ms" doc:"milliseconds to wait before each request is executed"`
	}
	holdID struct {
		ID string `json:"id"`
	}
	migrate struct {
		N int `json:"n,omitempty" doc:"number of migrations, 0 for all"`
	}
	migrated struct {
		Left int `json:"left"`
	}
	move struct {
		Namespace string  `json:"namespace"`
		Partition *uint16 `json:"partition,omitempty"`
		Node      string  `json:"node,omitempty" doc:"with partition: the new master"`
		N         int     `json:"n,omitempty" doc:"without partition: how many masters to move"`
		Seed      uint64  `json:"seed,omitempty" doc:"without partition: seed of the random choice"`
	}
	infoRequest struct {
		Node     string   `json:"node,omitempty" doc:"empty for the first node"`
		Commands []string `json:"commands"`
	}
	infoAnswers struct {
		Answers []string `json:"answers"`
	}
)

// onNode returns the function of a route about one node.
func onNode(f func(*devserver.Server, string) error) func(*call, empty) (any, error) {
	return func(c *call, _ empty) (any, error) { return ok, f(c.server, c.path("node")) }
}

func (c *call) addNode(empty) (any, error) {
	name, err := c.server.AddNode()
	return nodeAdded{name}, err
}

func (c *call) startNode(in nodeStart) (any, error) {
	var options []devserver.RestartOption
	if in.Empty {
		options = append(options, devserver.Empty())
	}
	if in.Address != "" {
		options = append(options, devserver.At(in.Address))
	}
	return ok, c.server.RestartNode(c.path("node"), options...)
}

func (c *call) partitionNode(empty) (any, error) {
	if err := c.server.FreezeNode(c.path("node")); err != nil {
		return nil, err
	}
	return ok, c.server.LoseNode(c.path("node"))
}

func (c *call) slowNode(in nodeSlow) (any, error) {
	if in.DelayMS <= 0 {
		return nil, errors.New("delay_ms must be positive")
	}
	return c.install(Fault{Node: c.path("node"), Action: Action{DelayMS: in.DelayMS}})
}

func (c *call) hold(empty) (any, error) {
	release := c.server.HoldCluster()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	id := "h" + strconv.Itoa(c.last)
	c.holds[id] = release
	return holdID{id}, nil
}

func (c *call) endHold() (any, error) {
	c.mu.Lock()
	release := c.holds[c.path("id")]
	delete(c.holds, c.path("id"))
	c.mu.Unlock()
	if release == nil {
		return nil, notFound("no hold " + c.path("id"))
	}
	release()
	return ok, nil
}

func (c *call) migrate(in migrate) (any, error) {
	if in.N < 0 {
		return nil, errors.New("n must not be negative")
	}
	return migrated{c.server.Migrate(in.N)}, nil
}

func (c *call) move(in move) (any, error) {
	if in.Partition != nil {
		return ok, c.server.MovePartition(in.Namespace, *in.Partition, in.Node)
	}
	if in.N <= 0 {
		return nil, errors.New("use partition and node, or n")
	}
	return ok, c.server.MovePartitions(in.Namespace, in.N, rand.New(rand.NewPCG(in.Seed, in.Seed)))
}

func (c *call) info(in infoRequest) (any, error) {
	if in.Node == "" {
		in.Node = c.server.NodeNames()[0]
	}
	if len(in.Commands) == 0 {
		return nil, errors.New("commands is empty")
	}
	answers, err := c.server.Info(in.Node, in.Commands...)
	return infoAnswers{answers}, err
}

func (c *call) expireSessions(empty) (any, error) {
	c.server.ExpireSessions()
	return ok, nil
}

// release removes faults and holds.
func (t *target) release() {
	t.mu.Lock()
	faults, holds := t.faults, t.holds
	t.faults, t.holds = nil, make(map[string]func())
	t.mu.Unlock()
	for _, f := range faults {
		f.end()
	}
	for _, release := range holds {
		release()
	}
}

// milliseconds converts a JSON number of milliseconds.
func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
