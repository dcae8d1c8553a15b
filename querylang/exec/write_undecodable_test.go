package exec

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// openUndecodable opens a session on a set with the records 1, 2 and 3, whose bins are a = 1, 2, 3
// and n = 0, the record "deep" with a = 9, n and a list l that is nested too deeply, and the record
// "kind" with a = 8, n and a user key of an unknown kind. More records can be added.
func openUndecodable(t *testing.T, more ...wiretest.Stored) *session {
	server, err := devserver.Start(devserver.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	options := Options{}
	options.Policies.Write.SendKey = true
	options.Policies.Batch.SendKey = true
	s := &session{t: t, ctx: t.Context(), client: client, engine: New(client, options)}
	t.Cleanup(s.engine.Close)
	s.exec("INSERT INTO t (PK, a, n) VALUES (1, 1, 0), (2, 2, 0), (3, 3, 0)")
	number := func(name string, n byte) wiretest.StoredBin {
		return wiretest.StoredBin{Name: name, Particle: byte(protocol.ParticleInteger), Data: []byte{0, 0, 0, 0, 0, 0, 0, n}}
	}
	list := wiretest.StoredBin{Name: "l", Particle: byte(protocol.ParticleList), Data: append(bytes.Repeat([]byte{0x91}, 300), 1)}
	conn, err := server.Dial(t.Context(), "tcp", server.Seeds()[0])
	require.NoError(t, err)
	defer conn.Close()
	for _, r := range append([]wiretest.Stored{
		{Digest: protocol.MustKey("test", "t", "deep").Digest(), Key: []byte("\x03deep"), Bins: []wiretest.StoredBin{number("a", 9), number("n", 0), list}},
		{Digest: protocol.MustKey("test", "t", "kind").Digest(), Key: []byte("\x63abc"), Bins: []wiretest.StoredBin{number("a", 8), number("n", 0)}},
	}, more...) {
		r.Namespace, r.Set = "test", "t"
		require.NoError(t, wiretest.Store(conn, &r))
	}
	return s
}

// fails runs a statement that must fail because of a record, and returns its error.
func (s *session) fails(key, sql string, args ...any) error {
	s.t.Helper()
	_, err := s.try(sql, args...)
	require.Error(s.t, err, sql)
	about, is := errors.AsType[*cluster.RecordError](err)
	require.True(s.t, is, "%s: %v", sql, err)
	digest := protocol.MustKey("test", "t", key).Digest()
	require.Equal(s.t, digest, about.Key.Digest(), sql)
	require.ErrorContains(s.t, err, digest.String(), sql)
	return err
}

// A bin that can't be decoded is an error only for statements that use it.
func TestSelectWithUndecodableBins(t *testing.T) {
	s := openUndecodable(t)
	require.Equal(t, "5", s.one("SELECT COUNT(*) FROM t"))
	require.Equal(t, "5", s.one("SELECT COUNT(*) FROM t WHERE n = 0"))
	require.Equal(t, "2", s.one("SELECT COUNT(*) FROM t WHERE a > 3"))
	require.Len(t, s.rows("SELECT a, n FROM t"), 5)
	require.Len(t, s.rows("SELECT a, missing FROM t WHERE a = 9 OR missing IS NULL"), 5)
	require.Len(t, s.rows("SELECT PK, a FROM t WHERE a <> 8"), 4)
	require.Equal(t, [][]string{{"9"}}, s.rows("SELECT a FROM t WHERE PK = 'deep'"))
	require.Len(t, s.rows("SELECT * FROM t WHERE a < 9"), 4)
	require.Len(t, s.rows("SELECT a FROM t WHERE a < 9 AND l IS NULL"), 4, "l is not used if the condition on a is false")

	for _, sql := range []string{
		"SELECT l FROM t", "SELECT a, l FROM t WHERE a = 9", "SELECT * FROM t", "SELECT l FROM t WHERE PK = 'deep'", "SELECT * FROM t WHERE PK = 'deep'", "SELECT l FROM t WHERE PK IN ('deep', 1)",
	} {
		err := s.fails("deep", sql)
		require.ErrorIs(t, err, protocol.ErrTooDeep, sql)
		require.ErrorContains(t, err, `bin "l"`, sql)
	}
	err := s.fails("kind", "SELECT PK FROM t")
	require.ErrorContains(t, err, "user key: ")
	s.fails("kind", "SELECT a FROM t WHERE PK = 1 OR a = 8")
}

// The rows end at the record that can't be decoded, and the error stays.
func TestRowsEndAtUndecodableRecord(t *testing.T) {
	s := openUndecodable(t)
	result, err := s.engine.NewSession().Run(s.ctx, statement(t, s.client, "SELECT l FROM t"), nil)
	require.NoError(t, err)
	rows := result.Rows
	defer rows.Close()
	dest := make([]protocol.Value, 1)
	for err == nil {
		err = rows.Next(dest)
	}
	require.NotErrorIs(t, err, io.EOF)
	require.Equal(t, err, rows.Next(dest))
}

// A record is written unless the statement uses a value that can't be decoded.
func TestUpdateWithUndecodableBins(t *testing.T) {
	s := openUndecodable(t)
	require.EqualValues(t, 5, s.exec("UPDATE t SET n = 1"))
	require.EqualValues(t, 5, s.exec("UPDATE t SET n = a * 2"))
	require.EqualValues(t, 2, s.exec("UPDATE t SET n = n + 1 WHERE a > 3 OR missing = 1"))
	require.Equal(t, [][]string{{"19"}}, s.rows("SELECT n FROM t WHERE a = 9"))
	require.EqualValues(t, 1, s.exec("UPDATE t SET l = ? WHERE a = 1", []int{1}))
	var partial *PartialError
	require.ErrorAs(t, s.fails("deep", "UPDATE t SET m = COALESCE(l, 0)"), &partial)
	require.EqualValues(t, 0, s.exec("UPDATE t SET n = 5 WHERE l = 1"), "the server evaluates the condition")
	require.EqualValues(t, 1, s.exec("UPDATE t SET l = NULL WHERE a = 9"))
	require.Len(t, s.rows("SELECT l FROM t"), 5)
}

// Records that can't be decoded can be deleted.
func TestDeleteUndecodableRecords(t *testing.T) {
	s := openUndecodable(t)
	require.EqualValues(t, 1, s.exec("DELETE FROM t WHERE PK = 'deep'"))
	s = openUndecodable(t)
	require.EqualValues(t, 2, s.exec("DELETE FROM t WHERE a > 3"))
	require.Equal(t, "3", s.one("SELECT COUNT(*) FROM t"))
	s = openUndecodable(t)
	require.EqualValues(t, 0, s.exec("DELETE FROM t WHERE l = 1"), "the server evaluates the condition")
	require.EqualValues(t, 5, s.exec("DELETE FROM t"))
	require.Equal(t, "0", s.one("SELECT COUNT(*) FROM t"))
}

// A stored user key that is NULL or empty is treated like a user key that is not stored.
func TestWritesOfEmptyUserKeys(t *testing.T) {
	a := wiretest.StoredBin{Name: "a", Particle: byte(protocol.ParticleString), Data: []byte("x")}
	null := wiretest.Stored{Digest: protocol.MustKey("test", "t", "null").Digest(), Key: []byte{0}, Bins: []wiretest.StoredBin{a}}
	empty := wiretest.Stored{Digest: protocol.MustKey("test", "t", "empty").Digest(), Key: []byte{3}, Bins: []wiretest.StoredBin{a}}
	s := openUndecodable(t, null, empty)
	require.Equal(t, [][]string{{"nil", "x"}, {"nil", "x"}}, s.rows("SELECT PK, a FROM t WHERE a = 'x'"))
	require.EqualValues(t, 2, s.exec("UPDATE t SET b = 1 WHERE a = 'x'"))
	require.EqualValues(t, 2, s.exec("UPDATE t SET b = b + 1 WHERE a = 'x' AND b = 1"))
	require.EqualValues(t, 2, s.exec("DELETE FROM t WHERE b = 2"))
	require.EqualValues(t, 5, s.exec("DELETE FROM t"))
}
