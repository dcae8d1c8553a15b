package mapper_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// openOdd returns a client on a set "odd" with records of other clients under the digests of their
// user keys: "deep" with a list l of too many levels, "kind" with a user key of an unknown kind,
// "null" with a user key that is NULL. Each has n = 5.
func openOdd(t *testing.T) *cluster.Client {
	server, err := devserver.Start(devserver.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	conn, err := server.Dial(t.Context(), "tcp", server.Seeds()[0])
	require.NoError(t, err)
	defer conn.Close()
	n := wiretest.StoredBin{Name: "n", Particle: byte(protocol.ParticleInteger), Data: []byte{0, 0, 0, 0, 0, 0, 0, 5}}
	l := wiretest.StoredBin{Name: "l", Particle: byte(protocol.ParticleList), Data: append(bytes.Repeat([]byte{0x91}, 300), 1)}
	for key, r := range map[string]wiretest.Stored{
		"deep": {Key: []byte("\x03deep"), Bins: []wiretest.StoredBin{n, l}}, "kind": {Key: []byte("\x63abc"), Bins: []wiretest.StoredBin{n}},
		"null": {Key: []byte{0}, Bins: []wiretest.StoredBin{n}},
	} {
		r.Namespace, r.Set, r.Digest = "test", "odd", protocol.MustKey("test", "odd", key).Digest()
		require.NoError(t, wiretest.Store(conn, &r))
	}
	return client
}

type oddAll struct {
	ID string `as:"id,pk"`
	N  int    `as:"n"`
	L  any    `as:"l"`
}

type oddPart struct {
	ID string `as:"id,pk"`
	N  int    `as:"n"`
}

// TestScanAllPassesOddRecords: a record that can't be read is an error for its object. If the
// struct doesn't use the part that can't be read, it is not an error.
func TestScanAllPassesOddRecords(t *testing.T) {
	client := openOdd(t)
	all := repo[oddAll](t, client, mapper.WithSet("odd"))
	for _, id := range []string{"a", "b", "c"} {
		require.NoError(t, all.Save(t.Context(), &oddAll{ID: id, N: 1}))
	}
	found, failed := 0, make(map[string]error)
	for x, err := range all.ScanAll(t.Context()) {
		if err == nil {
			found++
			continue
		}
		require.Nil(t, x)
		var field *mapper.FieldError
		require.ErrorAs(t, err, &field)
		failed[field.Field+" "+field.Bin] = err
	}
	require.Equal(t, 3, found)
	require.Len(t, failed, 2, "%v", failed)
	require.ErrorIs(t, failed["L l"], protocol.ErrTooDeep)
	require.ErrorContains(t, failed["L l"], "record test:odd:deep")
	require.Error(t, failed["ID "], "no user key, or one of an unknown kind")

	part := repo[oddPart](t, client, mapper.WithSet("odd"))
	found, kinds := 0, 0
	for _, err := range part.ScanAll(t.Context()) {
		switch {
		case err == nil:
			found++
		default:
			kinds++
		}
	}
	require.Equal(t, []int{4, 2}, []int{found, kinds})
}

// TestFindOddRecords is TestScanAllPassesOddRecords for reads by key.
func TestFindOddRecords(t *testing.T) {
	client := openOdd(t)
	all := repo[oddAll](t, client, mapper.WithSet("odd"))
	require.NoError(t, all.Save(t.Context(), &oddAll{ID: "a", N: 1}))
	objects, err := all.FindMany(t.Context(), "a", "deep", "kind", "missing")
	var many *mapper.ManyError
	require.ErrorAs(t, err, &many)
	require.ErrorIs(t, err, protocol.ErrTooDeep)
	require.NotNil(t, objects[0])
	require.Nil(t, objects[1])
	require.Equal(t, &oddAll{ID: "kind", N: 5}, objects[2], "the key is the caller's")
	_, err = all.Find(t.Context(), "deep")
	require.ErrorIs(t, err, protocol.ErrTooDeep)
	part := repo[oddPart](t, client, mapper.WithSet("odd"))
	x, err := part.Find(t.Context(), "deep")
	require.NoError(t, err)
	require.Equal(t, &oddPart{ID: "deep", N: 5}, x)
	require.NoError(t, part.Save(t.Context(), &oddPart{ID: "deep", N: 6}))
	require.NoError(t, all.Replace(t.Context(), &oddAll{ID: "deep", N: 7}))
	y, err := all.Find(t.Context(), "deep")
	require.NoError(t, err)
	require.Equal(t, 7, y.N)
}
