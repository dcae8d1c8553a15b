package mem_test

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/mem"
	_ "github.com/aerosql/aerosql/driver" // the driver "aerospike"
	"github.com/aerosql/aerosql/protocol"
)

func TestPageServerPerTest(t *testing.T) {
	server := devserver.RunT(t) // closed at the end of the test
	name := mem.ShareT(t, server)
	db, err := sql.Open("aerospike", "aerospike+mem://"+name+"/test")
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.PingContext(context.Background()))
}

func TestPageForks(t *testing.T) {
	base := devserver.RunT(t)
	key := protocol.MustKey("test", "users", "u1")
	require.NoError(t, base.Store(key, protocol.Bins{protocol.NewBin("name", "Ann")}, 0))
	for _, name := range []string{"Bob", "Eve"} {
		t.Run(name, func(t *testing.T) {
			own := base.ForkT(t)
			require.NoError(t, own.Store(key, protocol.Bins{protocol.NewBin("name", name)}, 0))
		})
	}
	v, _ := base.Peek(key).Bin("name")
	require.Equal(t, "Ann", v.Any())
}

func TestPageTimeAndFaults(t *testing.T) {
	server := devserver.RunT(t)
	session := protocol.MustKey("test", "sessions", 1)
	require.NoError(t, server.Store(session, protocol.Bins{protocol.NewBin("n", 1)}, 3600))
	require.NotNil(t, server.Peek(session))

	server.AdvanceTime(2 * time.Hour) // records expire by this time
	require.Nil(t, server.Peek(session))

	remove := server.Inject(devserver.Fault{On: devserver.Writes, Count: 1, Do: devserver.DropAnswer()})
	defer remove()
}

// TestPage checks that every code block of docs/testing.md is part of this file.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/testing.md")
	require.NoError(t, err)
	own, err := os.ReadFile("docs_test.go")
	require.NoError(t, err)
	blocks := strings.Split(string(page), "```go\n")[1:]
	require.Len(t, blocks, 4)
	for _, b := range blocks {
		code, _, _ := strings.Cut(b, "```")
		indented := "\t" + strings.ReplaceAll(strings.TrimSuffix(code, "\n"), "\n", "\n\t")
		require.Contains(t, string(own), indented)
	}
}
