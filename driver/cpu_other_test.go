//go:build !unix

package driver_test

// cpuTime returns 0: the CPU time is measured on Unix only.
func cpuTime() int64 { return 0 }
