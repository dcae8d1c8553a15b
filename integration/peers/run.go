package main

import (
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// A run is a server and the suite that runs on it.
type run struct {
	name    string
	server  devserver.Options
	suite   suite
	special bool // whether the server has special options
}

// A suite runs tests of a client on the server at addr.
type suite func(h *harness, addr string) (specs, error)

// runs are all runs. A spec skips itself, and is counted as skipped, if the server lacks a feature
// that it needs. It passes in the run that has the feature.
var runs = []run{
	{name: "community", server: community, suite: goSuite("")},
	{
		name: "transactions",
		server: devserver.Options{
			Edition:    devserver.Enterprise,
			Namespaces: []devserver.NamespaceOptions{{Name: "test", StrongConsistency: true}},
		},
		suite: goSuite("Multi Record Transaction"), special: true,
	},
	{
		name: "security",
		server: devserver.Options{
			Edition: devserver.Enterprise,
			// The suite does not find the edition of newer servers and skips its specs there.
			Build: "8.0.0.9",
			Security: &devserver.SecurityOptions{
				Quotas: true,
				Users:  []devserver.UserOptions{{Name: "admin", Password: "admin", Roles: []string{"superuser"}}},
			},
		},
		suite: goSuite("Security tests", "-U", "admin", "-P", "admin"), special: true,
	},
	{name: "npm", suite: npmSuite},
	{name: "python", server: community, suite: pythonSuite},
	{name: "java", server: community, suite: javaSuite},
	{name: "rust", server: community, suite: rustSuite},
}

// community has default options, but for specs about times to live, which need a server that
// reclaims expired records.
var community = devserver.Options{Namespaces: []devserver.NamespaceOptions{{Name: "test", NsupPeriod: time.Minute}}}

// do runs the suite on the server at addr. If addr is empty it starts the run's own server.
func (r run) do(h *harness, addr string) (specs, error) {
	if addr == "" {
		options := r.server
		options.Listen = "127.0.0.1:0"
		srv, err := devserver.Start(options)
		if err != nil {
			return specs{}, err
		}
		defer srv.Close()
		addr = srv.Seeds()[0]
	}
	return r.suite(h, addr)
}
