package integration

import "testing"

var officialTypes []func(*testing.T, *officialRun)
