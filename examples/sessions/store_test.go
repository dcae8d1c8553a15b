package sessions

import (
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/mem"
	_ "github.com/aerosql/aerosql/driver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Store is what the session manager scs asks for.
var _ interface {
	Find(token string) (b []byte, found bool, err error)
	Commit(token string, b []byte, expiry time.Time) error
	Delete(token string) error
} = (*Store)(nil)

func TestStore(t *testing.T) {
	server := devserver.RunT(t)
	db, err := sql.Open("aerospike", "aerospike+mem://"+mem.ShareT(t, server)+"/test")
	require.NoError(t, err)
	defer db.Close()
	store, err := New(db, "sessions")
	require.NoError(t, err)

	_, found, err := store.Find("t1")
	require.NoError(t, err)
	require.False(t, found)
	require.NoError(t, store.Delete("t1"))
	require.NoError(t, store.Commit("t1", []byte("a"), time.Now().Add(time.Hour)))
	require.NoError(t, store.Commit("t1", []byte("b"), time.Now().Add(2*time.Hour)))
	require.NoError(t, store.Commit("t2", nil, time.Now().Add(time.Hour)))
	server.AdvanceTime(90 * time.Minute)
	data, found, err := store.Find("t1")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "b", string(data))
	_, found, err = store.Find("t2")
	require.NoError(t, err)
	require.False(t, found, "expired")
	require.NoError(t, store.Delete("t1"))
	_, found, err = store.Find("t1")
	require.NoError(t, err)
	require.False(t, found)
}
