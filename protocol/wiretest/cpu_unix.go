//go:build unix

package wiretest

import (
	"syscall"
	"time"
)

// cpuTime returns the CPU time of the process, and whether it is known. Unlike the wall clock it
// does not depend on the load of the machine.
func cpuTime() (time.Duration, bool) {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0, false
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), true
}
