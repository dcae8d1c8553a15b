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
package mem

import (
	"context"
	"errors"
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
	server     *devserver.Server
	namespaces map[string]bool
	users      int
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
		s = &shared{server: server, namespaces: map[string]bool{"test": true}}
		if r.byName == nil {
			r.byName = make(map[string]*shared)
		}
		r.byName[name] = s
	}
	s.users++
	u := &user{registry: r, name: name}
	if namespace != "" && !s.namespaces[namespace] {
		if err := s.server.AddNamespace(devserver.NamespaceOptions{Name: namespace}); err != nil {
			return cluster.Config{}, nil, errors.Join(err, u.leave())
		}
		s.namespaces[namespace] = true
	}
	return cluster.Config{Seeds: s.server.Seeds(), Dial: s.server.Dial}, u, nil
}

// A user has a cluster open.
type user struct {
	registry *registry
	name     string
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
	s := u.registry.byName[u.name]
	if s.users--; s.users > 0 {
		return nil
	}
	delete(u.registry.byName, u.name)
	return s.server.Close()
}
