package devserver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A transaction is the client side of a transaction, message by message.
type transaction struct {
	client   *client
	id       int64
	deadline uint32
	writes   []protocol.Key
	reads    map[protocol.Digest]wire.RecordVersion
	keys     map[protocol.Digest]protocol.Key
}

var transactionIDs int64

func begin(c *client) *transaction {
	transactionIDs++
	return &transaction{client: c, id: transactionIDs, reads: map[protocol.Digest]wire.RecordVersion{}, keys: map[protocol.Digest]protocol.Key{}}
}

func (x *transaction) monitor() protocol.Key { return protocol.MustKey("sc", monitorSet, x.id) }

// fields returns the transaction fields of a command.
func (x *transaction) fields(k protocol.Key, write bool) *wire.TransactionFields {
	t := &wire.TransactionFields{ID: uint64(x.id)}
	t.Version, t.HasVersion = x.reads[k.Digest()]
	if write {
		t.Deadline = x.deadline
	}
	return t
}

// add adds a record to the monitor.
func (x *transaction) add(k protocol.Key) wire.Response {
	d := k.Digest()
	ops := []protocol.Operation{cdt.ListAppend(monitorKeys, protocol.Blob(d[:]), cdt.ListPolicy{Order: protocol.Ordered, Flags: cdt.AddUnique | cdt.NoFail | cdt.Partial})}
	if x.deadline == 0 {
		ops = append([]protocol.Operation{protocol.PutBin(monitorID, protocol.Int(x.id))}, ops...)
	}
	r := x.client.do(wire.NewOperate(x.monitor(), ops, true))
	if r.ResultCode == protocol.OK {
		x.deadline = r.TransactionEnd
	}
	return r
}

// do executes a command in the transaction and keeps the version in the answer.
func (x *transaction) do(c wire.Command) wire.Response {
	c.Transaction = x.fields(c.Key, c.IsWrite())
	r := x.client.do(c)
	d := c.Key.Digest()
	x.keys[d] = c.Key
	switch {
	case r.HasVersion:
		x.reads[d] = r.Version
	case c.IsWrite() && r.ResultCode == protocol.OK:
		delete(x.reads, d)
		x.writes = append(x.writes, c.Key)
	}
	return r
}

// write adds the record to the monitor and writes it.
func (x *transaction) write(c wire.Command) wire.Response {
	if r := x.add(c.Key); r.ResultCode != protocol.OK {
		return r
	}
	return x.do(c)
}

func (x *transaction) verify() protocol.ResultCode {
	for d, v := range x.reads {
		if r := x.client.do(wire.NewVerify(x.keys[d], v)); r.ResultCode != protocol.OK {
			return r.ResultCode
		}
	}
	return protocol.OK
}

func (x *transaction) mark() protocol.ResultCode {
	return x.client.do(put(x.monitor(), protocol.Bin{Name: monitorForward, Value: protocol.Bool(true)})).ResultCode
}

func (x *transaction) roll(forward bool) {
	for _, k := range x.writes {
		r := x.client.do(wire.NewRoll(k, forward, x.fields(k, false)))
		require.Equal(x.client.t, protocol.OK, r.ResultCode)
	}
}

func (x *transaction) close() protocol.ResultCode {
	return x.client.do(durableDelete(x.monitor())).ResultCode
}

func (x *transaction) commit() protocol.ResultCode {
	if code := x.verify(); code != protocol.OK {
		return code
	}
	if code := x.mark(); code != protocol.OK {
		return code
	}
	x.roll(true)
	return x.close()
}

func (x *transaction) abort() protocol.ResultCode {
	x.roll(false)
	return x.close()
}

// value reads the record's bins outside of transactions.
func value(c *client, k protocol.Key) string {
	r := c.do(wire.NewRead(k))
	if r.ResultCode != protocol.OK {
		return r.ResultCode.String()
	}
	return show(r.Bins)
}

// missing is the result of value for a record that does not exist.
var missing = protocol.KeyNotFound.String()

