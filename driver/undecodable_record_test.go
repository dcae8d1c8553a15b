package driver_test

import (
	"bytes"
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// The error for a value that can't be decoded names the record.
func TestRowsNameUndecodableRecord(t *testing.T) {
	server, err := devserver.Start(devserver.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	connector, err := driver.NewConnector(driver.Config{Seeds: server.Seeds(), Namespace: "test", Dial: server.Dial})
	require.NoError(t, err)
	db := sql.OpenDB(connector)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	execute(t, db, "INSERT INTO t (PK, n) VALUES (1, 1)")
	conn, err := server.Dial(t.Context(), "tcp", server.Seeds()[0])
	require.NoError(t, err)
	defer conn.Close()
	digest := protocol.MustKey("test", "t", "deep").Digest()
	require.NoError(t, wiretest.Store(conn, &wiretest.Stored{Namespace: "test", Set: "t", Digest: digest, Bins: []wiretest.StoredBin{
		{Name: "n", Particle: byte(protocol.ParticleInteger), Data: []byte{0, 0, 0, 0, 0, 0, 0, 2}},
		{Name: "l", Particle: byte(protocol.ParticleList), Data: append(bytes.Repeat([]byte{0x91}, 300), 1)},
	}}))

	sum := 0
	rows, err := db.Query("SELECT n FROM t")
	require.NoError(t, err)
	for rows.Next() {
		n := 0
		require.NoError(t, rows.Scan(&n))
		sum += n
	}
	require.NoError(t, rows.Err())
	require.Equal(t, 3, sum)

	rows, err = db.Query("SELECT n, l FROM t")
	require.NoError(t, err)
	for rows.Next() {
	}
	var undecodable *cluster.RecordError
	require.ErrorAs(t, rows.Err(), &undecodable)
	require.Equal(t, digest, undecodable.Key.Digest())
	require.ErrorContains(t, rows.Err(), digest.String())
	require.ErrorIs(t, rows.Err(), protocol.ErrTooDeep)
	require.EqualValues(t, 1, execute(t, db, "DELETE FROM t WHERE __digest = ?", digest[:]))
	require.EqualValues(t, 1, execute(t, db, "DELETE FROM t"))
}
