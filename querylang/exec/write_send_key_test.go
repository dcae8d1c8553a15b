package exec

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// Statements change records with and without a stored user key. Stored keys stay stored.
func TestWritesOfRecordsWithoutUserKeys(t *testing.T) {
	s := openSession(t, Options{})
	for name, stored := range map[string]func(i int64) bool{
		"none": func(int64) bool { return false }, "all": func(int64) bool { return true }, "every other": func(i int64) bool { return i%2 == 0 },
	} {
		t.Run(name, func(t *testing.T) {
			s.exec("TRUNCATE TABLE t")
			keys := 0
			for i := range int64(10) {
				p := &cluster.WritePolicy{SendKey: stored(i)}
				if p.SendKey {
					keys++
				}
				key := protocol.MustKey("test", "t", i)
				require.NoError(t, s.client.Put(t.Context(), p, key, protocol.Bins{protocol.NewBin("a", i), protocol.NewBin("b", "x")}))
			}
			digest := protocol.MustKey("test", "t", 3).Digest()
			require.EqualValues(t, 10, s.exec("UPDATE t SET a = a + 1 WHERE b = 'x'"))
			require.EqualValues(t, 10, s.exec("UPDATE t SET b = 'y'"))
			require.EqualValues(t, 1, s.exec("UPDATE t SET a = a + 100 WHERE a = 3"))
			require.EqualValues(t, 1, s.exec("UPDATE t SET a = 9 WHERE __digest = ?", digest[:]))
			require.EqualValues(t, 1, s.exec("UPDATE t SET a = a * 2 WHERE __digest = ? AND a = 9", digest[:]))
			require.Equal(t, "18", s.one("SELECT a FROM t WHERE __digest = ?", digest[:]))
			found := 0
			for rec, err := range s.client.Scan(t.Context(), nil, "test", "t") {
				require.NoError(t, err)
				if !rec.Key.UserKey().IsNil() {
					found++
				}
			}
			require.Equal(t, keys, found, "no key was lost")
			require.EqualValues(t, 1, s.exec("DELETE FROM t WHERE __digest = ?", digest[:]))
			require.EqualValues(t, 1, s.exec("DELETE FROM t WHERE a = 1"))
			require.EqualValues(t, 8, s.exec("DELETE FROM t"))
		})
	}
}