func TestTransactionCommits(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{Nodes: 3})), 1)
	old, created, gone := strongKey("old"), strongKey("new"), strongKey("gone")
	c.do(put(old, one(1)))
	c.do(put(gone, one(1)))
	x := begin(c)
	r := x.do(wire.NewRead(old))
	require.True(t, r.HasVersion)
	require.EqualValues(t, 1, r.Version.Generation())
	for _, w := range []wire.Command{put(old, one(2)), put(created, one(2)), durableDelete(gone)} {
		r := x.write(w)
		require.Equal(t, protocol.OK, r.ResultCode)
		require.False(t, r.HasVersion)
	}
	require.Equal(t, []string{"n=1", missing, "n=1"}, []string{value(c, old), value(c, created), value(c, gone)}, "others see the originals")
	r = x.do(wire.NewRead(old))
	require.Equal(t, "n=2", show(r.Bins), "the transaction sees its own writes")
	require.EqualValues(t, 2, r.Generation)
	require.False(t, r.HasVersion)
	require.Equal(t, protocol.KeyNotFound, x.do(wire.NewRead(gone)).ResultCode)
	require.Contains(t, c.info("namespace/sc"), ";mrt_provisionals=")

	require.Equal(t, protocol.OK, x.commit())
	require.Equal(t, []string{"n=2", "n=2", missing}, []string{value(c, old), value(c, created), value(c, gone)})
	for generation, keys := range map[uint32][]protocol.Key{3: {old, gone}, 2: {created}} {
		for _, k := range keys {
			require.Equal(t, generation, c.do(wire.NewRead(k)).Generation, "rolling counts as a write")
		}
	}
}

func TestTransactionAborts(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	old, created, gone := strongKey("old"), strongKey("new"), strongKey("gone")
	c.do(put(old, one(1)))
	c.do(put(gone, one(1)))
	x := begin(c)
	x.write(put(old, one(2)))
	x.write(put(old, one(3)))
	x.write(put(created, one(2)))
	x.write(durableDelete(gone))
	require.Equal(t, protocol.KeyNotFound, x.write(durableDelete(gone)).ResultCode)
	require.Equal(t, protocol.OK, x.abort())
	require.Equal(t, []string{"n=1", missing, "n=1"}, []string{value(c, old), value(c, created), value(c, gone)})
	require.EqualValues(t, 4, c.do(wire.NewRead(old)).Generation)
	require.Equal(t, protocol.OK, c.do(put(created, one(9))).ResultCode)
	require.EqualValues(t, 3, c.do(wire.NewRead(created)).Generation, "rolling back a record that was created leaves a tombstone")
}

func TestLockedRecordsRefuseOthers(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	k := strongKey(1)
	c.do(put(k, one(1)))
	x, y := begin(c), begin(c)
	require.Equal(t, protocol.OK, x.write(put(k, one(2))).ResultCode)
	for name, code := range map[string]protocol.ResultCode{
		"a write":                   c.do(put(k, one(3))).ResultCode,
		"a delete":                  c.do(durableDelete(k)).ResultCode,
		"a write of another":        y.write(put(k, one(3))).ResultCode,
		"a read of another":         y.do(wire.NewRead(k)).ResultCode,
		"a verification of another": c.do(wire.NewVerify(k, wire.NewRecordVersion(1, 1))).ResultCode,
		"a touch":                   c.do(wire.NewTouch(k)).ResultCode,
	} {
		require.Equal(t, protocol.TransactionBlocked, code, name)
	}
	require.Contains(t, c.info("namespace/sc"), ";fail_mrt_blocked=6;")
	require.Equal(t, protocol.OK, x.commit())
	require.Equal(t, protocol.OK, y.write(put(k, one(3))).ResultCode)
	require.Equal(t, protocol.OK, y.commit())
	require.Equal(t, "n=3", value(c, k))
}

func TestVerificationFindsChanges(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	k, absent := strongKey(1), strongKey(2)
	c.do(put(k, one(1)))
	x := begin(c)
	x.do(wire.NewRead(k))
	r := x.do(wire.NewRead(absent))
	require.Equal(t, protocol.KeyNotFound, r.ResultCode)
	require.True(t, r.HasVersion)
	require.Zero(t, r.Version)
	require.Equal(t, protocol.OK, x.verify())
	c.do(put(absent, one(1)))
	require.Equal(t, protocol.TransactionVersionMismatch, x.verify(), "the absence of a record is verified too")
	delete(x.reads, absent.Digest())
	require.Equal(t, protocol.OK, x.verify())
	c.do(put(k, one(1)))
	require.Equal(t, protocol.TransactionVersionMismatch, x.verify())
	require.Equal(t, protocol.TransactionVersionMismatch, x.do(wire.NewRead(k)).ResultCode)
	require.Equal(t, protocol.TransactionVersionMismatch, x.write(put(k, one(2))).ResultCode)
	require.Equal(t, "n=1", value(c, k))
}

