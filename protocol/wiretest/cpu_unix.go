//go:build unix

package wiretest

import (
	"syscall"
	"time"
)

// cpuTime is what the process has computed so far: what it has waited for, on a machine that others use as well, does not count.
func cpuTime() (time.Duration, bool) {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0, false
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), true
}
