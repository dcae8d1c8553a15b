package cluster_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// capture collects the messages that a server receives, in hexadecimal and without the time budget.
func capture(server *devserver.Server) *[]string {
	var got []string
	server.Intercept(func(r *devserver.Request) devserver.Action {
		if !r.InBatch && r.Kind&(devserver.Reads|devserver.Writes|devserver.Batches) != 0 {
			body := append([]byte(nil), r.Body...)
			clear(body[14:18])
			got = append(got, hex.EncodeToString(body))
		}
		return devserver.Action{}
	})
	return &got
}

// normalize replaces what differs from run to run: the transaction's id and deadline, and the
// versions of records.
func normalize(messages []string, txn *cluster.Txn) {
	monitor := protocol.MustKey("sc", "<ERO~MRT", txn.ID()).Digest()
	ends := regexp.MustCompile("0000000506[0-9a-f]{8}")
	versions := regexp.MustCompile("0000000803[0-9a-f]{14}")
	for i, m := range messages {
		m = strings.ReplaceAll(m, hex.EncodeToString(monitor[:]), " MONITOR ")
		m = strings.ReplaceAll(m, hex.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(txn.ID()))), " ID ")
		m = strings.ReplaceAll(m, "0000000905"+hex.EncodeToString(binary.LittleEndian.AppendUint64(nil, uint64(txn.ID()))), " TXN ")
		m = ends.ReplaceAllString(m, " END ")
		messages[i] = versions.ReplaceAllString(m, " VERSION ")
	}
}

// TestTxnBytes compares the commands of a transaction with those recorded from the official Go
// client (docs/wire-core.md#6.1 and 10.4).
func TestTxnBytes(t *testing.T) {
	server, c := startStrong(t, 1, nil)
	k1, k2, k3 := protocol.MustKey("sc", "demo", "k1"), protocol.MustKey("sc", "demo", "k2"), protocol.MustKey("sc", "demo", "k3")
	require.NoError(t, c.Put(t.Context(), nil, k2, bin("a", 1)))
	got := capture(server)
	txn := cluster.NewTxn(cluster.TxnOptions{})
	ctx := cluster.WithTxn(t.Context(), txn)
	_, err := c.Get(ctx, nil, k2)
	require.NoError(t, err)
	require.NoError(t, c.Put(ctx, nil, k1, bin("a", 1)))
	require.NoError(t, c.Touch(ctx, nil, k1))
	_, err = c.Commit(ctx, txn)
	require.NoError(t, err)
	normalize(*got, txn)

	const sc, demo, mrtSet = "00000003007363", "000000050164656d6f", "00000009013c45524f7e4d5254"
	digest := func(k protocol.Key) string { d := k.Digest(); return hex.EncodeToString(d[:]) }
	record := func(k protocol.Key) string { return sc + demo + "0000001504" + digest(k) }
	const monitor = sc + mrtSet + "0000001504 MONITOR "
	header := func(bits string, fields, ops int) string {
		return "16" + bits + strings.Repeat("0", 26) + fmt.Sprintf("%04x%04x", fields, ops)
	}
	require.Equal(t, []string{
		header("03000000", 4, 0) + record(k2) + " TXN ",
		header("00810000", 3, 2) + monitor + "0000000e020100026964 ID " + "00000023040400056b657964739401b504" + digest(k1) + "010d",
		header("00010000", 5, 1) + record(k1) + " TXN  END " + "0000000d02010001610000000000000001",
		header("00010000", 5, 1) + record(k1) + " TXN  END " + "000000040b000000",
		header("21004001", 4, 0) + record(k2) + " VERSION ",
		header("00010000", 3, 1) + monitor + "000000080211000366776401",
		header("00110002", 4, 0) + record(k1) + " TXN ",
		header("00130000", 3, 0) + monitor,
	}, *got)

	*got = nil
	txn = cluster.NewTxn(cluster.TxnOptions{})
	ctx = cluster.WithTxn(t.Context(), txn)
	_, err = c.BatchWrite(ctx, nil, []cluster.BatchRow{cluster.DeleteRow(nil, k2), cluster.PutRow(nil, k3, bin("a", 1))})
	require.NoError(t, err)
	_, err = c.Abort(ctx, txn)
	require.NoError(t, err)
	normalize(*got, txn)
	require.Len(t, *got, 4)
	first, second := digest(k2), digest(k3)
	require.Equal(t, header("00810000", 3, 2)+monitor+"0000000e020100026964 ID "+
		"0000003a040400056b65796473940292b504"+first+"b504"+second+"010d", (*got)[0])
	row := func(d, info string, ops int, body string) string {
		return d + "1e" + info + strings.Repeat("0", 12) + fmt.Sprintf("%04x%04x", 4, ops) + sc + demo + " TXN  END " + body
	}
	rows := header("08000000", 1, 0) + "%s" + "0000000205"
	require.Equal(t, fmt.Sprintf(rows, (*got)[1][44:54])+
		"00000000"+row(first, "00930000", 0, "")+"00000001"+row(second, "00810000", 1, "0000000d02010001610000000000000001"), (*got)[1])
	require.Contains(t, (*got)[2], row(first, "00910004", 0, ""))
	require.Contains(t, (*got)[2], row(second, "00910004", 0, ""))
	require.Equal(t, header("00130000", 3, 0)+monitor, (*got)[3])
}
