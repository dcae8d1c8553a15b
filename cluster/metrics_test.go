package cluster

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// TestMetricsAsJSON: the JSON of metrics has the names of the families.
func TestMetricsAsJSON(t *testing.T) {
	text, err := json.Marshal(NamespaceMetrics{Latency: map[CommandFamily]Histogram{FamilyRead: {Count: 1, Sum: 2, Max: 2}}})
	require.NoError(t, err)
	require.JSONEq(t, `{"Latency": {"read": {"Count": 1, "Sum": 2, "Max": 2}}, "Retries": 0, "Timeouts": 0, "Hedges": 0, "HedgesWon": 0, "InDoubt": 0, "Errors": null}`, string(text))
}

func counting(cfg *Config) { cfg.Metrics = true }

// namespaceTotals returns the sum of all nodes' metrics for a namespace.
func namespaceTotals(m Metrics, namespace string) (all NamespaceMetrics) {
	all.Errors = map[string]int64{}
	all.Latency = map[CommandFamily]Histogram{}
	for _, n := range m.Nodes {
		s := n.Namespaces[namespace]
		all.Retries += s.Retries
		all.Timeouts += s.Timeouts
		all.InDoubt += s.InDoubt
		for kind, count := range s.Errors {
			all.Errors[kind] += count
		}
		for family, h := range s.Latency {
			sum := all.Latency[family]
			sum.Count += h.Count
			sum.Sum += h.Sum
			all.Latency[family] = sum
		}
	}
	return all
}

func TestMetricsCountWhileEnabled(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		get := func() {
			_, err := c.Get(t.Context(), nil, testKey)
			require.NoError(t, err)
		}
		get()
		require.Empty(t, namespaceTotals(c.Metrics(), "test").Latency)
		require.False(t, c.Metrics().Enabled)
		c.EnableMetrics()
		get()
		get()
		m := c.Metrics()
		require.True(t, m.Enabled)
		node := m.Nodes[f.master(testKey).name]
		require.EqualValues(t, 2, node.Namespaces["test"].Latency[FamilyRead].Count)
		require.EqualValues(t, 2*len(answerOK), node.BytesIn)
		require.Positive(t, node.BytesOut)
		require.Equal(t, PoolMetrics{Open: 1, Idle: 1, Max: DefaultMaxConnsPerNode, Opened: 1}, node.Pool)
		require.NotEmpty(t, node.Address)
		c.DisableMetrics()
		get()
		paused := c.Metrics()
		require.Equal(t, node.Namespaces, paused.Nodes[f.master(testKey).name].Namespaces)
		require.Equal(t, node.BytesIn, paused.Nodes[f.master(testKey).name].BytesIn)
	})
}

