// Package mem enables data source names of the form aerospike+mem://NAME/NAMESPACE. Their clusters
// run in the process. Import the package for this effect:
//
//	import _ "github.com/aerosql/aerosql/cluster/devserver/mem"
//
// Clusters are shared by name. Opening a name that is already open returns the same cluster with
// the same data. When the last user closes it, the cluster ends and its data is lost. A cluster has
// one node and starts with the namespace "test". Other namespaces are created when they are first
// opened, as the part of the name after a slash: cluster.InProcess(ctx, "orders/eu").
//
// To use another kind of cluster, start it and call [Share].
package mem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
)

func init() { cluster.RegisterInProcess(servers.open) }

// servers are the clusters of the process. It is empty when no cluster is open.
var servers registry

// A registry maps names to clusters.
type registry struct {
	mu     sync.Mutex
	byName map[string]*shared
}

// A shared cluster is a cluster with the number of its users.
type shared struct {
	server *devserver.Server
	lent   bool // started by the program, which also closes it
	refs   int
}

// ErrNameTaken is the error of Share if the name is in use.
var ErrNameTaken = errors.New("an in-process cluster of this name is open")

// Share makes a server that the program started reachable by data source names of the form
// aerospike+mem://NAME/NAMESPACE. Use it for a server with several nodes, faults, transactions or
// namespaces with options. Only the server's own namespaces can be used; none are created. The name
// must not be empty or contain a slash. If it is in use the error is [ErrNameTaken].
//
// The program remains responsible for closing the server. Remove releases the name; clients that
// have the server open can use it until it is closed.
func Share(name string, server *devserver.Server) (remove func(), err error) {
	return servers.share(name, server)
}

func (r *registry) share(name string, server *devserver.Server) (remove func(), err error) {
	if name == "" || strings.Contains(name, "/") {
		return nil, fmt.Errorf("invalid name of an in-process cluster: %.60q is empty or has a slash", name)
	}
	if server == nil {
		return nil, errors.New("no server to share: start one with devserver.Start")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byName[name] != nil {
		return nil, fmt.Errorf("%w: %.60q", ErrNameTaken, name)
	}
	s := &shared{server: server, lent: true}
	r.add(name, s)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.byName[name] == s {
			delete(r.byName, name)
		}
	}, nil
}

// add registers a cluster by name. The registry's lock must be held.
func (r *registry) add(name string, s *shared) {
	if r.byName == nil {
		r.byName = make(map[string]*shared)
	}
	r.byName[name] = s
}

// open starts or shares the cluster with the given name. A slash and a namespace may follow the
// name.
func (r *registry) open(_ context.Context, name string) (cluster.Config, io.Closer, error) {
	name, namespace, _ := strings.Cut(name, "/")
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.byName[name]
	if s == nil {
		server, err := devserver.Start(devserver.Options{})
		if err != nil {
			return cluster.Config{}, nil, err
		}
		s = &shared{server: server}
		r.add(name, s)
	}
	s.refs++
	u := &handle{registry: r, name: name, cluster: s}
	if namespace != "" && !s.lent {
		err := s.server.AddNamespace(devserver.NamespaceOptions{Name: namespace})
		if err != nil && !errors.Is(err, devserver.ErrNamespaceExists) {
			return cluster.Config{}, nil, errors.Join(err, u.leave())
		}
	}
	return cluster.Config{Seeds: s.server.Seeds(), Dial: s.server.Dial}, u, nil
}

// A handle is an open handle to a cluster.
type handle struct {
	registry *registry
	name     string
	cluster  *shared
	once     sync.Once
}

// Close releases the cluster. Further calls do nothing.
func (u *handle) Close() (err error) {
	u.once.Do(func() {
		u.registry.mu.Lock()
		defer u.registry.mu.Unlock()
		err = u.leave()
	})
	return err
}

// leave ends the cluster if there are no other users. The registry's lock must be held.
func (u *handle) leave() error {
	s := u.cluster
	if s.refs--; s.refs > 0 || s.lent {
		return nil
	}
	delete(u.registry.byName, u.name)
	return s.server.Close()
}