func TestFailedWritesReturnVersions(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	k := strongKey(1)
	c.do(put(k, one(1)))
	x := begin(c)
	create := put(k, one(2))
	create.Info2 |= wire.Info2CreateOnly
	r := x.write(create)
	require.Equal(t, protocol.KeyExists, r.ResultCode)
	require.True(t, r.HasVersion)
	require.EqualValues(t, 1, r.Version.Generation())
	r = x.write(wire.NewTouch(strongKey("absent")))
	require.Equal(t, protocol.KeyNotFound, r.ResultCode)
	require.True(t, r.HasVersion)
	require.Equal(t, protocol.OK, x.verify())
	require.Empty(t, x.writes)
}

func TestOnLockingOnly(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	x := begin(c)
	w := put(strongKey(1), one(1))
	w.Info4 |= wire.Info4OnLockingOnly
	require.Equal(t, protocol.OK, x.write(w).ResultCode)
	require.Equal(t, protocol.TransactionAlreadyLocked, x.write(w).ResultCode)
	require.Equal(t, protocol.OK, x.write(put(strongKey(1), one(2))).ResultCode)
}

func TestRollingTwiceIsHarmless(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	k := strongKey(1)
	c.do(put(k, one(1)))
	x := begin(c)
	x.write(put(k, one(2)))
	x.roll(true)
	x.roll(true)
	x.roll(false)
	require.Equal(t, "n=2", value(c, k))
	require.EqualValues(t, 3, c.do(wire.NewRead(k)).Generation)
	x.writes = []protocol.Key{strongKey("never written")}
	x.roll(false)
}

func TestTransactionsForbidExpunge(t *testing.T) {
	s := start(t, enterprise(Options{}))
	c := connect(t, s, 0)
	require.Equal(t, "ok", c.info("set-config:context=namespace;id=sc;strong-consistency-allow-expunge=true"))
	c.do(put(strongKey(1), one(1)))
	x := begin(c)
	require.Equal(t, protocol.Forbidden, x.write(wire.NewDelete(strongKey(1))).ResultCode)
	require.Equal(t, protocol.Forbidden, x.write(put(strongKey(1), protocol.Bin{Name: "n"})).ResultCode)
}

func TestTransactionsNeedStrongConsistency(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	w, r := put(key(1), one(1)), wire.NewRead(key(1))
	for _, command := range []wire.Command{w, r, wire.NewRoll(key(1), true, nil), wire.NewVerify(key(1), 0)} {
		if command.Transaction == nil {
			command.Transaction = &wire.TransactionFields{}
		}
		command.Transaction.ID = 7
		require.Equal(t, protocol.UnsupportedFeature, c.do(command).ResultCode)
	}
	require.Equal(t, protocol.UnsupportedFeature, c.do(put(protocol.MustKey("test", monitorSet, 1), one(1))).ResultCode)
	require.Equal(t, protocol.UnsupportedFeature, c.do(put(protocol.MustKey("sc", "<ERO~other", 1), one(1))).ResultCode)

	community := connect(t, start(t, Options{}), 0)
	w.Transaction = &wire.TransactionFields{ID: 7}
	require.Equal(t, protocol.EnterpriseOnly, community.do(w).ResultCode)
	require.Equal(t, protocol.OK, community.do(put(protocol.MustKey("test", monitorSet, 1), one(1))).ResultCode)
}

