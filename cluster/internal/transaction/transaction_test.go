package transaction

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func key(i int) protocol.Key { return protocol.MustKey("test", "demo", i) }

func digest(i int) protocol.Digest { return key(i).Digest() }

func keys(n int) (list []protocol.Key) {
	for i := range n {
		list = append(list, key(i))
	}
	return list
}

// answer starts and ends a command.
func (t *Transaction) answer(k protocol.Key, write bool, a Answer) {
	if t.Enter("test") == nil {
		t.Answered(k, write, a)
		t.Leave()
	}
}

var (
	readOne  = func(t *Transaction) { t.answer(key(1), false, Answer{Version: 7, HasVersion: true}) }
	writeTwo = func(t *Transaction) { t.named2(); t.answer(key(2), true, Answer{}) }
	doubtTwo = func(t *Transaction) {
		t.named2()
		t.answer(key(2), true, Answer{Code: protocol.ClientError, Unsettled: true})
	}
	failed    = Result{Failed: true, Code: protocol.ClientError}
	inDoubt   = Result{Failed: true, Code: protocol.ClientError, InDoubt: true}
	refusedBy = func(code protocol.ResultCode) Result { return Result{Failed: true, Code: code} }
)

func (t *Transaction) named2() {
	t.Creating()
	t.Created([]protocol.Digest{digest(2)}, Creation{Deadline: 99})
}

// TestEnds checks which steps follow each other, and the state afterward.
func TestEnds(t *testing.T) {
	type took struct {
		step   Step
		result Result
	}
	done := Result{}
	for name, test := range map[string]struct {
		begin   []func(*Transaction)
		abort   bool
		took    []took
		state   State
		failed  Step
		inDoubt bool
	}{
		"empty":                     {state: Committed},
		"empty, aborted":            {abort: true, state: Aborted},
		"read":                      {[]func(*Transaction){readOne}, false, []took{{Verify, done}}, Committed, Done, false},
		"read, aborted":             {[]func(*Transaction){readOne}, true, nil, Aborted, Done, false},
		"write":                     {[]func(*Transaction){writeTwo}, false, []took{{Mark, done}, {RollForward, done}, {Close, done}}, Committed, Done, false},
		"read and write":            {[]func(*Transaction){readOne, writeTwo}, false, []took{{Verify, done}, {Mark, done}, {RollForward, done}, {Close, done}}, Committed, Done, false},
		"read and write, aborted":   {[]func(*Transaction){readOne, writeTwo}, true, []took{{RollBack, done}, {Close, done}}, Aborted, Done, false},
		"verify fails":              {[]func(*Transaction){readOne, writeTwo}, false, []took{{Verify, failed}, {RollBack, done}, {Close, done}}, Aborted, Done, false},
		"verify and roll back fail": {[]func(*Transaction){readOne, writeTwo}, false, []took{{Verify, failed}, {RollBack, failed}}, Aborted, RollBack, false},
		"verify and close fail":     {[]func(*Transaction){readOne, writeTwo}, false, []took{{Verify, failed}, {RollBack, done}, {Close, failed}}, Aborted, Close, false},
		"read, verify fails":        {[]func(*Transaction){readOne}, false, []took{{Verify, failed}}, Aborted, Done, false},
		"mark fails":                {[]func(*Transaction){writeTwo}, false, []took{{Mark, failed}}, Verified, Mark, false},
		"expired":                   {[]func(*Transaction){writeTwo}, false, []took{{Mark, refusedBy(protocol.TransactionExpired)}}, Verified, Mark, false},
		"expired and rolled back":   {[]func(*Transaction){writeTwo}, false, []took{{Mark, refusedBy(protocol.TransactionAborted)}}, Aborted, Mark, false},
		"already marked":            {[]func(*Transaction){writeTwo}, false, []took{{Mark, refusedBy(protocol.TransactionCommitted)}, {RollForward, done}, {Close, done}}, Committed, Done, false},
		"mark in doubt":             {[]func(*Transaction){writeTwo}, false, []took{{Mark, inDoubt}}, Verified, Mark, true},
		"roll forward fails":        {[]func(*Transaction){writeTwo}, false, []took{{Mark, done}, {RollForward, failed}}, Committed, RollForward, false},
		"close fails":               {[]func(*Transaction){writeTwo}, false, []took{{Mark, done}, {RollForward, done}, {Close, failed}}, Committed, Close, false},
		"write in doubt":            {[]func(*Transaction){doubtTwo}, false, []took{{Mark, done}, {RollForward, done}}, Committed, Done, false},
		"write in doubt, aborted":   {[]func(*Transaction){doubtTwo}, true, []took{{RollBack, done}}, Aborted, Done, false},
		"listed but not written":    {[]func(*Transaction){(*Transaction).named2}, false, []took{{Mark, done}, {Close, done}}, Committed, Done, false},
		"aborted, roll back fails":  {[]func(*Transaction){writeTwo}, true, []took{{RollBack, failed}}, Aborted, RollBack, false},
		"aborted, close fails":      {[]func(*Transaction){writeTwo}, true, []took{{RollBack, done}, {Close, failed}}, Aborted, Close, false},
		"read, then written":        {[]func(*Transaction){func(t *Transaction) { t.answer(key(2), false, Answer{Version: 1, HasVersion: true}) }, writeTwo}, false, []took{{Mark, done}, {RollForward, done}, {Close, done}}, Committed, Done, false},
	} {
		x := &Transaction{ID: 1}
		for _, f := range test.begin {
			f(x)
		}
		begin := x.Commit
		if test.abort {
			begin = x.Abort
		}
		step, err := begin()
		require.NoError(t, err, name)
		for _, took := range test.took {
			require.Equal(t, took.step, step, name)
			require.ErrorIs(t, x.Enter("test"), ErrEnded, name)
			step = x.Next(step, took.result)
		}
		require.Equal(t, Done, step, name)
		require.Equal(t, []any{test.state, test.failed, test.inDoubt}, []any{x.State(), x.Failed(), x.InDoubt()}, name)
		require.ErrorIs(t, x.Enter("test"), ErrEnded, name)
	}
}

