package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// Name is the name under which the driver is registered with database/sql.
const Name = "aerospike"

func init() { sql.Register(Name, &Driver{}) }

// Driver is the driver for database/sql.
type Driver struct{}

var (
	_ driver.Driver        = (*Driver)(nil)
	_ driver.DriverContext = (*Driver)(nil)
)

// Open opens a session on a cluster of its own, which is closed with the session. database/sql
// uses OpenConnector instead.
func (d *Driver) Open(dsn string) (driver.Conn, error) {
	connector, err := d.OpenConnector(dsn)
	if err != nil {
		return nil, err
	}
	conn, err := connector.Connect(context.Background())
	if err != nil {
		return nil, err
	}
	conn.(*Conn).owned = connector.(*Connector)
	return conn, nil
}

// OpenConnector returns the Connector of a data source name. A mistake in the name is reported by Connect, so that
// a driver can be looked up by opening an empty name.
func (d *Driver) OpenConnector(dsn string) (driver.Connector, error) {
	cfg, err := ParseDSN(dsn)
	if err != nil {
		return &Connector{err: err, gate: make(chan struct{}, 1)}, nil
	}
	return NewConnector(cfg)
}
