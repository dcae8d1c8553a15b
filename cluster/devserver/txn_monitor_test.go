package devserver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/wire"
)

func TestMonitorReturnsDeadline(t *testing.T) {
	clock := newTestClock()
	s := start(t, enterprise(Options{Clock: clock.Now}))
	c := connect(t, s, 0)
	now := protocol.VoidTimeAt(clock.Now())
	x := begin(c)
	r := x.add(strongKey(1))
	require.Equal(t, now+10, r.TransactionEnd)
	require.Len(t, r.Bins, 2, "the client asked for both results")
	clock.advance(3 * time.Second)
	require.Equal(t, now+10, x.add(strongKey(2)).TransactionEnd, "later writes do not extend the deadline")

	record := c.do(wire.NewRead(x.monitor()))
	id, _ := record.Bins.Get(monitorID)
	require.Equal(t, protocol.Int(x.id).String(), id.String())
	keys, _ := record.Bins.Get(monitorKeys)
	require.Equal(t, 2, keys.Len())
	require.Contains(t, c.info("namespace/sc"), ";mrt_monitors=1;mrt_monitors_active=0;")
	rows, _, _ := c.scan(wire.Scan{Namespace: "sc", Partitions: mastered(s, 0)})
	require.Empty(t, rows, "queries do not return monitors")
	rows, _, _ = c.scan(wire.Scan{Namespace: "sc", Set: monitorSet, Partitions: mastered(s, 0)})
	require.Len(t, rows, 1)
}

func TestMonitorDuration(t *testing.T) {
	clock := newTestClock()
	c := connect(t, start(t, enterprise(Options{Clock: clock.Now})), 0)
	x := begin(c)
	create := wire.NewOperate(x.monitor(), []protocol.Operation{
		protocol.PutBin(monitorID, protocol.Int(x.id)), cdt.ListAppend(monitorKeys, protocol.Blob(make([]byte, 20))),
	}, true)
	create.RecordTTL = 121
	require.Equal(t, protocol.ParameterError, c.do(create).ResultCode)
	create.RecordTTL = 120
	require.Equal(t, protocol.VoidTimeAt(clock.Now())+120, c.do(create).TransactionEnd)
	require.Equal(t, protocol.TransactionMonitorExists, c.do(create).ResultCode)
	require.Equal(t, "ok", c.info("set-config:context=namespace;id=sc;mrt-duration=3"))
	require.Equal(t, protocol.VoidTimeAt(clock.Now())+3, begin(c).add(strongKey(1)).TransactionEnd)
	for _, bad := range []string{"mrt-duration=0", "mrt-duration=121"} {
		require.Contains(t, c.info("set-config:context=namespace;id=sc;"+bad), "ERROR:4:")
	}
	require.Equal(t, "ok", c.info("set-config:context=namespace;id=sc;disable-mrt-writes=true"))
	require.Equal(t, protocol.Forbidden, begin(c).add(strongKey(1)).ResultCode)
}

func TestMonitorRefusesOtherWrites(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	x := begin(c)
	x.add(strongKey(1))
	other := begin(c)
	for name, command := range map[string]wire.Command{
		"any bin":           put(x.monitor(), one(1)),
		"another record":    put(other.monitor(), one(1)),
		"fwd, but not true": put(x.monitor(), protocol.Bin{Name: monitorForward, Value: protocol.Int(1)}),
		"fwd set to false":  put(x.monitor(), protocol.Bin{Name: monitorForward, Value: protocol.Bool(false)}),
		"a touch":           wire.NewTouch(x.monitor()),
		"another id":        wire.NewOperate(other.monitor(), []protocol.Operation{protocol.PutBin(monitorID, protocol.Int(x.id)), cdt.ListAppend(monitorKeys, protocol.Blob(nil))}, true),
	} {
		require.Equal(t, protocol.UnsupportedFeature, c.do(command).ResultCode, name)
	}
	require.Equal(t, protocol.OK, x.do(wire.NewRead(x.monitor())).ResultCode)
	w := put(x.monitor(), protocol.Bin{Name: monitorForward, Value: protocol.Bool(true)})
	w.Transaction = x.fields(w.Key, true)
	require.Equal(t, protocol.UnsupportedFeature, c.do(w).ResultCode, "a monitor cannot be written inside its transaction")
}

