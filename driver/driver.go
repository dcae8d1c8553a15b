package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// Name is the name under which the driver is registered with database/sql.
const Name = "aerospike"

func init() { sql.Register(Name, &Driver{}) }

// Driver is the driver for database/sql. The zero value is ready to use.
type Driver struct {
	connector *Connector // of the sql.DB that returned this value, nil for the registered driver
}

var (
	_ driver.Driver        = (*Driver)(nil)
	_ driver.DriverContext = (*Driver)(nil)
)

// Open opens a session with a cluster client of its own, which is closed with the session.
// database/sql calls OpenConnector instead.
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

// OpenConnector parses a data source name and returns its Connector. It connects to nothing. An
// invalid name is an error of kind [ErrConfig]. For an empty name the error comes from Connect,
// because tracing packages open an empty name to get at a driver.
func (d *Driver) OpenConnector(dsn string) (driver.Connector, error) {
	cfg, err := ParseDSN(dsn)
	switch {
	case err != nil && dsn == "":
		c := newConnector(Config{})
		c.err = err
		return c, nil
	case err != nil:
		return nil, err
	}
	return NewConnector(cfg)
}