func TestMetricsOfFailures(t *testing.T) {
	bubble(t, 2, counting, func(t *testing.T, f *fakeNet, c *Client) {
		ctx := t.Context()
		f.master(testKey).playOnce(hangUp)
		_, err := c.Get(ctx, nil, testKey)
		require.NoError(t, err)
		s := namespaceTotals(c.Metrics(), "test")
		require.Equal(t, map[string]int64{FailureLost: 1}, s.Errors)
		require.EqualValues(t, 1, s.Retries)
		require.EqualValues(t, 2, s.Latency[FamilyRead].Count)

		f.master(testKey).play(replyNothing)
		require.ErrorIs(t, c.Put(ctx, nil, testKey, testBins), ErrTimeout)
		s = namespaceTotals(c.Metrics(), "test")
		require.EqualValues(t, 1, s.Timeouts)
		require.EqualValues(t, 1, s.InDoubt)
		require.EqualValues(t, 1, s.Errors[FailureTimeout])
		require.EqualValues(t, DefaultTotalTimeout, s.Latency[FamilyWrite].Sum)

		f.master(testKey).play(replyCode(protocol.GenerationError))
		require.ErrorIs(t, c.Put(ctx, nil, testKey, testBins), protocol.GenerationError)
		f.master(testKey).play(replyCode(protocol.ServerTimeout))
		require.ErrorIs(t, c.Put(ctx, nil, testKey, testBins), protocol.ServerTimeout)
		f.master(testKey).play(replyBytes([]byte{9, 9, 0, 0, 0, 0, 0, 0}))
		require.ErrorIs(t, c.Put(ctx, nil, testKey, testBins), protocol.ErrMalformed)
		s = namespaceTotals(c.Metrics(), "test")
		require.EqualValues(t, 2, s.Timeouts, "one result code of the server")
		require.EqualValues(t, 3, s.InDoubt)
		require.Equal(t, map[string]int64{
			FailureLost: 1, FailureTimeout: 1, "GENERATION_ERROR": 1, "TIMEOUT": 1, FailureMalformed: 1,
		}, s.Errors)

		canceled, cancel := context.WithCancel(ctx)
		f.master(testKey).play(func(net.Conn, *wire.Message) bool { cancel(); return true })
		require.ErrorIs(t, c.Touch(canceled, nil, testKey), context.Canceled)
		require.EqualValues(t, 1, namespaceTotals(c.Metrics(), "test").Errors[FailureCanceled])
		require.ErrorIs(t, c.Put(ctx, nil, testKey, nil), protocol.ErrInvalidCommand)
		require.Zero(t, namespaceTotals(c.Metrics(), "test").Errors[FailureOther], "nothing is sent")
	})
}

func TestMetricsOfThePool(t *testing.T) {
	small := func(cfg *Config) { cfg.Metrics, cfg.MaxConnsPerNode = true, 1 }
	bubble(t, 1, small, func(t *testing.T, f *fakeNet, c *Client) {
		release := make(chan struct{})
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			<-release
			return replyOK(conn, m)
		})
		var callers sync.WaitGroup
		callers.Go(func() { c.Get(t.Context(), &ReadPolicy{TotalTimeout: NoTimeout}, testKey) })
		time.Sleep(time.Millisecond)
		callers.Go(func() { c.Get(t.Context(), &ReadPolicy{TotalTimeout: NoTimeout}, testKey) })
		time.Sleep(time.Millisecond)
		require.Equal(t, PoolMetrics{Open: 1, InUse: 1, Waiting: 1, Max: 1, Opened: 1}, c.Metrics().Nodes["A1"].Pool)
		_, err := c.Get(t.Context(), &ReadPolicy{MaxRetries: NoRetries}, testKey)
		require.ErrorIs(t, err, ErrPoolExhausted)
		s := namespaceTotals(c.Metrics(), "test")
		require.EqualValues(t, 1, s.Errors[FailurePool])
		require.EqualValues(t, 1, s.Timeouts)
		close(release)
		callers.Wait()

		f.node(0).stop()
		_, err = c.Get(t.Context(), &ReadPolicy{MaxRetries: NoRetries}, testKey)
		require.ErrorIs(t, err, ErrConnect)
		pool := c.Metrics().Nodes["A1"].Pool
		require.Positive(t, pool.Failed)
		require.EqualValues(t, 1, pool.Closed)
		require.EqualValues(t, 1, namespaceTotals(c.Metrics(), "test").Errors[FailureConnect])
	})
}

