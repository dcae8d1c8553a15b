package sim

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// evidence returns the evidence of one call, from event 1 to event 3, with one command on record 1.
// The record has generation 5 from event 0 on.
func evidence(cmd Command, o Outcome, applied ...uint64) *Evidence {
	if cmd.Verb.Writes() {
		o.Token = newToken(1, 0, 0)
	}
	digest := key(1).Digest()
	o.Span = Span{Begun: Moment{Event: 1}, Ended: Moment{Event: 3}, Tick: 2}
	e := &Evidence{
		Plan: &Plan{}, Sent: map[Token]int{o.Token: 1}, LastTry: map[Token]uint64{o.Token: 1},
		Truth: &Truth{Applied: make(map[Token][]*Version), Records: map[protocol.Digest][]*Version{
			digest: {{Until: forever, Exists: true, Generation: 5, bins: protocol.Bins{}}},
		}},
	}
	e.Calls = []*Call{{
		Operation: &Operation{Commands: []Command{cmd}, Limits: Limits{Total: time.Second}},
		Span:      o.Span, Outcomes: []Outcome{o},
	}}
	for _, event := range applied {
		list := e.Truth.Records[digest]
		before := list[len(list)-1]
		before.Until = event
		v := &Version{Event: event, Until: forever, Exists: true, Generation: before.Generation + 1, Token: o.Token, bins: protocol.Bins{}, event: new(devserver.Event)}
		e.Truth.Records[digest] = append(list, v)
		e.Truth.Applied[o.Token] = append(e.Truth.Applied[o.Token], v)
	}
	return e
}

// count sets the counters of the versions of record 1.
func count(e *Evidence, counters ...int) {
	for i, n := range counters {
		e.Truth.Records[key(1).Digest()][i].bins = protocol.Bins{protocol.NewBin(binCount, n)}
	}
}

func refused(code protocol.ResultCode) Outcome { return Outcome{Err: &protocol.Error{Code: code}} }

func doubtful(code protocol.ResultCode) Outcome {
	return Outcome{Err: &protocol.Error{Code: code, InDoubt: true}}
}

func record(generation uint32) Outcome {
	return Outcome{Record: &protocol.Record{Generation: generation}}
}

// A ruleCase is the evidence of one call and the rule that it breaks, "" if none.
type ruleCase struct {
	evidence *Evidence
	want     Rule
}

