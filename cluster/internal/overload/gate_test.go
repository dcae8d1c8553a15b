package overload

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// fill returns how many commands a gate admits.
func fill(g *Gate) (n int) {
	for g.Enter() {
		n++
	}
	return n
}

// TestGate: the gate admits a burst. Once one was too large, it admits fewer until a slot is free.
func TestGate(t *testing.T) {
	var g Gate
	g.Bound(8, 2)
	require.Equal(t, 8, fill(&g))
	g.Leave(4)
	require.Equal(t, 4, g.Waiting())
	require.Zero(t, fill(&g), "4 are waiting")
	g.Leave(4)
	require.Equal(t, 2, fill(&g), "none is waiting, but no slot is free")
	g.Leave(2)
	g.Relax()
	require.Equal(t, 8, fill(&g))
}

func TestSetSteady(t *testing.T) {
	var g Gate
	g.Bound(16, 2)
	g.SetSteady(4)
	require.Equal(t, 16, fill(&g), "a burst is not bounded by it")
	g.Leave(16)
	require.Equal(t, 4, fill(&g))
	g.SetSteady(6)
	require.Equal(t, 2, fill(&g), "4 of 6 are waiting")
	g.Leave(6)
	g.SetSteady(2)
	require.Equal(t, 2, fill(&g))
}

func TestGateWithoutBound(t *testing.T) {
	var g Gate
	g.Bound(0, 0)
	for range 1000 {
		require.True(t, g.Enter())
	}
}

// TestSmallGate: a gate admits one command even if its share in an overload is none.
func TestSmallGate(t *testing.T) {
	var g Gate
	g.Bound(8, 0)
	require.Equal(t, 8, fill(&g))
	g.Leave(8)
	require.Equal(t, 1, fill(&g))
}

// TestGateConcurrently: no more commands than the limit are ever inside, and none is forgotten.
func TestGateConcurrently(t *testing.T) {
	var g Gate
	g.Bound(16, 4)
	var inside, most, refused atomic.Int64
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for range 1000 {
				if !g.Enter() {
					refused.Add(1)
					continue
				}
				for n := inside.Add(1); ; {
					if m := most.Load(); n <= m || most.CompareAndSwap(m, n) {
						break
					}
				}
				inside.Add(-1)
				g.Leave(1)
			}
		})
	}
	all.Wait()
	require.LessOrEqual(t, most.Load(), int64(16))
	g.Relax()
	require.Equal(t, 16, fill(&g), "all have left")
}