func TestMetricsOfBatchesAndQueries(t *testing.T) {
	bubble(t, 2, counting, func(t *testing.T, f *fakeNet, c *Client) {
		for i := range 2 {
			f.node(i).play(batchRows(0, func(r *wire.ParsedRow) wire.Header {
				if binary.BigEndian.Uint16(r.Digest[4:])%2 == 0 {
					return wire.Header{ResultCode: protocol.KeyNotFound}
				}
				return wire.Header{Generation: 1}
			}))
		}
		results, err := c.BatchExists(t.Context(), nil, testKeys(50))
		require.NoError(t, err)
		missing := int64(0)
		for _, r := range results {
			if r.Err != nil {
				missing++
			}
		}
		require.Positive(t, missing)
		s := namespaceTotals(c.Metrics(), "test")
		require.EqualValues(t, 2, s.Latency[FamilyBatch].Count, "one for each node")
		require.Equal(t, map[string]int64{"KEY_NOT_FOUND": missing}, s.Errors)
		require.Zero(t, s.Retries)

		for i := range 2 {
			f.node(i).play(hangUp)
		}
		rows := []BatchRow{PutRow(nil, testKeys(2)[0], testBins), PutRow(nil, testKeys(2)[1], testBins)}
		_, err = c.BatchWrite(t.Context(), nil, rows)
		require.True(t, inDoubt(err))
		require.EqualValues(t, 2, namespaceTotals(c.Metrics(), "test").InDoubt)

		for i := range 2 {
			f.node(i).play(scanRows(1, 0))
		}
		for _, err := range c.Scan(t.Context(), nil, "test", "s") {
			require.NoError(t, err)
		}
		require.EqualValues(t, 2, namespaceTotals(c.Metrics(), "test").Latency[FamilyQuery].Count)
		_, err = c.InfoAll(t.Context(), nil, "status")
		require.NoError(t, err)
		require.EqualValues(t, 2, namespaceTotals(c.Metrics(), "").Latency[FamilyInfo].Count)
	})
}

// A recorder is an observer that keeps what it receives.
type recorder struct {
	mu     sync.Mutex
	starts []CommandStart
	tries  []CommandTry
	ends   []CommandEnd
}

type recorderKey struct{}

func (r *recorder) CommandStart(ctx context.Context, c CommandStart) context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.starts = append(r.starts, c)
	return context.WithValue(ctx, recorderKey{}, c.Name)
}

func (r *recorder) CommandTry(ctx context.Context, t CommandTry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ctx.Value(recorderKey{}) != r.starts[len(r.starts)-1].Name {
		panic("another command's context")
	}
	r.tries = append(r.tries, t)
}

func (r *recorder) CommandEnd(_ context.Context, e CommandEnd) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ends = append(r.ends, e)
}

func TestObserver(t *testing.T) {
	rec, second := new(recorder), new(recorder)
	watched := func(cfg *Config) { cfg.Observer = Observers(rec, second) }
	bubble(t, 2, watched, func(t *testing.T, f *fakeNet, c *Client) {
		f.master(testKey).playOnce(hangUp)
		before := time.Now()
		_, err := c.Get(t.Context(), nil, testKey)
		require.NoError(t, err)
		require.Equal(t, []CommandStart{{Name: "Get", Family: FamilyRead, Namespace: "test", Set: "s", Time: before}}, rec.starts)
		require.Len(t, rec.tries, 2)
		require.Error(t, rec.tries[0].Err)
		require.Equal(t, f.master(testKey).name, rec.tries[0].Node.Name())
		require.NoError(t, rec.tries[1].Err)
		require.Equal(t, 2, rec.tries[1].Number)
		require.Equal(t, f.replica(testKey).name, rec.tries[1].Node.Name())
		require.Len(t, rec.ends, 1)
		require.Equal(t, rec.starts[0], rec.ends[0].CommandStart)
		require.Equal(t, 2, rec.ends[0].Tries)
		require.NoError(t, rec.ends[0].Err)
		require.Len(t, second.tries, 2)

		f.master(testKey).play(replyCode(protocol.KeyExists))
		err = c.Put(t.Context(), nil, testKey, testBins)
		require.Equal(t, err, rec.ends[1].Err)
	})
}

