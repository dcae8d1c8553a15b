//go:build !unix

package devserver

import "os"

// lockFile creates a file. It does not lock it: this system has no file locks.
func lockFile(path string) (*os.File, error) { return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644) }
