package integration

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

var one = protocol.Bins{protocol.NewBin("n", 1)}

// onEnterprise runs a test on in-process clusters that report the Enterprise Edition, or on the
// server that AEROSQL_ADDR names if it is of that edition.
func onEnterprise(t *testing.T, what string, test func(t *testing.T, on target)) {
	onEachTarget(t, func(t *testing.T, on target) {
		if !on.real {
			on = startOn(t, devserver.Options{Nodes: on.nodes, Edition: devserver.Enterprise})
		} else if answer, err := on.open(t).Info(t.Context(), nil, "edition"); err != nil || answer["edition"] != devserver.Enterprise.String() {
			t.Skipf("the server is of the %s, which has no %s (%v)", answer["edition"], what, err)
		}
		test(t, on)
	})
}

// TestFilterHidesRecords checks that every command with a filter ignores records that do not match
// it.
func TestFilterHidesRecords(t *testing.T) {
	never := exp.Filter(exp.Eq(exp.IntBin("n"), exp.IntVal(99)))
	always := exp.Filter(exp.Eq(exp.IntBin("n"), exp.IntVal(1)))
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set, functions := on.set(t, client), functions(t, client, statistics)
		key := on.key(t, set, 1)
		require.NoError(t, client.Put(ctx, nil, key, one))
		run := func(filter []byte) map[string]error {
			r, w := &cluster.ReadPolicy{Filter: filter}, &cluster.WritePolicy{Filter: filter}
			_, get := client.Get(ctx, r, key)
			_, header := client.GetHeader(ctx, r, key)
			_, exists := client.Exists(ctx, r, key)
			_, operate := client.Operate(ctx, w, key, protocol.GetBin("n"))
			_, execute := client.Execute(ctx, w, key, functions, "same")
			return map[string]error{
				"get": get, "header": header, "exists": exists, "operate": operate, "execute": execute, "touch": client.Touch(ctx, w, key),
				"put": client.Put(ctx, w, key, protocol.Bins{protocol.NewBin("m", 1)}),
			}
		}
		for name, err := range run(always) {
			require.NoError(t, err, name)
		}
		for name, err := range run(never) {
			require.ErrorIs(t, err, protocol.FilteredOut, name)
		}
		_, err := client.Delete(ctx, &cluster.WritePolicy{Filter: never}, key)
		require.ErrorIs(t, err, protocol.FilteredOut)
		require.NoError(t, client.Put(ctx, &cluster.WritePolicy{Filter: never}, on.key(t, set, 2), one), "a filter does not keep a record from being created")

		keys := []protocol.Key{key, on.key(t, set, 2)}
		rows, err := client.BatchRead(ctx, &cluster.BatchPolicy{Filter: never}, keys)
		require.NoError(t, err, "filtered rows are not a failure")
		for _, r := range rows {
			require.ErrorIs(t, r.Err, protocol.FilteredOut)
			require.Nil(t, r.Record)
		}
		rows, err = client.BatchWrite(ctx, &cluster.BatchPolicy{Filter: never}, []cluster.BatchRow{
			cluster.ReadRow(key), cluster.ReadRow(key).With(&cluster.ReadPolicy{Filter: always}),
			cluster.DeleteRow(nil, key), cluster.PutRow(&cluster.WritePolicy{Filter: always}, key, protocol.Bins{protocol.NewBin("m", 2)}),
		})
		require.NoError(t, err)
		require.ErrorIs(t, rows[0].Err, protocol.FilteredOut)
		require.NoError(t, rows[1].Err, "a row's own filter counts")
		require.ErrorIs(t, rows[2].Err, protocol.FilteredOut)
		require.NoError(t, rows[3].Err)
	})
}