func TestMonitorCountsKeys(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	x := begin(c)
	x.add(strongKey(0))
	digests := make([]protocol.Value, maxTransactionWrites)
	for i := range digests {
		d := strongKey(i).Digest()
		digests[i] = protocol.Blob(d[:])
	}
	policy := cdt.ListPolicy{Order: protocol.Ordered, Flags: cdt.AddUnique | cdt.NoFail | cdt.Partial}
	all := wire.NewOperate(x.monitor(), []protocol.Operation{cdt.ListAppendItems(monitorKeys, digests, policy)}, true)
	require.Equal(t, protocol.OK, c.do(all).ResultCode)
	require.Equal(t, protocol.OK, x.add(strongKey(7)).ResultCode, "the key is in the list already")
	require.Equal(t, protocol.TransactionTooManyWrites, x.add(strongKey("one more")).ResultCode)
	monitor := c.do(wire.NewRead(x.monitor()))
	keys, _ := monitor.Bins.Get(monitorKeys)
	require.Equal(t, maxTransactionWrites, keys.Len())
}

// TestMonitorStates checks that a monitor's answers depend on the state of its transaction.
func TestMonitorStates(t *testing.T) {
	clock := newTestClock()
	c := connect(t, start(t, enterprise(Options{Clock: clock.Now})), 0)
	prepare := func() *transaction {
		x := begin(c)
		require.Equal(t, protocol.OK, x.write(put(strongKey(x.id), one(1))).ResultCode)
		return x
	}
	seconds := func(n int) { clock.advance(time.Duration(n) * time.Second) }
	for name, test := range map[string]struct {
		before               func(x *transaction)
		add, create, forward protocol.ResultCode
	}{
		"open":              {func(*transaction) {}, protocol.OK, protocol.TransactionMonitorExists, protocol.OK},
		"marked":            {func(x *transaction) { x.mark() }, protocol.TransactionCommitted, protocol.TransactionMonitorExists, protocol.TransactionCommitted},
		"at deadline":       {func(*transaction) { seconds(10) }, protocol.OK, protocol.TransactionMonitorExists, protocol.OK},
		"after deadline":    {func(*transaction) { seconds(11) }, protocol.TransactionExpired, protocol.TransactionMonitorExists, protocol.TransactionExpired},
		"abandoned":         {func(*transaction) { seconds(12) }, protocol.TransactionExpired, protocol.TransactionExpired, protocol.TransactionAborted},
		"abandoned, marked": {func(x *transaction) { x.mark(); seconds(12) }, protocol.TransactionExpired, protocol.TransactionExpired, protocol.TransactionCommitted},
		"aborted":           {func(x *transaction) { x.abort() }, protocol.TransactionExpired, protocol.TransactionExpired, protocol.TransactionAborted},
		"committed":         {func(x *transaction) { x.commit() }, protocol.TransactionExpired, protocol.TransactionExpired, protocol.TransactionCommitted},
		"another's":         {func(x *transaction) { x.id += 1 << 40 }, protocol.TransactionExpired, protocol.OK, protocol.TransactionAborted},
		"closed early":      {func(x *transaction) { x.close() }, protocol.TransactionExpired, protocol.TransactionExpired, protocol.TransactionAborted},
	} {
		for step, want := range map[string]protocol.ResultCode{"add": test.add, "create": test.create, "forward": test.forward} {
			x := prepare()
			test.before(x)
			var got protocol.ResultCode
			switch step {
			case "add":
				got = x.add(strongKey("further")).ResultCode
			case "create":
				x.deadline = 0
				got = x.add(strongKey("further")).ResultCode
			case "forward":
				got = x.mark()
			}
			require.Equal(t, want, got, "%s: %s", name, step)
		}
	}
}

