package mem_test

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/mem"
	"github.com/aerosql/aerosql/cluster/devserver/seed"
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

func TestPageStrongConsistency(t *testing.T) {
	server := devserver.RunT(t, devserver.Options{
		Nodes: 3, Edition: devserver.Enterprise,
		Namespaces: []devserver.NamespaceOptions{{Name: "bank", StrongConsistency: true}},
	})
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	defer client.Close()
	require.True(t, client.SupportsTxn("bank"))
}

func TestPageSeed(t *testing.T) {
	server := devserver.RunT(t)
	_, err := seed.LoadJSON(server, "test", strings.NewReader(`
	{"set": "users", "key": "u1", "bins": {"name": "Ann", "age": 41}}
	{"set": "users", "key": "u2", "bins": {"name": "Bob"}, "ttl": 3600}`))
	require.NoError(t, err)
	name, _ := server.Peek(protocol.MustKey("test", "users", "u2")).Bin("name")
	require.Equal(t, "Bob", name.Any())
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
	require.Len(t, blocks, 6)
	for _, b := range blocks {
		code, _, _ := strings.Cut(b, "```")
		require.Contains(t, withoutIndent(string(own)), withoutIndent(code))
	}
}

// withoutIndent removes the tabs at the beginnings of lines.
func withoutIndent(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimLeft(line, "\t")
	}
	return strings.Join(lines, "\n")
}
