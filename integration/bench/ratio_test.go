//go:build !race

package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestRatios: with 64 callers the native client is faster than the official one, by at least half
// of what is expected of it on a quiet machine.
func TestRatios(t *testing.T) {
	if testing.Short() {
		t.Skip("-short is set: it measures time")
	}
	const callers = 64
	o := &options{time: 100 * time.Millisecond, rounds: 5, scan: 100, callers: []int{callers}, subjects: []string{official, "native"}}
	addr, err := startForTest(t)
	require.NoError(t, err)
	o.addr = addr
	all, err := openSubjects(o)
	require.NoError(t, err)
	defer all.close()
	for name, least := range map[string]float64{"get": 3.0 / 2, "put": 2.7 / 2} {
		row, err := measureRow(o, all, findWork(name), callers)
		require.NoError(t, err)
		require.GreaterOrEqual(t, row.results["native"].ratio, least, name)
	}
}
