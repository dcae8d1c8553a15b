package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
)

// Client returns the native client of a database that was opened with this driver:
//
//	client, err := driver.Client(ctx, db)
//
// The client is shared with the statements of the database and is closed by db.Close. Do not close
// it. If the cluster has not been opened yet, Client opens it, within the context's deadline.
//
// Client takes no connection of the pool, so it does not wait for one. The exception is a database
// whose Driver method returns the driver of another package that wraps this one: Client then takes
// a connection and looks inside it as [FromConn] does. A database of any other driver is an error
// of kind [ErrOtherDriver]; a closed database is [ErrClosed].
func Client(ctx context.Context, db *sql.DB) (client *cluster.Client, err error) {
	if d, ok := db.Driver().(*Driver); ok && d.connector != nil {
		client, _, err = d.connector.opened(ctx)
		return client, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	err = FromConn(conn, func(c *cluster.Client) error {
		client = c
		return nil
	})
	return client, errors.Join(err, conn.Close())
}

// FromConn calls do with the native client of a connection of the pool. It also finds the client if
// the driver is wrapped by another one whose connections have a method Raw() driver.Conn:
//
//	conn, err := db.Conn(ctx)
//	err = driver.FromConn(conn, func(client *cluster.Client) error { ... })
//
// The client is shared and must not be closed. A connection of any other driver is an error of kind
// [ErrOtherDriver]. [Client] needs no connection.
func FromConn(conn *sql.Conn, do func(client *cluster.Client) error) error {
	return conn.Raw(func(raw any) error {
		client, err := clientOf(raw)
		if err != nil {
			return err
		}
		return do(client)
	})
}

// clientOf returns the client of a connection that may be wrapped.
func clientOf(raw any) (*cluster.Client, error) {
	const maxWrappers = 16
	outer := raw
	for range maxWrappers {
		switch c := raw.(type) {
		case interface{ Client() *cluster.Client }:
			return c.Client(), nil
		case interface{ Raw() driver.Conn }:
			raw = c.Raw()
		default:
			return nil, fmt.Errorf("the database was %w: a connection of type %T has no Aerospike client", ErrOtherDriver, outer)
		}
	}
	return nil, fmt.Errorf("the database was %w: a connection of type %T has more than %d wrappers", ErrOtherDriver, outer, maxWrappers)
}
