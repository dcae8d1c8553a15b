//go:build race

package wiretest

// What the race detector makes larger and slower is allowed as much.
const (
	stackScale = 2
	heapScale  = 3
	timeScale  = 10
)
