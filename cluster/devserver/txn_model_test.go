package devserver

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A modelRecord is the expected state of a record: its value, its number of changes and, while it
// is locked, the transaction and the value that it wrote. A value of 0 means that there is no
// record.
type modelRecord struct {
	value, changes int64
	owner          *modelTransaction
	provisional    int64
}

type modelTransaction struct {
	*transaction
	read map[int]int64 // number of changes of each record when it was read
}

// transactionModel models a namespace with a few records and its open transactions.
type transactionModel struct {
	client  *client
	records [4]modelRecord
	open    []*modelTransaction
}

// TestTransactionsAgainstModel makes random commands inside and outside of transactions, and
// compares every answer with the model: locks, visible values, and the final records.
func TestTransactionsAgainstModel(t *testing.T) {
	c := connect(t, start(t, enterprise(Options{})), 0)
	rapid.Check(t, func(t *rapid.T) {
		m := &transactionModel{client: c}
		m.reset()
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			m.step(t)
		}
		for len(m.open) > 0 {
			m.end(t, m.open[0])
		}
		for i := range m.records {
			require.Equal(t, shownValue(m.records[i].value), value(c, strongKey(i)))
		}
	})
}

func (m *transactionModel) reset() {
	for i := range m.records {
		m.client.do(durableDelete(strongKey(i)))
	}
}

func shownValue(v int64) string {
	if v == 0 {
		return missing
	}
	return show(protocol.Bins{one(v)})
}

func (m *transactionModel) step(t *rapid.T) {
	i := rapid.IntRange(0, len(m.records)-1).Draw(t, "record")
	var x *modelTransaction
	if n := len(m.open); n > 0 && rapid.IntRange(0, 3).Draw(t, "within") > 0 {
		x = m.open[rapid.IntRange(0, n-1).Draw(t, "transaction")]
	}
	switch rapid.SampledFrom([]string{"begin", "read", "read", "write", "write", "delete", "end"}).Draw(t, "step") {
	case "begin":
		if len(m.open) < 3 {
			m.open = append(m.open, &modelTransaction{begin(m.client), make(map[int]int64)})
		}
	case "read":
		m.read(t, x, i)
	case "write":
		m.write(t, x, i, rapid.Int64Range(1, 9).Draw(t, "value"))
	case "delete":
		m.write(t, x, i, 0)
	case "end":
		if x != nil {
			m.end(t, x)
		}
	}
}

// admits returns the expected result of the checks of locks and versions for a transaction's
// command.
func (m *transactionModel) admits(x *modelTransaction, i int) protocol.ResultCode {
	r := &m.records[i]
	seen, hasRead := x.read[i]
	switch {
	case r.owner != nil && r.owner != x:
		return protocol.TransactionBlocked
	case r.owner == nil && hasRead && seen != r.changes:
		return protocol.TransactionVersionMismatch
	}
	return protocol.OK
}

func (m *transactionModel) read(t *rapid.T, x *modelTransaction, i int) {
	r := &m.records[i]
	if x == nil {
		require.Equal(t, shownValue(r.value), value(m.client, strongKey(i)))
		return
	}
	got := x.do(wire.NewRead(strongKey(i)))
	if code := m.admits(x, i); code != protocol.OK {
		require.Equal(t, code, got.ResultCode)
		return
	}
	want := r.value
	if r.owner == x {
		want = r.provisional
	} else {
		x.read[i] = r.changes
	}
	require.Equal(t, r.owner != x, got.HasVersion)
	if want == 0 {
		require.Equal(t, protocol.KeyNotFound, got.ResultCode)
	} else {
		require.Equal(t, shownValue(want), show(got.Bins))
	}
}

func (m *transactionModel) write(t *rapid.T, x *modelTransaction, i int, v int64) {
	r := &m.records[i]
	w := put(strongKey(i), one(v))
	if v == 0 {
		w = durableDelete(strongKey(i))
	}
	if x == nil {
		m.writePlainly(t, r, w, v)
		return
	}
	got := x.write(w)
	if code := m.admits(x, i); code != protocol.OK {
		require.Equal(t, code, got.ResultCode)
		return
	}
	old := r.value
	if r.owner == x {
		old = r.provisional
	}
	if v == 0 && old == 0 {
		require.Equal(t, protocol.KeyNotFound, got.ResultCode)
		if r.owner != x {
			x.read[i] = r.changes
		}
		return
	}
	require.Equal(t, protocol.OK, got.ResultCode)
	r.owner, r.provisional = x, v
	delete(x.read, i)
}

func (m *transactionModel) writePlainly(t *rapid.T, r *modelRecord, w wire.Command, v int64) {
	got := m.client.do(w).ResultCode
	switch {
	case r.owner != nil:
		require.Equal(t, protocol.TransactionBlocked, got)
	case v == 0 && r.value == 0:
		require.Equal(t, protocol.KeyNotFound, got)
	default:
		require.Equal(t, protocol.OK, got)
		r.value, r.changes = v, r.changes+1
	}
}

// end commits the transaction if its reads are still valid. Otherwise, or at random, it rolls it
// back.
func (m *transactionModel) end(t *rapid.T, x *modelTransaction) {
	want := true
	for i, seen := range x.read {
		r := &m.records[i]
		want = want && r.owner == nil && r.changes == seen
	}
	require.Equal(t, want, x.verify() == protocol.OK)
	forward := want && rapid.Bool().Draw(t, "commits")
	if x.deadline != 0 {
		if forward {
			require.Equal(t, protocol.OK, x.mark())
		}
		x.roll(forward)
		require.Equal(t, protocol.OK, x.close())
	}
	for i := range m.records {
		r := &m.records[i]
		if r.owner != x {
			continue
		}
		if forward {
			r.value = r.provisional
		}
		r.owner, r.changes = nil, r.changes+1
	}
	for i := range m.open {
		if m.open[i] == x {
			m.open = append(m.open[:i], m.open[i+1:]...)
			return
		}
	}
}
