package integration

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// The official client keeps one goroutine for its buffers and one for its statistics.
		goleak.IgnoreAnyFunction("github.com/aerospike/aerospike-client-go/v8.(*Cluster).clusterBoss"))
}

// A target is a cluster that the tests run on.
type target struct {
	seeds     []string
	namespace string
	nodes     int // 0 if unknown
	real      bool
}

// onEachTarget runs a test on in-process clusters of one and of three nodes, or only on the server
// that AEROSQL_ADDR names.
func onEachTarget(t *testing.T, test func(t *testing.T, on target)) {
	if addr := os.Getenv("AEROSQL_ADDR"); addr != "" {
		namespace := os.Getenv("AEROSQL_NAMESPACE")
		if namespace == "" {
			namespace = "test"
		}
		t.Run("server", func(t *testing.T) {
			test(t, target{seeds: strings.Split(addr, ","), namespace: namespace, real: true})
		})
		return
	}
	for _, nodes := range []int{1, 3} {
		t.Run(fmt.Sprintf("devserver of %d", nodes), func(t *testing.T) {
			test(t, startOn(t, devserver.Options{Nodes: nodes}))
		})
	}
}

// startOn starts a devserver. It is closed when the test ends.
func startOn(t *testing.T, options devserver.Options) target {
	t.Helper()
	options.Listen = "127.0.0.1:0"
	srv, err := devserver.Start(options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, srv.Close()) })
	return target{seeds: srv.Seeds(), namespace: "test", nodes: options.Nodes}
}

// open returns a client. It is closed when the test ends.
func (on target) open(t *testing.T) *cluster.Client {
	t.Helper()
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: on.seeds[:1]})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

var setCount atomic.Int64

// set returns the name of a set that no other test uses. The set is truncated when the test ends.
func (on target) set(t *testing.T, client *cluster.Client) string {
	t.Helper()
	name := fmt.Sprintf("it-%d-%d", os.Getpid(), setCount.Add(1))
	t.Cleanup(func() {
		require.NoError(t, client.Truncate(context.Background(), nil, on.namespace, name, time.Time{}))
	})
	return name
}

func (on target) key(t *testing.T, set string, user any) protocol.Key {
	t.Helper()
	key, err := protocol.NewKey(on.namespace, set, user)
	require.NoError(t, err)
	return key
}

// dsn returns the target's data source name for database/sql.
func (on target) dsn() string {
	return "aerospike://" + on.seeds[0] + "/" + on.namespace
}

// host returns the host and port of the first seed.
func (on target) host(t *testing.T) (string, int) {
	t.Helper()
	addr, err := net.ResolveTCPAddr("tcp", on.seeds[0])
	require.NoError(t, err)
	return addr.IP.String(), addr.Port
}
