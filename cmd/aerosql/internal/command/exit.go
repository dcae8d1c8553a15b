package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
)

// The exit codes of all commands.
const (
	ExitOK          = 0
	ExitFailure     = 1
	ExitUsage       = 2
	ExitUnreachable = 3
	ExitFound       = 4
	ExitInterrupted = 130
)

// exits describes the exit codes of all commands.
var exits = []Exit{
	{ExitOK, "success"},
	{ExitFailure, "failure"},
	{ExitUsage, "wrong usage, such as an unknown flag or an invalid data source name"},
	{ExitUnreachable, "the cluster can't be reached, or it refuses the login"},
	{ExitFound, "the command has ended, but not all is well: rows were refused, differences or problems were found"},
	{ExitInterrupted, "interrupted"},
}

// A codedError is an error with an exit code.
type codedError struct {
	error
	code int
}

func (e *codedError) Unwrap() error { return e.error }

// WithCode returns an error that ends the program with a code, or nil if err is nil.
func WithCode(code int, err error) error {
	if err == nil {
		return nil
	}
	return &codedError{err, code}
}

// Usage returns an error about wrong usage.
func Usage(format string, args ...any) error {
	return WithCode(ExitUsage, fmt.Errorf(format, args...))
}

// ErrSilent is an error that is not printed, because the command has reported it. Use it with
// WithCode.
var ErrSilent = errors.New("reported already")

// Code returns the exit code for the error of a command.
func Code(err error) int {
	if coded, ok := errors.AsType[*codedError](err); ok {
		return coded.code
	}
	is := func(targets ...error) bool {
		for _, target := range targets {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
	switch {
	case err == nil:
		return ExitOK
	case is(context.Canceled):
		return ExitInterrupted
	case is(driver.ErrConfig, cluster.ErrConfig):
		return ExitUsage
	case is(cluster.ErrConnect, cluster.ErrNoNode, cluster.ErrLogin, cluster.ErrTLS, cluster.ErrClusterName):
		return ExitUnreachable
	}
	return ExitFailure
}