func TestMalformedTransactionFields(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	send := func(info4 wire.Info4, fields ...wire.Field) protocol.ResultCode {
		d := strongKey(1).Digest()
		m := wire.Message{Header: wire.Header{Info1: wire.Info1Read | wire.Info1GetAll, Info4: info4}}
		m.Fields = append([]wire.Field{{Type: wire.FieldNamespace, Data: []byte("sc")}, {Type: wire.FieldDigest, Data: d[:]}}, fields...)
		body := m.AppendTo(nil)
		return c.message(append(wire.ProtoHeader{Type: wire.ProtoMessage, Size: len(body)}.AppendTo(nil), body...)).ResultCode
	}
	id := wire.Field{Type: wire.FieldTransactionID, Data: []byte{1, 0, 0, 0, 0, 0, 0, 0}}
	require.Equal(t, protocol.KeyNotFound, send(0, id))
	require.Equal(t, protocol.ParameterError, send(0, wire.Field{Type: wire.FieldTransactionID, Data: []byte{1}}))
	require.Equal(t, protocol.ParameterError, send(0, id, wire.Field{Type: wire.FieldRecordVersion, Data: []byte{1}}))
	require.Equal(t, protocol.ParameterError, send(0, id, wire.Field{Type: wire.FieldTransactionEnd}))
	require.Equal(t, protocol.ParameterError, send(wire.Info4VerifyRead), "a version is missing")
	none := wire.NewRoll(strongKey(1), true, &wire.TransactionFields{Deadline: 1})
	require.Equal(t, protocol.ParameterError, c.do(none).ResultCode, "an id is missing")
}

func TestQueriesShowOriginals(t *testing.T) {
	s := start(t, enterprise(Options{}))
	c := connect(t, s, 0)
	require.Equal(t, "ok", c.info("sindex-create:namespace=sc;set=demo;indexname=by_n;bin=n;type=numeric"))
	awaitIndexes(s)
	c.do(put(strongKey(1), one(1)))
	c.do(put(strongKey(2), one(1)))
	found := func(n int64) int {
		rows, _, last := c.scan(wire.Scan{Namespace: "sc", Set: "demo", Partitions: mastered(s, 0)})
		require.Equal(t, protocol.OK, last.ResultCode)
		matching := 0
		for _, r := range rows {
			if show(r.Bins) == show(protocol.Bins{one(n)}) {
				matching++
			}
		}
		return matching
	}
	indexed := func(n int64) int {
		tree := 0
		for pid := range s.namespace([]byte("sc")).partitions {
			p := &s.namespace([]byte("sc")).partitions[pid]
			p.mu.Lock()
			for _, part := range p.copies[0].secondary {
				for e := range part.tree.All() {
					if part.of.target.Value(e.Key) == n {
						tree++
					}
				}
			}
			p.mu.Unlock()
		}
		return tree
	}
	x := begin(c)
	x.write(put(strongKey(1), one(2)))
	x.write(durableDelete(strongKey(2)))
	x.write(put(strongKey(3), one(2)))
	require.Equal(t, []int{2, 0, 2, 0}, []int{found(1), found(2), indexed(1), indexed(2)})
	require.Equal(t, protocol.OK, x.commit())
	require.Equal(t, []int{0, 2, 0, 2}, []int{found(1), found(2), indexed(1), indexed(2)})
}

func TestTransactionInBatch(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	c.do(put(strongKey(0), one(0)))
	x := begin(c)
	rows := func(commands ...wire.Command) []wire.Response {
		batch := wire.Batch{Flags: wire.BatchRespondAll}
		var list []wire.BatchRow
		for i := range commands {
			if commands[i].Transaction == nil {
				commands[i].Transaction = x.fields(commands[i].Key, commands[i].IsWrite())
			}
			list = append(list, wire.BatchRow{Index: uint32(i), Command: &commands[i]})
		}
		message, err := batch.AppendMessage(nil, list, 0)
		require.NoError(t, err)
		c.send(message)
		answers, last := c.responses()
		require.Equal(t, protocol.OK, last.ResultCode)
		return answers
	}
	for i := range 3 {
		require.Equal(t, protocol.OK, x.add(strongKey(i)).ResultCode)
	}
	answers := rows(put(strongKey(1), one(1)), put(strongKey(2), one(2)), wire.NewRead(strongKey(0)), wire.NewRead(strongKey(1)))
	require.Equal(t, []bool{false, false, true, false}, []bool{answers[0].HasVersion, answers[1].HasVersion, answers[2].HasVersion, answers[3].HasVersion})
	require.Equal(t, "n=1", show(answers[3].Bins))
	answers = rows(wire.NewVerify(strongKey(0), answers[2].Version), wire.NewVerify(strongKey(0), 1), wire.NewVerify(strongKey(9), 0))
	require.Equal(t, []protocol.ResultCode{protocol.OK, protocol.TransactionVersionMismatch, protocol.OK},
		[]protocol.ResultCode{answers[0].ResultCode, answers[1].ResultCode, answers[2].ResultCode})
	require.Equal(t, protocol.OK, x.mark())
	for _, r := range rows(wire.NewRoll(strongKey(1), true, x.fields(strongKey(1), true)), wire.NewRoll(strongKey(2), true, x.fields(strongKey(2), true))) {
		require.Equal(t, protocol.OK, r.ResultCode)
		require.Empty(t, r.Bins)
	}
	require.Equal(t, []string{"n=0", "n=1", "n=2"}, []string{value(c, strongKey(0)), value(c, strongKey(1)), value(c, strongKey(2))})
}

