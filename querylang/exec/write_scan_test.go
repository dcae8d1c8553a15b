package exec

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// fill stores n records with a = i % modulo in the set t.
func (s *session) fill(n, modulo int) {
	rows := make([]cluster.BatchRow, n)
	for i := range rows {
		bins := protocol.Bins{protocol.NewBin("a", i%modulo), protocol.NewBin("b", 0)}
		rows[i] = cluster.PutRow(&cluster.WritePolicy{SendKey: true}, protocol.MustKey("test", "t", i), bins)
	}
	_, err := s.client.BatchWrite(s.ctx, nil, rows)
	require.NoError(s.t, err)
}

// More statements that scan and write than connections run at the same time. All succeed, and each
// changes every record once.
func TestScanWritesShareFewConnections(t *testing.T) {
	server, err := devserver.Start(devserver.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, MaxConnsPerNode: 2, TendInterval: 50 * time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	options := Options{}
	options.Policies.Write.SendKey, options.Policies.Batch.SendKey = true, true
	options.Policies.Batch.TotalTimeout = time.Minute // the machine may be slow; the connections are not
	options.Policies.Write.TotalTimeout, options.Policies.Read.TotalTimeout = time.Minute, time.Minute
	s := &session{t: t, ctx: t.Context(), client: client, engine: New(client, options)}
	const records, statements = 600, 8
	s.fill(records, 1)
	var group sync.WaitGroup
	var affected atomic.Int64
	for range statements {
		group.Go(func() {
			n, err := s.try("UPDATE t SET b = b + 1 WHERE a = 0 AND b >= 0")
			if err != nil {
				t.Error(err)
			}
			affected.Add(n)
		})
	}
	group.Wait()
	require.EqualValues(t, statements*records, affected.Load())
	n, err := s.try(fmt.Sprintf("DELETE FROM t WHERE b = %d", statements))
	require.NoError(t, err)
	require.EqualValues(t, records, n)
}

// Every record is written once, whatever part of the set matches.
func TestScanWritePages(t *testing.T) {
	s := openSession(t, Options{})
	const records = 3000
	s.fill(records, 100)
	for where, want := range map[string]int64{
		"a < 100": records, "a = 0": records / 100, "a < 50": records / 2, "a < 10": records / 10, "a = 100": 0,
		"a <> 7": records - records/100,
	} {
		n, err := s.try("UPDATE t SET b = b + 1 WHERE " + where)
		require.NoError(t, err, where)
		require.Equal(t, want, n, where)
	}
	n, err := s.try("DELETE FROM t")
	require.NoError(t, err)
	require.EqualValues(t, records, n)
}
