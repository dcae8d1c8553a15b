package driver

import (
	"context"
	"errors"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/querylang/exec"
)

// Client returns the native client of the Connector whose Driver method returned d; see [Client].
// The error of any other Driver is errors.ErrUnsupported.
func (d *Driver) Client(ctx context.Context) (*cluster.Client, error) {
	if d.connector == nil {
		return nil, errors.ErrUnsupported
	}
	client, _, err := d.connector.opened(ctx)
	return client, err
}

// Engine returns the engine that runs the statements of the Connector whose Driver method returned
// d. Package mapper runs its queries on it. The error of any other Driver is errors.ErrUnsupported.
func (d *Driver) Engine(ctx context.Context) (*exec.Engine, error) {
	if d.connector == nil {
		return nil, errors.ErrUnsupported
	}
	_, engine, err := d.connector.opened(ctx)
	return engine, err
}

// Namespace returns the namespace of the Connector's DSN, or "" if it has none.
func (d *Driver) Namespace() string {
	if d.connector == nil {
		return ""
	}
	return d.connector.cfg.Namespace
}

// SendKey reports whether the Connector's statements store user keys with the records they write.
func (d *Driver) SendKey() bool {
	return d.connector == nil || !d.connector.cfg.NoSendKey
}
