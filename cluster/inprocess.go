package cluster

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
)

// ErrNoInProcess means that no package which runs clusters inside the process is linked.
var ErrNoInProcess = errors.New(`no in-process cluster: import _ "github.com/aerosql/aerosql/cluster/devserver/mem"`)

// An InProcessFunc starts, or shares, the in-process cluster of a name. The Config reaches
// it; closing the closer gives it back.
type InProcessFunc func(ctx context.Context, name string) (Config, io.Closer, error)

// inProcess is set once, by the package that runs such clusters.
var inProcess atomic.Pointer[InProcessFunc]

// RegisterInProcess says who runs clusters inside the process; package cluster/devserver/mem does
// that when it is imported. The last registration counts.
func RegisterInProcess(open func(ctx context.Context, name string) (Config, io.Closer, error)) {
	f := InProcessFunc(open)
	inProcess.Store(&f)
}

// InProcess returns the Config that reaches the in-process cluster of a name, and what gives the
// cluster back. It is how addresses of the form aerospike+mem://NAME/NAMESPACE are opened. The
// error is [ErrNoInProcess] if nobody has registered.
func InProcess(ctx context.Context, name string) (Config, io.Closer, error) {
	open := inProcess.Load()
	if open == nil {
		return Config{}, nil, ErrNoInProcess
	}
	return (*open)(ctx, name)
}
