//go:build !unix

package wiretest

import "time"

func cpuTime() (time.Duration, bool) { return 0, false }
