//go:build race

package wiretest

// The limits are larger with the race detector, which needs more memory and time. It also makes
// sync.Pool drop one in four objects, so decoders that are pooled are allocated more often.
const (
	stackScale = 2
	heapScale  = 3
	timeScale  = 10
)