func TestTruncationAndTransactions(t *testing.T) {
	clock := newTestClock()
	c := connect(t, start(t, enterprise(Options{Clock: clock.Now})), 0)
	k := strongKey(1)
	c.do(put(k, one(1)))
	x := begin(c)
	x.write(put(k, one(2)))
	clock.advance(time.Second)
	require.Equal(t, "ok", c.info("truncate:namespace=sc;set=demo"))
	require.Equal(t, missing, value(c, k))
	require.Equal(t, "n=2", show(x.do(wire.NewRead(k)).Bins), "a transaction sees its own writes")
	require.Equal(t, protocol.OK, x.abort())
	require.Equal(t, missing, value(c, k), "rolling back does not restore a truncated record")
}

func TestFunctionsInTransactions(t *testing.T) {
	_, c := withFunctions(t, enterprise(Options{}))
	k := strongKey(1)
	c.do(put(k, one(1)))
	x := begin(c)
	require.Equal(t, protocol.OK, x.add(k).ResultCode)
	r := x.do(call(k, "ret", 5))
	require.Equal(t, protocol.OK, r.ResultCode)
	require.True(t, r.HasVersion, "a read-only function returns the version")
	r = x.do(call(k, "put", "n", 2))
	require.Equal(t, protocol.OK, r.ResultCode)
	require.False(t, r.HasVersion)
	require.Equal(t, "n=1", value(c, k))
	require.Equal(t, "SUCCESS=5", show(c.do(call(k, "ret", 5)).Bins), "others can still read with functions")
	require.Equal(t, protocol.TransactionBlocked, c.do(call(k, "put", "n", 3)).ResultCode)
	require.Equal(t, protocol.TransactionBlocked, begin(c).do(call(k, "ret", 5)).ResultCode)

	created := strongKey(2)
	require.Equal(t, protocol.OK, x.write(call(created, "put", "n", 2)).ResultCode)
	require.Equal(t, protocol.TransactionBlocked, c.do(call(created, "ret", 5)).ResultCode, "there is no version before the lock")
	require.Equal(t, protocol.Forbidden, x.do(call(created, "remove")).ResultCode)
	remove := call(created, "remove")
	remove.Info2 |= wire.Info2DurableDelete
	require.Equal(t, protocol.OK, x.do(remove).ResultCode)
	require.Equal(t, protocol.OK, x.commit())
	require.Equal(t, []string{"n=2", missing}, []string{value(c, k), value(c, created)})
}

func TestHistoryOfTransactions(t *testing.T) {
	s := start(t, enterprise(Options{History: true}))
	c := connect(t, s, 0)
	k := strongKey(1)
	c.do(put(k, one(1)))
	x := begin(c)
	x.do(put(k, one(2)))
	x.do(wire.NewRead(k))
	c.do(wire.NewRead(k))
	require.Equal(t, "n=1", show(s.Peek(k).Bins))
	x.roll(true)
	x.do(put(k, one(3)))
	x.roll(false)
	var lines []string
	for _, e := range events(s) {
		line := e.Kind.String() + " " + show(e.Record().Bins)
		if e.Transaction != 0 {
			require.EqualValues(t, x.id, e.Transaction)
			line += " within"
		}
		lines = append(lines, line)
	}
	require.Equal(t, []string{
		"stored n=1", "locked n=2 within", "read n=2 within", "read n=1", "stored n=2", "locked n=3 within", "stored n=2",
	}, lines)
}
