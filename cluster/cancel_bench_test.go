package cluster

import (
	"context"
	"net"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// silentNode returns a client of a node on loopback that reads requests and never answers. The
// client may open conns connections.
func silentNode(t testing.TB, conns int, mode CoalesceMode) *Client {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var served sync.WaitGroup
	served.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			served.Go(func() {
				defer c.Close()
				buf := make([]byte, 4096)
				for {
					if _, err := c.Read(buf); err != nil {
						return
					}
				}
			})
		}
	})
	f := newFakeNet(t, 1)
	c := f.openOver(l, func(cfg *Config) { cfg.MaxConnsPerNode, cfg.Coalesce, cfg.MaxErrorRate = conns, mode, -1 })
	t.Cleanup(func() {
		c.Close()
		l.Close()
		served.Wait()
	})
	return c
}

// An inFlight is a set of calls in flight to one silent node.
type inFlight struct {
	client *Client
	calls  sync.WaitGroup
	all    []crowdCall
}

type crowdCall struct {
	cancel   context.CancelFunc
	returned chan time.Time
}

// gather starts n calls and returns when all of them wait for the node or for a connection.
func gather(b *testing.B, n int, mode CoalesceMode) *inFlight {
	c := &inFlight{client: silentNode(b, 1000, mode), all: make([]crowdCall, n)}
	for i := range c.all {
		c.start(context.Background(), i)
	}
	node := c.client.Nodes()[0]
	for waiting := 0; waiting < n; runtime.Gosched() {
		s := node.pool.Stats()
		waiting = s.Open - s.Idle + s.Waiting
	}
	return c
}

func (c *inFlight) start(parent context.Context, i int) {
	ctx, cancel := context.WithCancel(parent)
	k := crowdCall{cancel, make(chan time.Time, 1)}
	c.all[i] = k
	c.calls.Go(func() {
		c.client.Put(ctx, &WritePolicy{TotalTimeout: NoTimeout, SocketTimeout: NoTimeout}, protocol.MustKey("test", "s", i), testBins)
		k.returned <- time.Now()
	})
}

// end cancels all calls and waits for them.
func (c *inFlight) end() {
	for _, k := range c.all {
		k.cancel()
	}
	c.calls.Wait()
}

// cancelLimit is the guaranteed time for 99 of 100 calls.
const cancelLimit = 10 * time.Millisecond

func report(b *testing.B, latencies []time.Duration) {
	slices.Sort(latencies)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	p99 := latencies[len(latencies)*99/100]
	b.ReportMetric(ms(p99), "p99-ms")
	b.ReportMetric(ms(latencies[len(latencies)-1]), "max-ms")
	if p99 > cancelLimit {
		b.Errorf("the 99th percentile of the time to return after cancellation is %v, want at most %v", p99, cancelLimit)
	}
}

// BenchmarkCancel measures the time from canceling a context until its call returns, with 10,000
// calls in flight. Each canceled call is replaced by a new one, so their number stays the same.
func BenchmarkCancel(b *testing.B) {
	const inFlight = 10000
	for name, mode := range map[string]CoalesceMode{"together": CoalesceAuto, "alone": CoalesceOff} {
		b.Run(name, func(b *testing.B) {
			c := gather(b, inFlight, mode)
			var latencies []time.Duration
			for i := 0; b.Loop(); i++ {
				at := i * 7919 % inFlight
				began := time.Now()
				c.all[at].cancel()
				latencies = append(latencies, (<-c.all[at].returned).Sub(began))
				c.start(context.Background(), at)
			}
			report(b, latencies)
			c.end()
		})
	}
}
