//go:build !unix

package wiretest

import "time"

// cpuTime reports that the CPU time is not known.
func cpuTime() (time.Duration, bool) { return 0, false }
