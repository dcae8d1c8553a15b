package driver_test

import (
	"database/sql"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

// TestUsersLogIn holds that the data source name's user is who the statements are made by.
func TestUsersLogIn(t *testing.T) {
	server, err := devserver.Start(devserver.Options{
		Listen: "127.0.0.1:0", Edition: devserver.Enterprise,
		Security: &devserver.SecurityOptions{Users: []devserver.UserOptions{
			{Name: "reader", Password: "r/e@d", Roles: []string{"read"}}, {Name: "writer", Password: "w", Roles: []string{"read-write"}},
		}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	as := func(user string) *sql.DB {
		db, err := sql.Open("aerospike", "aerospike://"+user+server.Seeds()[0]+"/test")
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return db
	}
	const insert = "INSERT INTO people (PK, name) VALUES (1, 'Ada')"

	_, err = as("writer:w@").ExecContext(t.Context(), insert)
	require.NoError(t, err)
	reader := as("reader:r%2Fe%40d@")
	var name string
	require.NoError(t, reader.QueryRowContext(t.Context(), "SELECT name FROM people WHERE PK = 1").Scan(&name))
	require.Equal(t, "Ada", name)
	_, err = reader.ExecContext(t.Context(), insert)
	require.ErrorIs(t, err, protocol.RoleViolation)

	err = as("reader:hunter2@").PingContext(t.Context())
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
	verdict := (*protocol.Error)(nil)
	require.True(t, errors.As(err, &verdict), "%v", err)
	require.Error(t, as("").PingContext(t.Context()), "without a user")
	_, err = driver.ParseDSN("aerospike://h/test?auth=kerberos")
	require.ErrorContains(t, err, "internal or external or pki")
}