// TestObserverSeesEveryMethod: every method reports its name and its end.
func TestObserverSeesEveryMethod(t *testing.T) {
	rec := new(recorder)
	watched := func(cfg *Config) { cfg.Observer = rec }
	bubble(t, 1, watched, func(t *testing.T, f *fakeNet, c *Client) {
		ctx, keys := t.Context(), testKeys(2)
		stmt := Statement{Namespace: "test", Set: "s"}
		touch := protocol.TouchRecord()
		for name, run := range map[string]func(){
			"Get": func() { c.Get(ctx, nil, testKey) }, "GetHeader": func() { c.GetHeader(ctx, nil, testKey) }, "Exists": func() { c.Exists(ctx, nil, testKey) },
			"Put": func() { c.Put(ctx, nil, testKey, testBins) }, "Add": func() { c.Add(ctx, nil, testKey, testBins) },
			"Append": func() { c.Append(ctx, nil, testKey, testBins) }, "Prepend": func() { c.Prepend(ctx, nil, testKey, testBins) },
			"Touch": func() { c.Touch(ctx, nil, testKey) }, "Delete": func() { c.Delete(ctx, nil, testKey) },
			"Operate": func() { c.Operate(ctx, nil, testKey, touch) }, "Execute": func() { c.Execute(ctx, nil, testKey, "m", "f") },
			"BatchRead": func() { c.BatchRead(ctx, nil, keys) }, "BatchExists": func() { c.BatchExists(ctx, nil, keys) },
			"BatchWrite": func() { c.BatchWrite(ctx, nil, []BatchRow{ReadRow(testKey)}) }, "BatchOperate": func() { c.BatchOperate(ctx, nil, keys, touch) },
			"BatchDelete": func() { c.BatchDelete(ctx, nil, keys) }, "BatchExecute": func() { c.BatchExecute(ctx, nil, keys, "m", "f") },
			"Query": func() {
				for range c.Query(ctx, &QueryPolicy{MaxRetries: NoRetries}, stmt) {
				}
			},
			"Aggregate": func() {
				for range c.Aggregate(ctx, nil, stmt, "m", "f") {
				}
			},
			"QueryOperate": func() { c.QueryOperate(ctx, nil, stmt, touch) }, "QueryExecute": func() { c.QueryExecute(ctx, nil, stmt, "m", "f") },
			"Info": func() { c.Info(ctx, nil, "status") }, "InfoNode": func() { c.InfoNode(ctx, nil, "A1", "status") }, "InfoAll": func() { c.InfoAll(ctx, nil, "status") },
		} {
			*rec = recorder{}
			f.node(0).play(func(conn net.Conn, m *wire.Message) bool { return replyCode(protocol.AlwaysForbidden)(conn, m) })
			run()
			require.NotEmpty(t, rec.starts, name)
			require.Equal(t, name, rec.starts[0].Name)
			require.Len(t, rec.ends, len(rec.starts), name)
			require.Len(t, rec.tries, len(rec.starts), name)
			require.Equal(t, len(rec.starts[0].Name) > 5 && rec.starts[0].Name[:5] == "Batch", rec.starts[0].Family == FamilyBatch, name)
		}
	})
}

func TestLogObserver(t *testing.T) {
	var text bytes.Buffer
	logged := func(level slog.Level) func(cfg *Config) {
		text.Reset()
		logger := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))
		return func(cfg *Config) { cfg.Observer = LogObserver(logger, 500*time.Millisecond) }
	}
	script := func(t *testing.T, f *fakeNet, c *Client) {
		c.Get(t.Context(), nil, testKey)
		f.node(0).playOnce(replyCode(protocol.KeyNotFound))
		c.Get(t.Context(), nil, testKey)
		f.node(0).playOnce(func(conn net.Conn, m *wire.Message) bool {
			time.Sleep(600 * time.Millisecond)
			return replyOK(conn, m)
		})
		c.Get(t.Context(), nil, testKey)
		f.node(0).playOnce(hangUp)
		c.Put(t.Context(), nil, testKey, testBins)
	}
	bubble(t, 1, logged(slog.LevelInfo), script)
	require.Equal(t, `level=INFO msg="aerospike: slow command" command=Get namespace=test set=s duration=600ms tries=1
level=WARN msg="aerospike: command failed" command=Put namespace=test set=s duration=0s tries=1 error="aerospike: Put test:s:k: connection to 127.0.0.1:3000: unexpected EOF [node A1] [in doubt: the write may have been applied; read the record to find out before you repeat it]" in_doubt=true
`, text.String())
	bubble(t, 1, logged(slog.LevelDebug), script)
	require.Contains(t, text.String(), `level=DEBUG msg="aerospike: try failed" node=A1 try=1 duration=0s error="connection to 127.0.0.1:3000: unexpected EOF"`)
	bubble(t, 1, logged(slog.LevelError), script)
	require.Empty(t, text.String())
}

