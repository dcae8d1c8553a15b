package cluster

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
)

// ErrNoInProcess means that no package that runs in-process clusters is linked into the program.
var ErrNoInProcess = errors.New(`no in-process cluster: import _ "github.com/aerosql/aerosql/cluster/devserver/mem"`)

// An InProcessFunc starts or shares the in-process cluster with a name. It returns the Config for
// clients of the cluster, and a closer that releases the cluster.
type InProcessFunc func(ctx context.Context, name string) (Config, io.Closer, error)

// inProcess is set by the package that runs in-process clusters.
var inProcess atomic.Pointer[InProcessFunc]

// RegisterInProcess sets the function that runs in-process clusters. Package cluster/devserver/mem
// calls it when it is imported. The last call wins.
func RegisterInProcess(open func(ctx context.Context, name string) (Config, io.Closer, error)) {
	f := InProcessFunc(open)
	inProcess.Store(&f)
}

// InProcess returns the Config for clients of the in-process cluster with a name, and a closer that
// releases the cluster. Addresses of the form aerospike+mem://NAME/NAMESPACE are opened this way.
// The error is [ErrNoInProcess] if no function is registered.
func InProcess(ctx context.Context, name string) (Config, io.Closer, error) {
	open := inProcess.Load()
	if open == nil {
		return Config{}, nil, ErrNoInProcess
	}
	return (*open)(ctx, name)
}
