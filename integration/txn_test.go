package integration

import (
	"encoding/binary"
	"encoding/hex"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// strongServer starts a devserver with a namespace "test" that has strong consistency. got collects
// the record messages that it receives, in hexadecimal and without the timeout field.
func strongServer(t *testing.T) (address string, got *[]string) {
	server, err := devserver.Start(devserver.Options{
		Listen: "127.0.0.1:0", Edition: devserver.Enterprise,
		Namespaces: []devserver.NamespaceOptions{{Name: "test", StrongConsistency: true}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	got = new([]string)
	server.Intercept(func(r *devserver.Request) devserver.Action {
		if !r.InBatch && r.Kind&(devserver.Reads|devserver.Writes|devserver.Batches) != 0 {
			body := append([]byte(nil), r.Body...)
			clear(body[14:18])
			*got = append(*got, hex.EncodeToString(body))
		}
		return devserver.Action{}
	})
	return server.Seeds()[0], got
}

// normalize replaces what differs from run to run: the transaction's id, its deadline, and the
// versions of records.
func normalize(messages []string, id int64) []string {
	monitor := protocol.MustKey("test", "<ERO~MRT", id).Digest()
	ends := regexp.MustCompile("0000000506[0-9a-f]{8}")
	versions := regexp.MustCompile("0000000803[0-9a-f]{14}")
	for i, m := range messages {
		m = strings.ReplaceAll(m, hex.EncodeToString(monitor[:]), " MONITOR ")
		m = strings.ReplaceAll(m, hex.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(id))), " ID ")
		m = strings.ReplaceAll(m, hex.EncodeToString(binary.LittleEndian.AppendUint64(nil, uint64(id))), " TXN ")
		m = ends.ReplaceAllString(m, " END ")
		messages[i] = versions.ReplaceAllString(m, " VERSION ")
	}
	return messages
}

// TestTransactionMessages runs the same transactions with both clients, and compares the bytes that
// they send.
func TestTransactionMessages(t *testing.T) {
	address, theirs := strongServer(t)
	host, portText, err := net.SplitHostPort(address)
	require.NoError(t, err)
	port, err := strconv.Atoi(portText)
	require.NoError(t, err)
	official, err := as.NewClient(host, port)
	require.NoError(t, err)
	defer official.Close()
	address, ours := strongServer(t)
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: []string{address}})
	require.NoError(t, err)
	defer client.Close()

	officialTransaction(t, official, theirs)
	ourTransaction(t, client, ours)
	require.Len(t, *theirs, 15)
	require.Equal(t, *theirs, *ours)
}

// Both clients read the missing k2, write and touch k1, and commit; then send a batch of two writes
// and a read, and abort. The messages after the batch are not compared, because each client rolls
// the records back in its own order.
func officialTransaction(t *testing.T, client *as.Client, got *[]string) {
	newKey := func(id string) *as.Key {
		k, err := as.NewKey("test", "demo", id)
		require.NoError(t, err)
		return k
	}
	txn := as.NewTxn()
	write, read := as.NewWritePolicy(0, 0), as.NewPolicy()
	write.Txn, read.Txn = txn, txn
	_, err := client.Exists(read, newKey("k2"))
	require.NoError(t, err)
	require.NoError(t, client.PutBins(write, newKey("k1"), as.NewBin("a", 1)))
	require.NoError(t, client.Touch(write, newKey("k1")))
	status, err := client.Commit(txn)
	require.NoError(t, err)
	require.Equal(t, as.CommitStatusOK, status)
	first := normalize(*got, txn.Id())

	*got = nil
	txn = as.NewTxn()
	batch, durable := as.NewBatchPolicy(), as.NewBatchDeletePolicy()
	batch.Txn, durable.DurableDelete = txn, true
	require.NoError(t, client.BatchOperate(batch, []as.BatchRecordIfc{
		as.NewBatchDelete(durable, newKey("k1")),
		as.NewBatchWrite(nil, newKey("k3"), as.PutOp(as.NewBin("a", 1))),
		as.NewBatchRead(nil, newKey("k4"), []string{"a"}),
	}))
	second := normalize(*got, txn.Id())

	*got = nil
	once := as.NewWritePolicy(0, 0)
	once.Txn, once.OnLockingOnly = txn, true
	require.Error(t, client.PutBins(once, newKey("k3"), as.NewBin("a", 1)))
	third := normalize(*got, txn.Id())
	_, err = client.Abort(txn)
	require.NoError(t, err)

	*got = nil
	alone := as.NewTxn()
	write.Txn = alone
	require.NoError(t, client.PutBins(write, newKey("k5"), as.NewBin("a", 1)))
	_, err = client.Abort(alone)
	require.NoError(t, err)
	*got = append(append(append(first, second...), third...), normalize(*got, alone.Id())...)
}

func ourTransaction(t *testing.T, client *cluster.Client, got *[]string) {
	newKey := func(id string) protocol.Key { return protocol.MustKey("test", "demo", id) }
	bins := protocol.Bins{protocol.NewBin("a", 1)}
	txn := cluster.NewTxn(cluster.TxnOptions{})
	ctx := cluster.WithTxn(t.Context(), txn)
	_, err := client.Exists(ctx, nil, newKey("k2"))
	require.NoError(t, err)
	require.NoError(t, client.Put(ctx, nil, newKey("k1"), bins))
	require.NoError(t, client.Touch(ctx, nil, newKey("k1")))
	status, err := client.Commit(ctx, txn)
	require.NoError(t, err)
	require.Equal(t, cluster.CommitOK, status)
	first := normalize(*got, txn.ID())

	*got = nil
	txn = cluster.NewTxn(cluster.TxnOptions{})
	ctx = cluster.WithTxn(t.Context(), txn)
	_, err = client.BatchWrite(ctx, nil, []cluster.BatchRow{
		cluster.DeleteRow(nil, newKey("k1")), cluster.PutRow(nil, newKey("k3"), bins), cluster.ReadRow(newKey("k4"), "a"),
	})
	require.NoError(t, err)
	second := normalize(*got, txn.ID())

	*got = nil
	require.ErrorIs(t, client.Put(ctx, &cluster.WritePolicy{OnLockingOnly: true}, newKey("k3"), bins), protocol.TransactionAlreadyLocked)
	third := normalize(*got, txn.ID())
	_, err = client.Abort(ctx, txn)
	require.NoError(t, err)

	*got = nil
	alone := cluster.NewTxn(cluster.TxnOptions{})
	ctx = cluster.WithTxn(t.Context(), alone)
	require.NoError(t, client.Put(ctx, nil, newKey("k5"), bins))
	_, err = client.Abort(ctx, alone)
	require.NoError(t, err)
	*got = append(append(append(first, second...), third...), normalize(*got, alone.ID())...)
}
