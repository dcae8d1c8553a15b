package driver_test

import (
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

// Statements run as the user of the data source name.
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
	protocolError := (*protocol.Error)(nil)
	require.True(t, errors.As(err, &protocolError), "%v", err)
	require.Error(t, as("").PingContext(t.Context()), "without a user")
	_, err = driver.ParseDSN("aerospike://h/test?auth=kerberos")
	require.ErrorContains(t, err, "internal or external or pki")
}

// A data source name with tls=true verifies the certificates with the given files. Only
// tls_insecure_trust_any_server skips that.
func TestTLSByName(t *testing.T) {
	authority, err := devserver.NewAuthority()
	require.NoError(t, err)
	certificate, err := authority.Issue("db.test")
	require.NoError(t, err)
	server, err := devserver.Start(devserver.Options{
		Nodes: 2, Listen: "127.0.0.1:0", Edition: devserver.Enterprise,
		Security: &devserver.SecurityOptions{External: func(user, password string) ([]string, bool) {
			return []string{"read-write"}, user == "ann" && password == "hunter2"
		}},
		TLS: &devserver.TLSOptions{Name: "db.test", Config: &tls.Config{Certificates: []tls.Certificate{certificate}}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, authority.PEM(), 0o600))
	open := func(keys string) *sql.DB {
		db, err := sql.Open("aerospike", "aerospike://ann:hunter2@"+server.TLSSeeds()[0]+"/test?tls=true&"+keys)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return db
	}
	db := open("auth=external&tls_ca=" + url.QueryEscape(ca))
	_, err = db.ExecContext(t.Context(), "INSERT INTO people (PK, name) VALUES (1, 'Ada')")
	require.NoError(t, err)

	err = open("auth=external").PingContext(t.Context())
	require.ErrorIs(t, err, cluster.ErrTLS)
	require.ErrorContains(t, err, `under the TLS name "db.test"`)
	require.NotContains(t, err.Error(), "hunter2")
	err = open("tls_ca=/nowhere/ca.pem").PingContext(t.Context())
	require.ErrorIs(t, err, cluster.ErrConfig)
	require.ErrorContains(t, err, "/nowhere/ca.pem")
	err = open("tls_insecure_trust_any_server=true").PingContext(t.Context())
	require.ErrorIs(t, err, cluster.ErrLogin, "connected, but the cluster does not know the password")
}

// Printing a Connector, or a value that holds one, does not show the password.
func TestConnectorsDontShowPasswords(t *testing.T) {
	const secret = "hunter2"
	cfg, err := driver.ParseDSN("aerospike://me:" + secret + "@h/ns")
	require.NoError(t, err)
	connector, err := driver.NewConnector(cfg)
	require.NoError(t, err)
	db := sql.OpenDB(connector)
	defer db.Close()
	for _, v := range []any{connector, db, &cfg, cfg} {
		shown := fmt.Sprintf("%v %+v %#v %s %q %x %d", v, v, v, v, v, v, v)
		require.False(t, strings.Contains(shown, secret) || strings.Contains(shown, fmt.Sprintf("%x", secret)), "%T", v)
	}
}
