//go:build !race

package wiretest

// The factors of the limits, see race.go.
const (
	stackScale = 1
	heapScale  = 1
	timeScale  = 1
)