// ruleCases returns the checker's truth table.
func ruleCases() map[string]ruleCase {
	put, get := Command{Verb: Put, Key: 1}, Command{Verb: Get, Key: 1}
	lost := protocol.ClientError
	with := func(e *Evidence, change func(e *Evidence, call *Call)) *Evidence {
		change(e, e.Calls[0])
		return e
	}
	return map[string]ruleCase{
		"applied":                              {evidence(put, Outcome{}, 2), ""},
		"applied at the end":                   {evidence(put, Outcome{}, 3), ""},
		"applied before the call":              {evidence(put, Outcome{}, 1), FalseApplied},
		"applied after the call":               {evidence(put, Outcome{}, 4), FalseApplied},
		"never applied":                        {evidence(put, Outcome{}), FalseApplied},
		"not applied":                          {evidence(put, refused(lost)), ""},
		"not applied, but was":                 {evidence(put, refused(lost), 2), FalseNotApplied},
		"not applied, but applied later":       {evidence(put, refused(lost), 99), FalseNotApplied},
		"in doubt and applied":                 {evidence(put, doubtful(lost), 2), ""},
		"in doubt and applied later":           {evidence(put, doubtful(lost), 99), ""},
		"in doubt and never applied":           {evidence(put, doubtful(lost)), ""},
		"a code that no server returned":       {evidence(put, refused(protocol.KeyBusy)), ImpossibleCode},
		"record not found, but it exists":      {evidence(get, refused(protocol.KeyNotFound)), ImpossibleCode},
		"the record":                           {evidence(get, record(5)), ""},
		"a record of a future generation":      {evidence(get, record(6), 9), WrongRead},
		"a record overwritten before the call": {evidence(get, record(5), 1), WrongRead},
		"a record overwritten during the call": {evidence(get, record(5), 2), ""},
		"a record written during the call":     {evidence(get, record(6), 2), ""},
		"in doubt, but nothing was sent":       {with(evidence(put, doubtful(lost)), func(e *Evidence, _ *Call) { clear(e.Sent) }), FalseInDoubt},
		"in doubt, and still being sent": {with(evidence(put, doubtful(lost)), func(e *Evidence, call *Call) {
			clear(e.Sent)
			e.LastTry[call.Outcomes[0].Token] = 7
		}), ""},
		"twice": {with(evidence(put, Outcome{}, 2, 3), func(e *Evidence, call *Call) {
			token := call.Outcomes[0].Token
			e.Sent[token] = 2
			e.Strikes = map[Token][]Strike{token: {{Fault: &Fault{Kind: Refuse, Code: protocol.BatchQueuesFull}, Batch: true}}}
		}), AppliedTwice},
		"twice, as allowed": {with(evidence(put, Outcome{}, 2, 3), func(e *Evidence, call *Call) {
			e.Sent[call.Outcomes[0].Token], call.Limits.Retries = 2, 1
		}), ""},
		"guarded, but applied twice": {with(evidence(Command{Verb: MapperModify, Key: 1}, Outcome{}, 2, 3), func(e *Evidence, call *Call) {
			e.Sent[call.Outcomes[0].Token], call.Limits.Retries, call.Deadline = 2, 1, time.Second
			count(e, 0, 1, 2)
		}), AppliedTwice},
		"guarded, and applied again after the record was created again": {with(evidence(Command{Verb: SQLGuarded, Key: 1}, Outcome{}, 2, 3), func(e *Evidence, call *Call) {
			e.Sent[call.Outcomes[0].Token], call.Deadline = 2, time.Second
			count(e, 0, 1, 1)
			e.Truth.Records[key(1).Digest()][1].Restored = true
			e.Truth.Records[key(1).Digest()][2].Restored = true
		}), ""},
		"counted": {with(evidence(Command{Verb: SQLAdd, Key: 1}, Outcome{}, 2), func(e *Evidence, call *Call) {
			call.Deadline = time.Second
			count(e, 7, 8)
		}), ""},
		"counted wrongly": {with(evidence(Command{Verb: SQLAdd, Key: 1}, Outcome{}, 2), func(e *Evidence, call *Call) {
			call.Deadline = time.Second
			count(e, 7, 9)
		}), WrongWriteResult},
		"applied more often than sent": {with(evidence(put, Outcome{}, 2), func(e *Evidence, _ *Call) { clear(e.Sent) }), InconsistentHistory},
		"refused by a fault": {with(evidence(put, refused(protocol.KeyBusy)), func(e *Evidence, call *Call) {
			e.Strikes = map[Token][]Strike{call.Outcomes[0].Token: {{Fault: &Fault{Kind: Refuse, Code: protocol.KeyBusy}}}}
		}), ""},
		"in doubt after a refusal": {with(evidence(put, doubtful(protocol.KeyBusy)), func(e *Evidence, call *Call) {
			e.Strikes = map[Token][]Strike{call.Outcomes[0].Token: {{Fault: &Fault{Kind: Refuse, Code: protocol.KeyBusy}}}}
		}), UnneededInDoubt},
		"in doubt after a refusal of the batch": {with(evidence(put, doubtful(protocol.KeyBusy)), func(e *Evidence, call *Call) {
			e.Strikes = map[Token][]Strike{call.Outcomes[0].Token: {{Fault: &Fault{Kind: Refuse, Code: protocol.KeyBusy}, Batch: true}}}
		}), ""},
		"late":                      {with(evidence(put, Outcome{}, 2), func(_ *Evidence, call *Call) { call.Ended.At = time.Second + 2*slack }), Late},
		"in time":                   {with(evidence(put, Outcome{}, 2), func(_ *Evidence, call *Call) { call.Ended.At = time.Second }), ""},
		"closed late":               {with(evidence(put, Outcome{}, 2), func(e *Evidence, _ *Call) { e.Closing = time.Second }), Late},
		"canceled before, but sent": {with(evidence(put, refused(lost)), func(_ *Evidence, call *Call) { call.Cancel = -1 }), ForbiddenSend},
		"closed before, but sent":   {with(evidence(put, refused(lost)), func(_ *Evidence, call *Call) { call.ClosedBefore = true }), ForbiddenSend},
		"a leaked connection":       {with(evidence(put, Outcome{}, 2), func(e *Evidence, _ *Call) { e.Leaks = 1 }), Leak},
		"broken":                    {with(evidence(put, Outcome{}, 2), func(e *Evidence, _ *Call) { e.Broken = errors.New("no server") }), RunBroken},
		"a skipped generation": {with(evidence(put, Outcome{}, 2), func(e *Evidence, call *Call) {
			e.Truth.Applied[call.Outcomes[0].Token][0].Generation += 2
		}), InconsistentHistory},
		"committed":                       {locked(Applied, true, true), ""},
		"committed, but rolled back":      {locked(Applied, false, false), FalseCommitted},
		"not committed":                   {locked(NotApplied, false, false), ""},
		"not committed, but was":          {locked(NotApplied, true), FalseNotCommitted},
		"in doubt, and was committed":     {locked(InDoubt, true, true), ""},
		"in doubt, and was not committed": {locked(InDoubt, false, false), ""},
		"partly committed":                {locked(InDoubt, true, false), TornTransaction},
		"still locked": {with(locked(NotApplied, false), func(e *Evidence, call *Call) {
			e.Truth.Locks[call.Ending.ID][0].After = nil
		}), LockLeft},
		"failed after the faults": {with(evidence(put, refused(lost)), func(_ *Evidence, call *Call) { call.MustSucceed = true }), NotRecovered},
	}
}

