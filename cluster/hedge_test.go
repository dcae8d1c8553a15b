package cluster_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// A hedgeTest reads from three nodes in virtual time. Each read takes 1 to 2 ms on its node.
type hedgeTest struct {
	t      *testing.T
	server *devserver.Server
	client *cluster.Client
	slow   string // the node on which reads take ten times as long, "" for none
}

const (
	hedgeKeys    = 200
	hedgeCallers = 4
	hedgeReads   = 600 // of each caller
)

// hedgeBubble runs a test with three nodes in virtual time.
func hedgeBubble(t *testing.T, test func(h *hedgeTest)) {
	synctest.Test(t, func(t *testing.T) {
		server, err := devserver.Start(devserver.Options{Nodes: 3})
		require.NoError(t, err)
		defer server.Close()
		client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, Metrics: true})
		require.NoError(t, err)
		defer client.Close()
		for i := range hedgeKeys {
			require.NoError(t, client.Put(t.Context(), nil, key(i), bin("n", i)))
		}
		h := &hedgeTest{t: t, server: server, client: client}
		random := rand.New(rand.NewPCG(1, 2))
		server.Intercept(func(r *devserver.Request) devserver.Action {
			if r.Kind&devserver.Reads == 0 {
				return devserver.Action{}
			}
			d := time.Millisecond + time.Duration(random.Int64N(int64(time.Millisecond)))
			if r.Node == h.slow {
				d *= 10
			}
			return devserver.Delay(d)
		})
		test(h)
	})
}

// p99 returns the time within which 99 % of many reads were answered.
func (h *hedgeTest) p99(p *cluster.ReadPolicy) time.Duration {
	var all sync.WaitGroup
	var mu sync.Mutex
	var took []time.Duration
	for caller := range hedgeCallers {
		all.Go(func() {
			for i := range hedgeReads {
				start := time.Now()
				_, err := h.client.Get(h.t.Context(), p, key((caller*37+i)%hedgeKeys))
				if err != nil {
					h.t.Error(err)
					return
				}
				mu.Lock()
				took = append(took, time.Since(start))
				mu.Unlock()
			}
		})
	}
	all.Wait()
	slices.Sort(took)
	return took[len(took)*99/100]
}

// hedges returns the numbers of hedges, and of those that were answered first.
func (h *hedgeTest) hedges() (sent, won int64) {
	for _, node := range h.client.Metrics().Nodes {
		sent += node.Namespaces["test"].Hedges
		won += node.Namespaces["test"].HedgesWon
	}
	return sent, won
}

// TestHedge: with one of three nodes ten times slower, reads are nearly as fast as before, and the
// nodes get at most 5 % more of them.
func TestHedge(t *testing.T) {
	hedgeBubble(t, func(h *hedgeTest) {
		plain, hedged := &cluster.ReadPolicy{}, &cluster.ReadPolicy{Hedge: cluster.HedgeAuto}
		healthy := h.p99(plain)
		require.LessOrEqual(h.t, h.p99(hedged), healthy*11/10)

		h.slow = h.client.NodeNames()[1]
		require.Greater(h.t, h.p99(plain), 5*healthy, "without hedges the slow node shows")
		require.LessOrEqual(h.t, h.p99(hedged), healthy*13/10)
		sent, won := h.hedges()
		require.Positive(h.t, won)
		require.LessOrEqual(h.t, won, sent)
		const budget = 2*hedgeCallers*hedgeReads*5/100 + 50
		require.LessOrEqual(h.t, sent, int64(budget))

		h.slow = ""
		h.p99(hedged)
		require.LessOrEqual(h.t, h.p99(hedged), healthy*13/10)
	})
}

// TestHedgeKeepsOutcomes: a hedged read returns the errors of a plain one, and ends with its
// context.
func TestHedgeKeepsOutcomes(t *testing.T) {
	hedgeBubble(t, func(h *hedgeTest) {
		hedged := &cluster.ReadPolicy{Hedge: cluster.HedgeAuto}
		h.p99(hedged)
		_, err := h.client.Get(h.t.Context(), hedged, key(hedgeKeys))
		require.ErrorIs(h.t, err, protocol.KeyNotFound)

		h.slow = h.client.NodeNames()[1]
		limited := *hedged
		limited.TotalTimeout = time.Microsecond
		_, err = h.client.Get(h.t.Context(), &limited, key(1))
		require.ErrorIs(h.t, err, cluster.ErrTimeout)

		for _, name := range h.client.NodeNames()[1:] {
			h.server.FreezeNode(name)
		}
		failed := 0
		for i := range 20 {
			start := time.Now()
			limited.TotalTimeout = time.Second
			if _, err = h.client.Get(h.t.Context(), &limited, key(i)); err != nil {
				require.ErrorIs(h.t, err, cluster.ErrTimeout)
				failed++
			}
			require.LessOrEqual(h.t, time.Since(start), time.Second)
		}
		require.Positive(h.t, failed, "records without a copy on the first node")
		require.Less(h.t, failed, 20)
	})
}
