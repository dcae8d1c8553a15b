package control

import (
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
)

type (
	namespaceOptions struct {
		Name              string `json:"name"`
		ReplicationFactor int    `json:"replication_factor,omitempty" doc:"0 for the default"`
		DefaultTTL        uint32 `json:"default_ttl,omitempty" doc:"seconds, 0 for never"`
		NsupPeriod        int    `json:"nsup_period,omitempty" doc:"seconds between removals of expired records, 0 for never"`
		StrongConsistency bool   `json:"strong_consistency,omitempty"`
		AllowExpunge      bool   `json:"allow_expunge,omitempty"`
	}
	rack struct {
		Node string `json:"node"`
		Rack int    `json:"rack"`
	}
	roster struct {
		Nodes []string `json:"nodes"`
	}
	removed struct {
		Removed int `json:"removed"`
	}
	truncation struct {
		Set string `json:"set,omitempty" doc:"empty for the whole namespace"`
	}
	module struct {
		Name   string `json:"name"`
		Source string `json:"source"`
	}
)

func (c *call) addNamespace(in namespaceOptions) (any, error) {
	return ok, c.server.AddNamespace(devserver.NamespaceOptions{
		Name: in.Name, ReplicationFactor: in.ReplicationFactor, DefaultTTL: in.DefaultTTL,
		NsupPeriod: time.Duration(in.NsupPeriod) * time.Second, StrongConsistency: in.StrongConsistency, AllowExpunge: in.AllowExpunge,
	})
}

func (c *call) setRack(in rack) (any, error) {
	return ok, c.server.SetRack(c.path("namespace"), in.Node, in.Rack)
}

func (c *call) setRoster(in roster) (any, error) {
	return ok, c.server.SetRoster(c.path("namespace"), in.Nodes...)
}

func (c *call) revive(empty) (any, error) { return ok, c.server.Revive(c.path("namespace")) }

func (c *call) removeExpired(empty) (any, error) {
	n, err := c.server.RemoveExpired(c.path("namespace"))
	return removed{n}, err
}

func (c *call) truncate(in truncation) (any, error) {
	return ok, c.server.Truncate(c.path("namespace"), in.Set)
}

func (c *call) registerModule(in module) (any, error) {
	return ok, c.server.RegisterModule(in.Name, []byte(in.Source))
}