func TestSendKey(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		stored := map[string]protocol.Key{}
		for i, user := range []any{"text", 7, []byte{1, 2}} {
			key := on.key(t, set, user)
			stored[key.Digest().String()] = key
			switch i {
			case 0:
				require.NoError(t, client.Put(ctx, &cluster.WritePolicy{SendKey: true}, key, one))
			case 1:
				_, err := client.BatchWrite(ctx, &cluster.BatchPolicy{SendKey: true}, []cluster.BatchRow{cluster.PutRow(nil, key, one), cluster.PutRow(nil, on.key(t, set, "other"), one)})
				require.NoError(t, err)
			case 2:
				_, err := client.Operate(ctx, &cluster.WritePolicy{SendKey: true}, key, protocol.PutBin("n", protocol.Int(1)))
				require.NoError(t, err)
			}
			_, err := client.Get(ctx, &cluster.ReadPolicy{SendKey: true}, key)
			require.NoError(t, err, "the key that is sent is compared with the stored one")
		}
		require.NoError(t, client.Put(ctx, nil, on.key(t, set, "hidden"), one))
		n := 0
		for rec, err := range client.Scan(ctx, nil, on.namespace, set) {
			require.NoError(t, err)
			if key, ok := stored[rec.Key.Digest().String()]; ok {
				n++
				require.True(t, protocol.Equal(key.UserKey(), rec.Key.UserKey()), "%v", rec.Key)
			} else if rec.Key.Digest() == on.key(t, set, "hidden").Digest() {
				require.True(t, rec.Key.UserKey().IsNil())
			}
		}
		require.Equal(t, len(stored), n)
	})
}

func TestRespondAllOps(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		key := on.key(t, on.set(t, client), 1)
		ops := []protocol.Operation{protocol.PutBin("a", protocol.Int(1)), protocol.GetBin("a"), protocol.GetBin("missing"), protocol.AddBin("a", protocol.Int(1)), protocol.GetBin("a")}
		names := func(p *cluster.WritePolicy) (all []string) {
			rec, err := client.Operate(ctx, p, key, ops...)
			require.NoError(t, err)
			for _, b := range rec.Bins {
				all = append(all, b.Name)
			}
			return all
		}
		require.Equal(t, []string{"a", "a"}, names(nil))
		require.Equal(t, []string{"a", "a", "missing", "a", "a"}, names(&cluster.WritePolicy{RespondAllOps: true}))
	})
}

// TestTimesToLive checks the time to live that a write sets, and that a read extends.
func TestTimesToLive(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		key := on.key(t, on.set(t, client), 1)
		ttl := func(p *cluster.ReadPolicy) time.Duration {
			rec, err := client.GetHeader(ctx, p, key)
			require.NoError(t, err)
			return rec.TTL(time.Now())
		}
		touch := func(ttl cluster.TTL) { require.NoError(t, client.Touch(ctx, &cluster.WritePolicy{TTL: ttl}, key)) }
		require.NoError(t, client.Put(ctx, &cluster.WritePolicy{TTL: cluster.TTLSeconds(500)}, key, one))
		require.InDelta(t, 500, ttl(nil).Seconds(), 5)
		touch(cluster.TTLFor(time.Hour))
		require.InDelta(t, 3600, ttl(nil).Seconds(), 5)
		touch(cluster.TTLDontUpdate)
		require.InDelta(t, 3600, ttl(nil).Seconds(), 5)
		touch(cluster.TTLNever)
		require.Equal(t, protocol.NeverExpires, ttl(nil))

		touch(cluster.TTLSeconds(100))
		before, err := client.GetHeader(ctx, nil, key)
		require.NoError(t, err)
		for _, percent := range []int{0, -1, 1} {
			rec, err := client.GetHeader(ctx, &cluster.ReadPolicy{ReadTouchTTLPercent: percent}, key)
			require.NoError(t, err)
			require.Equal(t, before.VoidTime, rec.VoidTime, "%d: there is more of it left", percent)
		}
		require.Eventually(t, func() bool {
			rec, err := client.GetHeader(ctx, &cluster.ReadPolicy{ReadTouchTTLPercent: 100}, key)
			return err == nil && rec.VoidTime > before.VoidTime
		}, 10*time.Second, 20*time.Millisecond, "a second later it is renewed")

		another, err := cluster.Open(ctx, cluster.Config{Seeds: on.seeds[:1], Policies: cluster.Policies{Write: cluster.WritePolicy{TTL: cluster.TTLSeconds(700)}}})
		require.NoError(t, err)
		defer another.Close()
		for name, p := range map[string]*cluster.WritePolicy{"the client's": nil, "asked for": {TTL: cluster.TTLClientDefault}} {
			require.NoError(t, another.Touch(ctx, p, key))
			require.InDelta(t, 700, ttl(nil).Seconds(), 5, name)
			touch(cluster.TTLNever)
		}
	})
}

