package main

import (
	"errors"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/mem"
)

// An inProcess is a cluster in the process, for tests and for trying the shop.
type inProcess struct {
	server *devserver.Server
	dsn    string
	stop   func() error
}

// startCluster starts a cluster with the two namespaces that the shop uses. Statements that would
// read a whole set are denied, as they should be in a service.
func startCluster() (*inProcess, error) {
	server, err := devserver.Start(devserver.Options{
		Edition: devserver.Enterprise,
		Namespaces: []devserver.NamespaceOptions{
			{Name: "shop", StrongConsistency: true},
			{Name: "cache", NsupPeriod: time.Minute},
		},
	})
	if err != nil {
		return nil, err
	}
	remove, err := mem.Share("shop", server)
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	stop := func() error { remove(); return server.Close() }
	return &inProcess{server, "aerospike+mem://shop/shop?scan=deny", stop}, nil
}