// locked returns the evidence of a transaction with locked records that were rolled forward or
// back.
func locked(verdict Verdict, forward ...bool) *Evidence {
	e := &Evidence{Plan: &Plan{}, Truth: &Truth{Locks: make(map[uint64][]*Lock)}}
	call := &Call{Operation: &Operation{Transaction: &Transaction{}}, Ending: Ending{ID: 1, Verdict: verdict}}
	e.Calls = []*Call{call}
	for _, f := range forward {
		before := &Version{Exists: true, bins: protocol.Bins{protocol.NewBin("n", 1)}}
		own := &Version{Exists: true, bins: protocol.Bins{protocol.NewBin("n", 2)}}
		l := &Lock{Before: before, Own: []*Version{own}, After: before}
		if f {
			l.After = own
		}
		e.Truth.Locks[1] = append(e.Truth.Locks[1], l)
	}
	return e
}

func TestRules(t *testing.T) {
	for name, c := range ruleCases() {
		t.Run(name, func(t *testing.T) {
			violations := Check(c.evidence)
			if c.want == "" {
				require.Empty(t, violations)
				return
			}
			require.Len(t, violations, 1)
			require.Equal(t, c.want, violations[0].Rule, violations[0].String())
		})
	}
}

// TestEveryRuleIsTested checks that each rule is broken by a liar or is in the table above.
func TestEveryRuleIsTested(t *testing.T) {
	tested := make(map[Rule]bool)
	for _, l := range liars {
		tested[l.rule] = true
	}
	for _, c := range ruleCases() {
		tested[c.want] = true
	}
	for _, rule := range rules {
		require.True(t, tested[rule], "nothing tests %q", rule)
	}
}