func TestAbandonedTransactionsAreEnded(t *testing.T) {
	for _, forward := range []bool{false, true} {
		clock := newTestClock()
		s := start(t, enterprise(Options{Nodes: 3, Clock: clock.Now}))
		c := connect(t, s, 0)
		k, created := strongKey(1), strongKey(2)
		c.do(put(k, one(1)))
		x := begin(c)
		x.write(put(k, one(2)))
		x.write(put(created, one(2)))
		if forward {
			require.Equal(t, protocol.OK, x.mark())
		}
		clock.advance(11 * time.Second)
		require.Equal(t, "n=1", value(c, k))
		require.Equal(t, protocol.TransactionBlocked, c.do(put(k, one(3))).ResultCode)
		require.Equal(t, protocol.TransactionExpired, x.do(put(k, one(3))).ResultCode)
		clock.advance(time.Second)
		want := []string{"n=1", missing}
		if forward {
			want = []string{"n=2", "n=2"}
		}
		require.Equal(t, want, []string{value(c, k), value(c, created)})
		require.Equal(t, protocol.OK, c.do(put(k, one(3))).ResultCode)
		figures := ""
		for n := range s.nodes() {
			figures += connect(t, s, n).info("namespace/sc")
		}
		if forward {
			require.Contains(t, figures, ";mrt_monitor_roll_forward_success=2;")
		} else {
			require.Contains(t, figures, ";mrt_monitor_roll_back_success=2;")
		}
		require.Contains(t, figures, ";mrt_provisionals=0;")
	}
}

func TestQueriesEndAbandonedTransactions(t *testing.T) {
	clock := newTestClock()
	s := start(t, enterprise(Options{Clock: clock.Now}))
	c := connect(t, s, 0)
	x := begin(c)
	x.write(put(strongKey(1), one(2)))
	x.mark()
	clock.advance(12 * time.Second)
	rows, _, _ := c.scan(wire.Scan{Namespace: "sc", Partitions: mastered(s, 0)})
	require.Len(t, rows, 1)
	y := begin(c)
	y.write(put(strongKey(2), one(2)))
	clock.advance(12 * time.Second)
	require.Contains(t, c.info("namespace/sc"), ";mrt_provisionals=0;")
}

// TestAbandonedTransactionsWaitForPartitions checks that locks in unavailable partitions are ended
// only when the partitions are available again.
func TestAbandonedTransactionsWaitForPartitions(t *testing.T) {
	clock := newTestClock()
	s := start(t, enterprise(Options{Clock: clock.Now}))
	c := connect(t, s, 0)
	ns := s.namespace([]byte("sc"))
	abandon := func(k protocol.Key) (adopt func()) {
		d := k.Digest()
		p := &ns.partitions[d.Partition()]
		before := p.owners.Load()
		gone := *before
		gone.Working = balance.NoNode
		p.owners.Store(&gone)
		return func() { p.owners.Store(before) }
	}
	k := strongKey(1)
	for name, lost := range map[string]func(x *transaction) protocol.Key{
		"a record":    func(*transaction) protocol.Key { return k },
		"the monitor": (*transaction).monitor,
	} {
		x := begin(c)
		require.Equal(t, protocol.OK, x.write(put(k, one(x.id))).ResultCode)
		require.Equal(t, protocol.OK, x.mark())
		adopt := abandon(lost(x))
		clock.advance(time.Minute)
		ns.endTransactions()
		adopt()
		require.True(t, ns.partitions[k.Partition()].working().get(digestOfKey(k)).provisional(), name)
		require.Equal(t, show(protocol.Bins{one(x.id)}), value(c, k), name)
	}
}

func digestOfKey(k protocol.Key) *protocol.Digest {
	d := k.Digest()
	return &d
}