// TestPoliciesAcceptedEverywhere checks that all servers accept the policies about replicas and
// threads.
func TestPoliciesAcceptedEverywhere(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		key := on.key(t, set, 1)
		require.NoError(t, client.Put(ctx, &cluster.WritePolicy{CommitLevel: cluster.CommitMaster}, key, one))
		for _, p := range []cluster.ReadPolicy{
			{ReadModeAP: cluster.ReadAll}, {ReadModeSC: cluster.ReadAllowReplica}, {ReadModeSC: cluster.ReadAllowUnavailable},
		} {
			_, err := client.Get(ctx, &p, key)
			require.NoError(t, err)
		}
		keys := []protocol.Key{key, on.key(t, set, 2)}
		for _, p := range []cluster.BatchPolicy{{NotInline: true}, {InlineSSD: true}, {MaxConcurrentNodes: 1}, {ReadModeAP: cluster.ReadAll}, {ReadTouchTTLPercent: 50}} {
			rows, err := client.BatchRead(ctx, &p, keys)
			require.NoError(t, err)
			require.NoError(t, rows[0].Err)
			require.ErrorIs(t, rows[1].Err, protocol.KeyNotFound)
		}
	})
}

// asked is an observer that collects the nodes that receive requests.
type asked struct {
	mu    sync.Mutex
	nodes []string
}

func (a *asked) CommandStart(ctx context.Context, _ cluster.CommandStart) context.Context { return ctx }
func (a *asked) CommandEnd(context.Context, cluster.CommandEnd)                           {}
func (a *asked) CommandTry(_ context.Context, t cluster.CommandTry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.nodes = append(a.nodes, t.Node.Name())
}

func TestReplicaPolicies(t *testing.T) {
	on := startOn(t, devserver.Options{Nodes: 3})
	observer := new(asked)
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: on.seeds[:1], Observer: observer})
	require.NoError(t, err)
	defer client.Close()
	key := on.key(t, "s", 1)
	require.NoError(t, client.Put(t.Context(), nil, key, one))
	master := observer.nodes[0]
	reads := func(replica cluster.ReplicaPolicy) []string {
		observer.nodes = nil
		for range 30 {
			_, err := client.Get(t.Context(), &cluster.ReadPolicy{Replica: replica}, key)
			require.NoError(t, err)
			_, err = client.BatchRead(t.Context(), &cluster.BatchPolicy{Replica: replica}, []protocol.Key{key})
			require.NoError(t, err)
		}
		slices.Sort(observer.nodes)
		return slices.Compact(observer.nodes)
	}
	require.Equal(t, []string{master}, reads(cluster.ReplicaSequence))
	require.Equal(t, []string{master}, reads(cluster.ReplicaMaster))
	both := reads(cluster.ReplicaMasterProles)
	require.Len(t, both, 2)
	require.Contains(t, both, master)
	require.Equal(t, client.NodeNames(), reads(cluster.ReplicaRandom))
	observer.nodes = nil
	require.NoError(t, client.Put(t.Context(), &cluster.WritePolicy{Replica: cluster.ReplicaMasterProles}, key, one))
	require.Equal(t, []string{master}, observer.nodes, "writes go to the master")
}

