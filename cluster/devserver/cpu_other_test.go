//go:build !unix

package devserver

import (
	"testing"
	"time"
)

func cpuTime(*testing.B) time.Duration { return 0 }
