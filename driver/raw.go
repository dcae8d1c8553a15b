package driver

import (
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
)

// FromConn calls do with the native client behind a connection of the pool,
// also where another driver is wrapped around this one:
//
//	conn, err := db.Conn(ctx)
//	err = driver.FromConn(conn, func(client *cluster.Client) error { ... })
//
// The client is shared and must not be closed.
func FromConn(conn *sql.Conn, do func(client *cluster.Client) error) error {
	return conn.Raw(func(raw any) error {
		client, err := clientOf(raw)
		if err != nil {
			return err
		}
		return do(client)
	})
}

// clientOf looks for the session inside wrappers that give away what they wrap.
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
			return nil, fmt.Errorf("%T is no connection of this driver", outer)
		}
	}
	return nil, fmt.Errorf("%T has too many wrappers around a connection", outer)
}
