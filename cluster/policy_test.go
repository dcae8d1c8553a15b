package cluster

import (
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/internal/route"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func TestContradictoryPolicies(t *testing.T) {
	for want, p := range map[string]interface{ validate() error }{
		"ReadPolicy.SleepMultiplier is 0.5":    &ReadPolicy{SleepMultiplier: 0.5},
		"WritePolicy.SleepMultiplier is -1":    &WritePolicy{SleepMultiplier: -1},
		"BatchPolicy.SleepMultiplier is 1e+09": &BatchPolicy{SleepMultiplier: 1e9},
		"ReadPolicy.TimeoutDelay is -1ns":      &ReadPolicy{TimeoutDelay: -1},
		"QueryPolicy.CompressThreshold is":     &QueryPolicy{CompressThreshold: 5},
		"WritePolicy.CompressThreshold is neg": &WritePolicy{Compress: true, CompressThreshold: -5},
		"ReadPolicy has an unknown Replica":    &ReadPolicy{Replica: ReplicaPreferRack + 1},
		"unknown Replica, Hedge, ReadMo":       &ReadPolicy{Hedge: HedgeAuto + 1},
		"unknown Replica (0) or ExpectedDurat": &QueryPolicy{ExpectedDuration: 9},
		"QueryPolicy.RecordsPerSecond is set":  &QueryPolicy{ExpectedDuration: ShortQuery, RecordsPerSecond: 1},
		"BackgroundPolicy.TTL is 315360001 s":  &BackgroundPolicy{TTL: TTL(protocol.MaxTTL + 1)},
	} {
		err := p.validate()
		require.ErrorIs(t, err, ErrConfig)
		require.ErrorContains(t, err, want)
	}
	for _, p := range []interface{ validate() error }{
		&ReadPolicy{SleepMultiplier: 1.5, TimeoutDelay: time.Second, Compress: true, Replica: ReplicaPreferRack},
		&WritePolicy{Compress: true, CompressThreshold: 1000, TTL: TTLClientDefault}, &BackgroundPolicy{},
	} {
		require.NoError(t, p.validate())
	}
}

func TestSleepMultiplier(t *testing.T) {
	l := limits{sleep: time.Second, multiplier: 2}
	require.Equal(t, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, maxSleep},
		[]time.Duration{l.pause(1), l.pause(2), l.pause(3), l.pause(300)})
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyCode(protocol.ServerTimeout))
		start := time.Now()
		_, err := c.Get(t.Context(), &ReadPolicy{TotalTimeout: NoTimeout, MaxRetries: 3, SleepBetweenRetries: time.Second, SleepMultiplier: 3},
			protocol.MustKey("test", "s", 1))
		require.ErrorIs(t, err, protocol.ServerTimeout)
		require.Equal(t, (1+3+9)*time.Second, time.Since(start))
	})
}

// TestTimeoutDelay: the late response is discarded, and the connection is reused.
func TestTimeoutDelay(t *testing.T) {
	for name, c := range map[string]struct {
		delay time.Duration
		dials int
	}{"the answer comes in time": {5 * time.Second, 2}, "it comes too late": {time.Second, 3}, "none": {0, 3}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, nil, func(t *testing.T, f *fakeNet, client *Client) {
				key := protocol.MustKey("test", "s", 1)
				f.node(0).playOnce(func(conn net.Conn, m *wire.Message) bool {
					time.Sleep(3 * time.Second)
					return write(conn, message(wire.Header{ResultCode: protocol.Forbidden}))
				})
				p := &ReadPolicy{TotalTimeout: time.Second, TimeoutDelay: c.delay, MaxRetries: NoRetries}
				_, err := client.Get(t.Context(), p, key)
				require.ErrorIs(t, err, ErrTimeout)
				time.Sleep(4 * time.Second)
				synctest.Wait()
				rec, err := client.Get(t.Context(), p, key)
				require.NoError(t, err)
				require.Len(t, rec.Bins, 1, "its own response")
				require.Equal(t, c.dials, f.node(0).dialed(), "one connection is for tending")
			})
		})
	}
}

// TestTimeoutDelayDuringClose: closing the client does not wait for the late response.
func TestTimeoutDelayDuringClose(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyNothing)
		_, err := c.Get(t.Context(), &ReadPolicy{SocketTimeout: time.Second, TotalTimeout: NoTimeout, TimeoutDelay: time.Hour, MaxRetries: NoRetries},
			protocol.MustKey("test", "s", 1))
		require.ErrorIs(t, err, ErrTimeout)
		start := time.Now()
		require.NoError(t, c.Close())
		require.Zero(t, time.Since(start))
	})
}

