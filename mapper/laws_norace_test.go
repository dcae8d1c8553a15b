//go:build !race

package mapper

const raceDetector = false
