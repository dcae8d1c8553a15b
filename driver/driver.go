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

// OpenConnector returns the Connector of a data source name, or says what is wrong with the name. Only
// an empty name is reported by Connect, because wrappers look a driver up by opening one.
func (d *Driver) OpenConnector(dsn string) (driver.Connector, error) {
	cfg, err := ParseDSN(dsn)
	switch {
	case err != nil && dsn == "":
		return &Connector{err: err, gate: make(chan struct{}, 1)}, nil
	case err != nil:
		return nil, err
	}
	return NewConnector(cfg)
}
