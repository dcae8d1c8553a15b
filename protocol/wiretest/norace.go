//go:build !race

package wiretest

const (
	stackScale = 1
	heapScale  = 1
	timeScale  = 1
)
