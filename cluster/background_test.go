package cluster

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// answerJob sets the node's response about a job.
func (n *fakeNode) answerJob(id uint64, show string) {
	n.set(fmt.Sprintf("query-show:id=%d", id), show)
	n.set(fmt.Sprintf("query-abort:id=%d", id), "ok")
}

func TestBackgroundTask(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		for i := range 2 {
			f.node(i).play(replyBytes(message(wire.Header{Info3: wire.Info3Last})))
		}
		task, err := c.QueryOperate(t.Context(), nil, Statement{Namespace: "test", Set: "s"}, protocol.TouchRecord())
		require.NoError(t, err)
		f.node(0).answerJob(task.ID(), "trid=1:status=done(ok):job-progress=100.00:recs-succeeded=7:recs-failed=1")
		f.node(1).answerJob(task.ID(), "trid=1:status=active(ok):job-progress=50.00:recs-succeeded=3:recs-throttled=2")
		p, err := task.Progress(t.Context())
		require.NoError(t, err)
		require.Equal(t, TaskProgress{Percent: 75, Succeeded: 10, Failed: 1, Throttled: 2}, p)
		time.AfterFunc(time.Minute, func() { f.node(1).answerJob(task.ID(), "ERROR:2:job not found") })
		require.NoError(t, task.Wait(t.Context()))
		f.node(1).answerJob(task.ID(), "trid=1:status=done(user-aborted):recs-succeeded=5")
		require.ErrorIs(t, task.Wait(t.Context()), protocol.QueryAborted)
	})
}

// TestBackgroundStartedInPart: if one node refuses, the query is aborted on the others.
func TestBackgroundStartedInPart(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		aborted := ""
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			data, _ := m.Field(wire.FieldTaskID)
			id := fmt.Sprint(uint64(data[0])<<56 | uint64(data[1])<<48 | uint64(data[2])<<40 | uint64(data[3])<<32 |
				uint64(data[4])<<24 | uint64(data[5])<<16 | uint64(data[6])<<8 | uint64(data[7]))
			aborted = "query-abort:id=" + id
			f.node(0).set(aborted, "ok")
			f.node(1).set(aborted, "ERROR:2:id not active")
			return write(conn, message(wire.Header{Info3: wire.Info3Last}))
		})
		f.node(1).play(replyCode(protocol.Forbidden))
		_, err := c.QueryExecute(t.Context(), nil, Statement{Namespace: "test"}, "p", "f")
		require.ErrorIs(t, err, protocol.Forbidden)
		var e *protocol.Error
		require.ErrorAs(t, err, &e)
		require.True(t, e.InDoubt)
		require.Equal(t, "A2", e.Node)
		require.True(t, strings.HasPrefix(aborted, "query-abort:id="))

		f.node(0).play(replyCode(protocol.Forbidden))
		_, err = c.QueryExecute(t.Context(), nil, Statement{Namespace: "test"}, "p", "f")
		require.ErrorAs(t, err, &e)
		require.False(t, e.InDoubt, "nothing was started")
		f.node(0).play(replyCode(protocol.KeyNotFound))
		f.node(1).play(replyCode(protocol.KeyNotFound))
		_, err = c.QueryExecute(t.Context(), nil, Statement{Namespace: "test", Set: "unknown"}, "p", "f")
		require.NoError(t, err)
	})
}

func TestBackgroundRefused(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		stmt := Statement{Namespace: "test"}
		for _, p := range []BackgroundPolicy{{Timeout: -5}, {RecordsPerSecond: -1}, {TTL: TTLSeconds(protocol.MaxTTL + 1)}} {
			_, err := c.QueryOperate(t.Context(), &p, stmt, protocol.TouchRecord())
			require.ErrorIs(t, err, ErrConfig)
		}
		_, err := c.QueryOperate(t.Context(), nil, stmt)
		require.ErrorIs(t, err, protocol.ErrInvalidCommand)
		_, err = c.QueryExecute(t.Context(), nil, stmt, "", "f")
		require.ErrorIs(t, err, protocol.ErrInvalidCommand)
		_, err = c.QueryExecute(t.Context(), nil, Statement{Namespace: "nosuch"}, "p", "f")
		require.ErrorIs(t, err, ErrNamespace)
		stmt.Partitions = OnePartition(1)
		_, err = c.QueryExecute(t.Context(), nil, stmt, "p", "f")
		require.ErrorIs(t, err, ErrConfig)
		require.Zero(t, f.node(0).received())
	})
}
