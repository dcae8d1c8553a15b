//go:build !unix

package devserver

import "os"

// lockFile creates a file. There is no lock on this system.
func lockFile(path string) (*os.File, error) { return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644) }
