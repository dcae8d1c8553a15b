package integration

import (
	"bytes"
	"database/sql"
	"errors"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	_ "github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// oddRecords are records as other clients store them: user keys, and the data of a list.
var oddRecords = map[string]struct {
	key, list string
	odd       bool // cannot be decoded completely
}{
	"NULL key":           {key: "\x00"},
	"empty string":       {key: "\x03"},
	"empty blob":         {key: "\x04"},
	"float key":          {key: "\x02\x3f\xf8\x00\x00\x00\x00\x00\x00"},
	"boolean key":        {key: "\x11\x01"},
	"list key":           {key: "\x14\x92\x01\x02"},
	"list key, long":     {key: "\x14\xdc\x00\x01\xcd\x00\x01"},
	"map key":            {key: "\x13\x81\x01\x02"},
	"GeoJSON key":        {key: "\x17\x00\x00\x00{\"type\":\"Point\",\"coordinates\":[1,2]}"},
	"key of kind 99":     {key: "\x63abc", odd: true},
	"float of 3 bytes":   {key: "\x02abc", odd: true},
	"list of 256 levels": {key: "\x03a", list: string(bytes.Repeat([]byte{0x91}, 256)) + "\x01"},
	"list of 300 levels": {key: "\x03b", list: string(bytes.Repeat([]byte{0x91}, 300)) + "\x01", odd: true},
	"unknown extension":  {key: "\x03c", list: "\x92\x01\xc7\x00\x05", odd: true},
}

// store sends a record to the node that accepts it.
func (on target) store(t *testing.T, r *wiretest.Stored) {
	t.Helper()
	var err error
	for _, seed := range on.seeds {
		conn, dialed := net.Dial("tcp", seed)
		require.NoError(t, dialed)
		err = wiretest.Store(conn, r)
		require.NoError(t, conn.Close())
		if err == nil {
			return
		}
	}
	require.NoError(t, err)
}

// TestOddRecords checks that records of other clients do not affect records next to them, and that
// they can be updated and deleted.
func TestOddRecords(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		set := on.set(t, client)
		names := make(map[protocol.Digest]string)
		for name, odd := range oddRecords {
			r := wiretest.Stored{Namespace: on.namespace, Set: set, Digest: on.key(t, set, name).Digest(), Key: []byte(odd.key)}
			r.Bins = []wiretest.StoredBin{{Name: "a", Particle: byte(protocol.ParticleInteger), Data: []byte{0, 0, 0, 0, 0, 0, 0, 7}}}
			if odd.list != "" {
				r.Bins = append(r.Bins, wiretest.StoredBin{Name: "l", Particle: byte(protocol.ParticleList), Data: []byte(odd.list)})
			}
			on.store(t, &r)
			names[r.Digest] = name
		}
		send := &cluster.WritePolicy{SendKey: true}
		seen := 0
		for rec, err := range client.Scan(t.Context(), nil, on.namespace, set) {
			name := names[rec.Key.Digest()]
			if _, is := errors.AsType[*cluster.RecordError](err); !is {
				require.NoError(t, err)
			}
			require.Equal(t, oddRecords[name].odd, err != nil, "%s: %v", name, err)
			require.NoError(t, client.Add(t.Context(), send, rec.Key, protocol.Bins{protocol.NewBin("a", 1)}), name)
			seen++
		}
		require.Equal(t, len(oddRecords), seen)

		db, err := sql.Open("aerospike", on.dsn())
		require.NoError(t, err)
		defer db.Close()
		sum := 0
		rows, err := db.Query("SELECT a FROM `" + set + "`")
		require.NoError(t, err)
		for rows.Next() {
			a := 0
			require.NoError(t, rows.Scan(&a))
			sum += a
		}
		require.NoError(t, rows.Err())
		require.Equal(t, 8*len(oddRecords), sum)
		for _, statement := range []string{"UPDATE `" + set + "` SET b = a + 1 WHERE a = 8", "DELETE FROM `" + set + "` WHERE b = 9"} {
			result, err := db.Exec(statement)
			require.NoError(t, err, statement)
			n, err := result.RowsAffected()
			require.NoError(t, err)
			require.EqualValues(t, len(oddRecords), n, statement)
		}
	})
}
