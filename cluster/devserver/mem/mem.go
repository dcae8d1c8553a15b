// Package mem makes data source names of the form aerospike+mem://NAME/NAMESPACE
// work: it runs their clusters inside the process. Import it for that effect:
//
//	import _ "github.com/aerosql/aerosql/cluster/devserver/mem"
//
// Clusters are shared by name: whoever opens a name that is open already gets
// the same cluster with the same data, and the last one to close it ends it and
// its data. A cluster has one node and begins with the namespace "test"; any
// other comes into being when it is first opened, as the part of the name behind
// a slash: cluster.InProcess(ctx, "orders/eu").
//
// Who wants another kind of cluster starts one and calls [Share].
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

// servers are the clusters of the process; like the registration they are its
// own, and empty whenever nobody has one open.
var servers registry

// A registry holds clusters by name.
type registry struct {
	mu     sync.Mutex
	byName map[string]*shared
}

// A shared cluster counts those who have it open.
type shared struct {
	server *devserver.Server
	lent   bool // by the program, whose own it stays
	users  int
}

// ErrNameTaken means that a cluster of the name is open already.
var ErrNameTaken = errors.New("an in-process cluster of this name is open")

// Share makes a server that the program has started reachable by data source names of the form aerospike+mem://NAME/NAMESPACE: one
// with namespaces of its choice, with several nodes, faults or transactions. Namespaces are those that the server has; no
// others come into being. The name is neither empty nor has it a slash, and one that is taken is [ErrNameTaken].
//
// The server stays the program's own. Remove takes the name away; who has it open goes on until the server is closed.
func Share(name string, server *devserver.Server) (remove func(), err error) {
	return servers.share(name, server)
}

func (r *registry) share(name string, server *devserver.Server) (remove func(), err error) {
	if name == "" || strings.Contains(name, "/") {
		return nil, fmt.Errorf("the name of an in-process cluster is not empty and has no slash: %.60q", name)
	}
	if server == nil {
		return nil, errors.New("there is no server to share under the name; devserver.Start gives one")
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

// add gives a cluster its name; the registry's lock must be held.
func (r *registry) add(name string, s *shared) {
	if r.byName == nil {
		r.byName = make(map[string]*shared)
	}
	r.byName[name] = s
}

// open starts or shares the cluster of a name, which may be followed by a slash
// and a namespace.
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
	s.users++
	u := &user{registry: r, name: name, cluster: s}
	if namespace != "" && !s.lent {
		err := s.server.AddNamespace(devserver.NamespaceOptions{Name: namespace})
		if err != nil && !errors.Is(err, devserver.ErrNamespaceExists) {
			return cluster.Config{}, nil, errors.Join(err, u.leave())
		}
	}
	return cluster.Config{Seeds: s.server.Seeds(), Dial: s.server.Dial}, u, nil
}

// A user has a cluster open.
type user struct {
	registry *registry
	name     string
	cluster  *shared
	once     sync.Once
}

// Close gives the cluster back. A second call does nothing.
func (u *user) Close() (err error) {
	u.once.Do(func() {
		u.registry.mu.Lock()
		defer u.registry.mu.Unlock()
		err = u.leave()
	})
	return err
}

// leave ends the cluster if nobody else has it open; the registry's lock must be held.
func (u *user) leave() error {
	s := u.cluster
	if s.users--; s.users > 0 || s.lent {
		return nil
	}
	delete(u.registry.byName, u.name)
	return s.server.Close()
}