// TestEndsResume continues commits and aborts that stopped.
func TestEndsResume(t *testing.T) {
	steps := func(begin func() (Step, error), x *Transaction, results ...Result) (took []Step) {
		step, err := begin()
		require.NoError(t, err)
		for i := 0; step != Done; i++ {
			took = append(took, step)
			r := Result{}
			if i < len(results) {
				r = results[i]
			}
			step = x.Next(step, r)
		}
		return took
	}
	x := &Transaction{ID: 1}
	writeTwo(x)
	require.Equal(t, []Step{Mark}, steps(x.Commit, x, inDoubt))
	_, err := x.Abort()
	require.ErrorIs(t, err, ErrInDoubt)
	require.Equal(t, []Step{Mark}, steps(x.Commit, x, failed))
	require.True(t, x.InDoubt(), "a certain failure says nothing about the try before")
	require.Equal(t, []Step{Mark, RollForward}, steps(x.Commit, x, Result{}, failed))
	require.False(t, x.InDoubt())
	require.Equal(t, []Step{RollForward, Close}, steps(x.Commit, x, Result{}, failed))
	require.Equal(t, []Step{Close}, steps(x.Commit, x))
	require.Empty(t, steps(x.Commit, x))
	require.Empty(t, steps(x.Abort, x))
	require.Equal(t, Committed, x.State())

	x = &Transaction{ID: 1}
	writeTwo(x)
	require.Equal(t, []Step{RollBack}, steps(x.Abort, x, failed))
	require.Equal(t, []Step{RollBack, Close}, steps(x.Abort, x))
	require.Empty(t, steps(x.Abort, x))
	require.Empty(t, steps(x.Commit, x))
	require.Equal(t, Aborted, x.State())

	x = &Transaction{ID: 1}
	writeTwo(x)
	require.Equal(t, []Step{Mark}, steps(x.Commit, x, refusedBy(protocol.TransactionExpired)))
	require.Equal(t, []Step{RollBack, Close}, steps(x.Abort, x), "a transaction that is certainly not marked can be aborted")
}

func TestEnter(t *testing.T) {
	x := &Transaction{ID: 1}
	require.Empty(t, x.Namespace())
	require.NoError(t, x.Enter("test"))
	require.Equal(t, "test", x.Namespace())
	require.ErrorIs(t, x.Enter("other"), ErrNamespace)
	require.NoError(t, x.Enter("test"))
	_, err := x.Commit()
	require.ErrorIs(t, err, ErrBusy)
	x.Leave()
	_, err = x.Abort()
	require.ErrorIs(t, err, ErrBusy)
	x.Leave()
	x.named2()
	_, err = x.Commit()
	require.NoError(t, err)
	_, err = x.Commit()
	require.ErrorIs(t, err, ErrBusy, "a commit is running")
	require.ErrorIs(t, x.Enter("test"), ErrEnded)
}

func TestFields(t *testing.T) {
	x := &Transaction{ID: 5}
	require.Equal(t, &wire.TransactionFields{ID: 5}, x.Fields(digest(1), true))
	readOne(x)
	x.named2()
	require.Equal(t, &wire.TransactionFields{ID: 5, Version: 7, HasVersion: true}, x.Fields(digest(1), false))
	require.Equal(t, &wire.TransactionFields{ID: 5, Version: 7, HasVersion: true, Deadline: 99}, x.Fields(digest(1), true))
	x.answer(key(1), true, Answer{})
	require.Equal(t, &wire.TransactionFields{ID: 5, Deadline: 99}, x.Fields(digest(1), true), "a locked record has no version to verify")
	x.answer(key(3), true, Answer{Code: protocol.GenerationError, Version: 4, HasVersion: true})
	require.True(t, x.Fields(digest(3), false).HasVersion, "a rejected write returns the version")
	x.answer(key(4), true, Answer{Code: protocol.TransactionBlocked})
	require.Equal(t, []protocol.Key{key(1)}, slices.Collect(x.Writes))
	require.Equal(t, 1, countReads(x))
}

