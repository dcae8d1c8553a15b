package driver_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	_ "github.com/aerosql/aerosql/cluster/devserver/mem"
	"github.com/aerosql/aerosql/driver"
)

// TestDriverOfADatabase: the driver of an sql.DB gives the client and the settings of its DSN.
func TestDriverOfADatabase(t *testing.T) {
	db, err := sql.Open("aerospike", "aerospike+mem://driver-of-db/shop?send_key=false")
	require.NoError(t, err)
	defer db.Close()
	d := db.Driver().(*driver.Driver)
	require.Equal(t, "shop", d.Namespace())
	require.False(t, d.SendKey())
	client, err := d.Client(t.Context())
	require.NoError(t, err)
	require.NoError(t, client.Ping(t.Context()))

	_, err = new(driver.Driver).Client(context.Background())
	require.ErrorIs(t, err, errors.ErrUnsupported)
	require.True(t, new(driver.Driver).SendKey())
	require.Empty(t, new(driver.Driver).Namespace())
}
