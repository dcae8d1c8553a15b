//go:build race

package wiretest

// What the race detector makes larger and slower is allowed as much. It has sync.Pool throw away one in four of what comes
// back, so that a decoder which is taken from a pool for each small value is made anew for many of them.
const (
	stackScale = 2
	heapScale  = 3
	timeScale  = 10
)