func TestCompression(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		key, long := protocol.MustKey("test", "s", 1), protocol.Bins{protocol.NewBin("a", strings.Repeat("x", 500))}
		p := &WritePolicy{Compress: true}
		require.NoError(t, c.Put(t.Context(), p, key, protocol.Bins{protocol.NewBin("a", 1)}))
		require.Zero(t, f.node(0).compressed, "small requests are not compressed")
		require.NoError(t, c.Put(t.Context(), p, key, long))
		require.Equal(t, 1, f.node(0).compressed)
		require.NoError(t, c.Put(t.Context(), &WritePolicy{Compress: true, CompressThreshold: 5000}, key, long))
		require.NoError(t, c.Put(t.Context(), nil, key, long))
		require.Equal(t, 1, f.node(0).compressed)

		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			require.NotZero(t, m.Info1&wire.Info1CompressResponses)
			answer, err := wire.AppendCompressed(nil, answerOK)
			require.NoError(t, err)
			return write(conn, answer)
		})
		rec, err := c.Get(t.Context(), &ReadPolicy{Compress: true}, key)
		require.NoError(t, err)
		require.Equal(t, map[string]any{"n": int64(7)}, rec.Bins.Map())
		for name, answer := range map[string][]byte{
			"garbage":    frame(wire.ProtoCompressed, append(make([]byte, 7), "\x40garbage of some length"...)),
			"other type": compressed(t, frame(wire.ProtoInfo, []byte("a\tb\n"))),
			"wrong size": compressed(t, append(answerOK[:len(answerOK):len(answerOK)], 1)),
			"nested":     compressed(t, compressed(t, answerOK)),
		} {
			f.node(0).play(replyBytes(answer))
			_, err = c.Get(t.Context(), &ReadPolicy{Compress: true}, key)
			require.ErrorIs(t, err, protocol.ErrMalformed, name)
		}
	})
}

func compressed(t *testing.T, message []byte) []byte {
	t.Helper()
	b, err := wire.AppendCompressed(nil, message)
	require.NoError(t, err)
	return b
}

func TestTTLClientDefault(t *testing.T) {
	bubble(t, 1, func(cfg *Config) { cfg.Policies.Write.TTL = TTLSeconds(77) }, func(t *testing.T, f *fakeNet, c *Client) {
		var ttl uint32
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			ttl = m.RecordTTL
			return replyOK(conn, m)
		})
		for p, want := range map[*WritePolicy]uint32{nil: 77, {TTL: TTLClientDefault}: 77, {}: 0} {
			require.NoError(t, c.Touch(t.Context(), p, protocol.MustKey("test", "s", 1)))
			require.Equal(t, want, ttl)
		}
		_, err := f.config(func(cfg *Config) { cfg.Policies.Write.TTL = TTLClientDefault }).withDefaults()
		require.ErrorIs(t, err, ErrConfig)
	})
}

// TestRowWithPolicy: a row's own policy replaces the batch's.
func TestRowWithPolicy(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		var seen wire.Message
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			seen = *m
			return replyOK(conn, m)
		})
		key, p := protocol.MustKey("test", "s", 1), &BatchPolicy{ReadTouchTTLPercent: 20}
		_, err := c.BatchWrite(t.Context(), p, []BatchRow{ReadRow(key)})
		require.NoError(t, err)
		require.EqualValues(t, 20, seen.RecordTTL)
		_, err = c.BatchWrite(t.Context(), p, []BatchRow{HeaderRow(key).With(&ReadPolicy{ReadTouchTTLPercent: 90, ReadModeAP: ReadAll, Filter: []byte{0xc3}})})
		require.NoError(t, err)
		require.EqualValues(t, 90, seen.RecordTTL)
		require.NotZero(t, seen.Info1&wire.Info1ConsistencyAll)
		filter, _ := seen.Field(wire.FieldFilterExp)
		require.Equal(t, []byte{0xc3}, filter)
		_, err = c.BatchWrite(t.Context(), p, []BatchRow{ReadRow(key).With(&ReadPolicy{ReadTouchTTLPercent: 900})})
		require.ErrorIs(t, err, ErrConfig)
	})
}

// TestReplicaPolicyNumbers: package route has the same policies in the same order.
func TestReplicaPolicyNumbers(t *testing.T) {
	for ours, theirs := range map[ReplicaPolicy]route.Policy{
		ReplicaSequence: route.Sequence, ReplicaMaster: route.Master, ReplicaMasterProles: route.MasterProles,
		ReplicaRandom: route.Random, ReplicaPreferRack: route.PreferRack,
	} {
		require.Equal(t, theirs, route.Policy(ours))
	}
}

func TestPreferRack(t *testing.T) {
	cfg := func(cfg *Config) { cfg.RackIDs = []int{2, 1} }
	bubble(t, 3, cfg, func(t *testing.T, f *fakeNet, c *Client) {
		order := func(policy call) (names []string) {
			for turn := range 2 {
				n, err := c.choose("test", 0, &policy, turn)
				require.Nil(t, err)
				names = append(names, n.Name())
			}
			return names
		}
		prefer := call{replica: ReplicaPreferRack}
		require.Equal(t, []string{"A1", "A2"}, order(prefer), "racks are unknown")
		for i, racks := range []string{"test:1;bar:2", "test:2", "ERROR:25:enterprise only"} {
			f.node(i).set("rack-ids", racks)
			f.node(i).set("rebalance-generation", "8")
		}
		tendRounds(2)
		require.Equal(t, []string{"A2", "A1"}, order(prefer))
		require.Equal(t, []string{"A1", "A2"}, order(call{}), "other policies ignore racks")
		require.Equal(t, []string{"A1", "A1"}, order(call{replica: ReplicaPreferRack, write: true}))
		id, known := c.Nodes()[0].Rack("test")
		require.True(t, known && id == 1)
		_, known = c.Nodes()[2].Rack("test")
		require.False(t, known)
	})
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		_, err := c.Get(t.Context(), &ReadPolicy{Replica: ReplicaPreferRack}, protocol.MustKey("test", "s", 1))
		require.ErrorIs(t, err, ErrConfig)
		require.ErrorContains(t, err, "RackIDs")
	})
}
