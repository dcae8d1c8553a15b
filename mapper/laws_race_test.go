//go:build race

package mapper

// raceDetector says whether the tests run with the race detector, which makes the laws slow and
// finds nothing in them.
const raceDetector = true
