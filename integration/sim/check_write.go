package sim

import (
	"slices"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// write compares what was reported about a write with what happened.
func (c *checker) write(call *Call, i int) {
	o := &call.Outcomes[i]
	applied, sent := c.Truth.Applied[o.Token], c.Sent[o.Token]
	tries := call.Limits.tries(true)
	if n := len(applied); verbs[call.Commands[i].Verb].guarded {
		c.appliedOnce(call, i, applied)
	} else if n > tries {
		c.breach(AppliedTwice, call, "row %d was applied %d times, in at most %d tries: %v", i, n, tries, applied)
	}
	if len(applied) > sent {
		c.breach(InconsistentHistory, call, "row %d was applied %d times, but sent %d times", i, len(applied), sent)
	}
	if again := c.rowByRowResends(o.Token); sent > tries+again && !verbs[call.Commands[i].Verb].guarded {
		c.breach(ForbiddenSend, call, "row %d was sent %d times, in at most %d tries", i, sent, tries+again)
	}
	switch verdict := o.verdict(); {
	case verdict == Applied:
		c.applied(call, i, applied)
	case verdict == NotApplied && len(applied) > 0:
		c.breach(FalseNotApplied, call, "row %d is %v", i, applied[0])
	case verdict == InDoubt && sent == 0 && !c.mayHaveLeftLater(call, o):
		c.breach(FalseInDoubt, call, "row %d was never sent completely", i)
	case verdict == InDoubt && c.refusedAlways(o, sent):
		c.breach(UnneededInDoubt, call, "row %d was refused each of the %d times it was sent", i, sent)
	}
	if o.Err != nil {
		c.code(call, i)
	}
}

// mayHaveLeftLater reports whether a write's message may still have been unsent when its caller
// gave up, and may have left later. A message shared with other callers is sent even if one of them
// gives up. For the end of the call this is known. For earlier tries it is assumed if a narrow link
// hit the message.
func (c *checker) mayHaveLeftLater(call *Call, o *Outcome) bool {
	if c.LastTry[o.Token] > o.Tick {
		return true
	}
	narrow := func(s Strike) bool { return s.Kind == NarrowLink }
	return call.Limits.Retries > 0 && c.Plan.Client.Coalesce != cluster.CoalesceOff && slices.ContainsFunc(c.Strikes[o.Token], narrow)
}

// applied checks a write that was reported as applied.
func (c *checker) applied(call *Call, i int, applied []*Version) {
	o, cmd := &call.Outcomes[i], &call.Commands[i]
	during := slices.DeleteFunc(slices.Clone(applied), func(v *Version) bool {
		return v.Event <= o.Begun.Event || v.Event > o.Ended.Event
	})
	if len(during) == 0 {
		c.breach(FalseApplied, call, "row %d is not in the history of the call: %v", i, applied)
		return
	}
	if o.Record != nil && !slices.ContainsFunc(during, func(v *Version) bool { return cmd.canReturn(o.Record, v) }) {
		c.breach(WrongWriteResult, call, "row %d made %v", i, during)
	}
}

// canReturn reports whether rec is a possible response to a write that made version v.
func (c *Command) canReturn(rec *protocol.Record, v *Version) bool {
	if !v.Exists {
		return rec.Generation == 0 && len(rec.Bins) == 0
	}
	if rec.Generation != v.Generation {
		return false
	}
	if c.Verb != Push {
		return len(rec.Bins) == 0
	}
	log, _ := v.Bins().Get(binLog)
	want := protocol.Bins{{Name: binLog, Value: protocol.Int(int64(log.Len()))}, {Name: binLog, Value: log}}
	return slices.EqualFunc(rec.Bins, want, sameBin)
}

// rowByRowResends returns how many additional times a write may be sent, because a node refused a
// batch and got its rows one by one.
func (c *checker) rowByRowResends(t Token) (n int) {
	for _, s := range c.Strikes[t] {
		if s.Batch && s.Kind == Refuse && s.Code == protocol.BatchQueuesFull {
			n++
		}
	}
	return n
}

// refusedAlways reports whether the server definitely refused a write each time it was sent.
func (c *checker) refusedAlways(o *Outcome, sent int) bool {
	refused := 0
	for _, s := range c.Strikes[o.Token] {
		definite := s.Code != protocol.ServerTimeout && (s.Kind == RefuseRow || s.Kind == Refuse && !s.Batch)
		if !definite {
			return false
		}
		refused++
	}
	return refused == sent && sent == 1 && slices.ContainsFunc(c.Strikes[o.Token], func(s Strike) bool { return s.Code == o.code() })
}

// code checks that the result code of a failed command is a possible one.
func (c *checker) code(call *Call, i int) {
	o, cmd := &call.Outcomes[i], &call.Commands[i]
	code := o.code()
	if code == protocol.ClientError || c.injected(o.Token, code) || c.transactionCode(call, i) {
		return
	}
	if verbs[cmd.Verb].guarded && c.injected(0, code) {
		return // for its read, which has no token
	}
	if !slices.Contains(verbs[cmd.Verb].refusals, code) {
		c.breach(ImpossibleCode, call, "row %d: %v", i, code)
		return
	}
	versions := c.seen(call, i)
	refused := slices.ContainsFunc(versions, func(v *Version) bool {
		switch code {
		case protocol.KeyNotFound:
			return !v.Exists
		case protocol.KeyExists:
			return v.Exists
		}
		return v.Generation != o.Expected
	})
	if !refused {
		c.breach(ImpossibleCode, call, "row %d: %v, but the versions were %v", i, code, versions)
	}
}

// injected reports whether a fault has caused the code: for the write with the token, or for any
// command if the token is 0. While the cluster changes, nodes also return two codes without a
// fault: that a partition is unavailable, and that another node does not respond.
func (c *checker) injected(t Token, code protocol.ResultCode) bool {
	if code == protocol.PartitionUnavailable || code == protocol.ServerTimeout {
		if slices.ContainsFunc(c.Plan.Faults, func(f Fault) bool { return f.Kind <= Move }) {
			return true
		}
	}
	gives := func(f *Fault) bool {
		return f.Code == code && (f.Kind == Refuse || f.Kind == RefuseRow) || f.Kind == ServerTimeout && code == protocol.ServerTimeout
	}
	if t != 0 {
		return slices.ContainsFunc(c.Strikes[t], func(s Strike) bool { return gives(s.Fault) })
	}
	return slices.ContainsFunc(c.Plan.Faults, func(f Fault) bool { return gives(&f) })
}