func TestInDoubtOfBatches(t *testing.T) {
	sure, unsure := &protocol.Error{}, &protocol.Error{InDoubt: true}
	require.False(t, inDoubt(nil))
	require.False(t, inDoubt(errors.New("x")))
	require.True(t, inDoubt(unsure))
	require.True(t, inDoubt(&BatchError{Results: []BatchResult{{}, {Err: sure}, {Err: unsure}}}))
	require.False(t, inDoubt(&BatchError{Results: []BatchResult{{}, {Err: sure}}}))
}

func TestHistogram(t *testing.T) {
	var m latencyMeter
	require.Zero(t, m.histogram())
	var none Histogram
	require.Zero(t, none.Mean()+none.Quantile(0.5))
	for i := range 1000 {
		m.add(time.Duration(i) * time.Millisecond)
	}
	h := m.histogram()
	require.EqualValues(t, 1000, h.Count)
	require.Equal(t, 999*time.Millisecond, h.Max)
	require.Equal(t, 499500*time.Microsecond, h.Mean())
	require.InEpsilon(t, 500*time.Millisecond, h.Quantile(0.5), 0.25)
	require.InEpsilon(t, 990*time.Millisecond, h.Quantile(0.99), 0.25)
	require.Equal(t, h.Max, h.Quantile(1))
	require.Less(t, h.Quantile(0), 2*time.Microsecond)
}

// TestHistogramBuckets: every duration is in the right bucket, and buckets are adjacent.
func TestHistogramBuckets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "d"))
		var m latencyMeter
		m.add(d)
		h := m.histogram()
		seen := false
		for b := range h.Buckets() {
			require.False(t, seen)
			seen = true
			require.EqualValues(t, 1, b.Count)
			require.GreaterOrEqual(t, d, b.Begin)
			last := bucketOf(d) == buckets-1
			require.True(t, d < b.End || last)
			require.True(t, last || b.Begin < 4*time.Microsecond || 4*(b.End-b.Begin) <= b.Begin, "%v", b)
		}
		require.True(t, seen)
		require.Equal(t, d, h.Quantile(1))
	})
	for i := range buckets - 1 {
		require.Less(t, bucketEnd(i), bucketEnd(i+1))
		require.Equal(t, i+1, bucketOf(bucketEnd(i)))
		require.Equal(t, i, bucketOf(bucketEnd(i)-1))
	}
}

// BenchmarkProbe measures what metrics add to a command.
func BenchmarkProbe(b *testing.B) {
	node := &Node{name: "A1"}
	start := CommandStart{Name: "Get", Namespace: "test", Set: "s"}
	for name, on := range map[string]bool{"off": false, "counted": true} {
		b.Run(name, func(b *testing.B) {
			c := &Client{env: env{meter: newMeter(on)}}
			ctx, none := context.Background(), failure{}
			for b.Loop() {
				if !c.observed(ctx) {
					continue
				}
				var p probe
				p.begin(ctx, c, start)
				p.recordTry(node, p.start.Time, &none)
				p.countInDoubt("test", nil)
				p.end(nil, 0)
			}
		})
	}
}