func countReads(x *Transaction) (n int) {
	for range x.Reads {
		n++
	}
	return n
}

func TestNaming(t *testing.T) {
	x := &Transaction{ID: 1}
	how, list, err := x.Name([]protocol.Key{key(1), key(2), key(1)})
	require.NoError(t, err)
	require.Equal(t, Create, how)
	require.Equal(t, []protocol.Digest{digest(1), digest(2)}, list, "each record once")
	x.Creating()
	how, _, err = x.Name(keys(1))
	require.NoError(t, err)
	require.Equal(t, Wait, how)
	require.False(t, x.Created(list, Creation{Deadline: 9}))
	how, _, _ = x.Name([]protocol.Key{key(2)})
	require.Equal(t, Named, how)
	how, list, _ = x.Name([]protocol.Key{key(2), key(3)})
	require.Equal(t, Add, how)
	require.Equal(t, []protocol.Digest{digest(3)}, list)

	_, _, err = x.Name(keys(MaxWrites + 1))
	require.ErrorIs(t, err, protocol.TransactionTooManyWrites)
	_, _, err = x.Name(keys(MaxWrites))
	require.NoError(t, err)
}

// An existing monitor belongs to the transaction only if the transaction may have created it.
func TestCreation(t *testing.T) {
	exists := Creation{Code: protocol.TransactionMonitorExists}
	doubt := Creation{Code: protocol.ClientError, InDoubt: true}
	repeated := exists
	repeated.Repeated = true
	for name, test := range map[string]struct {
		creations []Creation
		add       bool
		then      Naming
	}{
		"created":                         {[]Creation{{}}, false, Add},
		"of another transaction":          {[]Creation{exists}, false, Create},
		"rejected":                        {[]Creation{{Code: protocol.Forbidden}}, false, Create},
		"in doubt":                        {[]Creation{doubt}, false, Create},
		"in doubt, then exists":           {[]Creation{doubt, exists}, true, Add},
		"in doubt, rejected, then exists": {[]Creation{doubt, {Code: protocol.DeviceOverload}, exists}, true, Add},
		"in doubt, then created":          {[]Creation{doubt, {}}, false, Add},
		"in doubt within one command":     {[]Creation{repeated}, true, Add},
	} {
		x := &Transaction{ID: 1}
		for i, c := range test.creations {
			how, list, err := x.Name(keys(1))
			require.NoError(t, err, name)
			require.Equal(t, Create, how, name)
			x.Creating()
			require.Equal(t, test.add && i == len(test.creations)-1, x.Created(list, c), name)
		}
		how, _, err := x.Name([]protocol.Key{key(9)})
		require.NoError(t, err, name)
		require.Equal(t, test.then, how, name)
	}
}

// TestLifecycles checks random transactions with failures of all steps. The outcome must not
// change, records must not be rolled both ways, a failed verification must not be followed by a
// mark, and the monitor must not be closed before its records are rolled.
func TestLifecycles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := &Transaction{ID: 1}
		var took []Step
		for range rapid.IntRange(1, 12).Draw(t, "calls") {
			switch rapid.IntRange(0, 5).Draw(t, "call") {
			case 0:
				readOne(x)
			case 1, 2:
				if x.State() == Open {
					rapid.SampledFrom([]func(*Transaction){writeTwo, doubtTwo}).Draw(t, "write")(x)
				}
			case 3:
				took = append(took, runToEnd(t, x, x.Abort)...)
			default:
				took = append(took, runToEnd(t, x, x.Commit)...)
			}
		}
		at := func(s Step) int { return slices.Index(took, s) }
		if at(RollForward) >= 0 {
			require.Equal(t, Committed, x.State())
			require.Negative(t, at(RollBack))
			require.Less(t, at(Mark), at(RollForward))
		}
		if at(RollBack) >= 0 {
			require.Equal(t, Aborted, x.State())
		}
		if i := at(Close); i >= 0 && len(x.writes) > 0 {
			require.True(t, slices.Contains(took[:i], RollForward) || slices.Contains(took[:i], RollBack))
			require.False(t, x.unsettled)
		}
		require.False(t, x.InDoubt() && x.State() != Verified)
	})
}

// runToEnd runs a commit or abort with random results. A final outcome must not change.
func runToEnd(t *rapid.T, x *Transaction, begin func() (Step, error)) (took []Step) {
	before, doubted := x.State(), x.InDoubt()
	step, err := begin()
	if err != nil {
		require.ErrorIs(t, err, ErrInDoubt)
		require.True(t, doubted)
		return nil
	}
	for step != Done {
		took = append(took, step)
		r := rapid.SampledFrom([]Result{{}, {}, failed, inDoubt, refusedBy(protocol.TransactionExpired), refusedBy(protocol.TransactionAborted), refusedBy(protocol.TransactionCommitted)}).Draw(t, fmt.Sprint(step))
		step = x.Next(step, r)
		require.LessOrEqual(t, len(took), 5)
	}
	if before == Committed || before == Aborted {
		require.Equal(t, before, x.State())
	}
	require.NotEqual(t, Open, x.State())
	return took
}