func TestQueryPolicies(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		set := on.set(t, client)
		on.fill(t, client, set, 100)
		count := func(p cluster.QueryPolicy) (n int) {
			for _, err := range client.Scan(ctx, &p, on.namespace, set, "n") {
				require.NoError(t, err)
				n++
			}
			return n
		}
		require.Equal(t, 7, count(cluster.QueryPolicy{MaxRecords: 7}))
		require.Equal(t, 100, count(cluster.QueryPolicy{MaxRecords: 700}))
		require.Equal(t, 100, count(cluster.QueryPolicy{MaxConcurrentNodes: 1}))
		require.Equal(t, 100, count(cluster.QueryPolicy{ExpectedDuration: cluster.ShortQuery}))
		require.Equal(t, 100, count(cluster.QueryPolicy{ExpectedDuration: cluster.LongQueryRelaxAP}))
		require.Equal(t, 100, count(cluster.QueryPolicy{Replica: cluster.ReplicaMasterProles}))
		require.Equal(t, 100, count(cluster.QueryPolicy{RecordsPerSecond: 100_000}))
		require.Equal(t, 3, count(cluster.QueryPolicy{Filter: exp.Filter(exp.Lt(exp.IntBin("n"), exp.IntVal(3)))}))

		begun := time.Now()
		require.Equal(t, 100, count(cluster.QueryPolicy{RecordsPerSecond: 50}))
		nodes := time.Duration(len(client.NodeNames()))
		require.Greater(t, time.Since(begun), time.Second/2/nodes, "a node sends 50 in a second")

		var last error
		for _, err := range client.Scan(ctx, &cluster.QueryPolicy{TotalTimeout: 100 * time.Millisecond, RecordsPerSecond: 1}, on.namespace, set) {
			last = err
		}
		require.ErrorIs(t, last, cluster.ErrTimeout)
	})
}

func TestTimeouts(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		key := on.key(t, on.set(t, client), 1)
		late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
		defer cancel()
		_, read := client.Get(t.Context(), &cluster.ReadPolicy{TotalTimeout: 1}, key)
		_, info := client.Info(t.Context(), &cluster.InfoPolicy{Timeout: 1}, "status")
		_, batch := client.BatchRead(t.Context(), &cluster.BatchPolicy{TotalTimeout: 1}, []protocol.Key{key, on.key(t, "s", 2)})
		for name, err := range map[string]error{
			"read": read, "info": info, "batch": batch, "write": client.Put(t.Context(), &cluster.WritePolicy{TotalTimeout: 1}, key, one),
			"context": client.Put(late, nil, key, one),
		} {
			require.ErrorIs(t, err, cluster.ErrTimeout, name)
		}
	})
}

// TestEnterprisePolicies checks that a Community server refuses them, with an error that says why.
func TestEnterprisePolicies(t *testing.T) {
	run := func(t *testing.T, client *cluster.Client, key protocol.Key) map[string]error {
		require.NoError(t, client.Put(t.Context(), nil, key, protocol.Bins{protocol.NewBin("b", make([]byte, 500))}))
		_, compressed := client.Get(t.Context(), &cluster.ReadPolicy{Compress: true, CompressThreshold: 1}, key)
		_, get := client.Get(t.Context(), &cluster.ReadPolicy{ReadModeSC: cluster.ReadLinearize}, key)
		_, batch := client.BatchRead(t.Context(), &cluster.BatchPolicy{ReadModeSC: cluster.ReadLinearize}, []protocol.Key{key, key})
		_, linear := client.Operate(t.Context(), &cluster.WritePolicy{ReadModeSC: cluster.ReadLinearize}, key, protocol.GetHeader())
		_, durable := client.Delete(t.Context(), &cluster.WritePolicy{DurableDelete: true}, key)
		return map[string]error{"compression": compressed,
			"linearized get": get, "linearized operate": linear, "linearized batch": batch, "durable delete": durable}
	}
	t.Run("refused", func(t *testing.T) {
		onEachTarget(t, func(t *testing.T, on target) {
			client := on.open(t)
			if answer, err := client.Info(t.Context(), nil, "edition"); err != nil || answer["edition"] != devserver.Community.String() {
				t.Skipf("the server is of the %s (%v)", answer["edition"], err)
			}
			for name, err := range run(t, client, on.key(t, on.set(t, client), 1)) {
				require.ErrorIs(t, err, protocol.EnterpriseOnly, name)
			}
		})
	})
	t.Run("obeyed", func(t *testing.T) {
		onEnterprise(t, "compression and durable deletes", func(t *testing.T, on target) {
			client := on.open(t)
			for name, err := range run(t, client, on.key(t, on.set(t, client), 1)) {
				require.NoError(t, err, name)
			}
		})
	})
}
