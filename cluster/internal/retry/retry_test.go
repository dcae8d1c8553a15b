package retry

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
)

type try struct {
	outcome Outcome
	code    protocol.ResultCode
}

// TestInDoubt is the truth table for writes. Each row has the outcome of each try, and whether the
// write is in doubt after the last.
func TestInDoubt(t *testing.T) {
	refused := func(c protocol.ResultCode) try { return try{Refused, c} }
	for name, c := range map[string]struct {
		tries   []try
		inDoubt bool
	}{
		"no node":                            {[]try{{outcome: NoNode}}, false},
		"no connection":                      {[]try{{outcome: NoConn}}, false},
		"request partly sent":                {[]try{{outcome: Unsent}}, false},
		"three tries, none sent":             {[]try{{outcome: Unsent}, {outcome: NoConn}, {outcome: NoNode}}, false},
		"no response":                        {[]try{{outcome: Lost}}, true},
		"timeout":                            {[]try{{outcome: TimedOut}}, true},
		"invalid response":                   {[]try{{outcome: Broken}}, true},
		"unreadable value":                   {[]try{{outcome: Unreadable}}, true},
		"rejected":                           {[]try{refused(protocol.KeyExists)}, false},
		"unknown code":                       {[]try{refused(199)}, false},
		"server timeout":                     {[]try{refused(protocol.ServerTimeout)}, true},
		"overload":                           {[]try{refused(protocol.DeviceOverload)}, false},
		"no response, then rejected":         {[]try{{outcome: Lost}, refused(protocol.GenerationError)}, true},
		"no response, then overload":         {[]try{{outcome: Lost}, refused(protocol.DeviceOverload)}, true},
		"timeout, then not found":            {[]try{{outcome: TimedOut}, refused(protocol.KeyNotFound)}, true},
		"server timeout, then rejected":      {[]try{refused(protocol.ServerTimeout), refused(protocol.KeyExists)}, true},
		"rejected, then server timeout":      {[]try{refused(protocol.DeviceOverload), refused(protocol.ServerTimeout)}, true},
		"overload, then rejected":            {[]try{refused(protocol.DeviceOverload), refused(protocol.KeyExists)}, false},
		"overload, then no response":         {[]try{refused(protocol.DeviceOverload), {outcome: Lost}}, true},
		"whole batch rejected":               {[]try{{Ambiguous, protocol.DeviceOverload}}, true},
		"node backing off":                   {[]try{{outcome: Backoff}}, false},
		"no response, then node backing off": {[]try{{outcome: Lost}, {outcome: Backoff}}, true},
		"request partly sent, then rejected": {[]try{{outcome: Unsent}, refused(protocol.KeyExists)}, false},
		"dead connection, then rejected":     {[]try{{outcome: Stale}, refused(protocol.KeyExists)}, false},
		"no response, then no connection":    {[]try{{outcome: Lost}, {outcome: NoConn}}, true},
		"dead connection, then no response":  {[]try{{outcome: Stale}, {outcome: Lost}}, true},
		"unavailable, then no node":          {[]try{refused(protocol.PartitionUnavailable), {outcome: NoNode}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := State{Write: true, MaxRetries: 5}
			read := State{MaxRetries: 5}
			for _, y := range c.tries {
				s.Fail(y.outcome, y.code)
				read.Fail(y.outcome, y.code)
			}
			require.Equal(t, c.inDoubt, s.InDoubt())
			require.False(t, read.InDoubt(), "a read is never in doubt")
		})
	}
}

func TestInterrupt(t *testing.T) {
	s := State{Write: true}
	s.Interrupt(false)
	require.False(t, s.InDoubt())
	s.Interrupt(true)
	require.True(t, s.InDoubt())
	s.Interrupt(false)
	require.True(t, s.InDoubt(), "an earlier request was sent")
	require.Equal(t, 3, s.Tries())
}

func TestFail(t *testing.T) {
	read, write := State{MaxRetries: 2}, State{Write: true, MaxRetries: 2}
	again := Step{Again: true, Sleep: true, NextReplica: true, Costs: true}
	refresh := Step{Again: true, Sleep: true, NextReplica: true, Refresh: true, Costs: true}
	for name, c := range map[string]struct {
		state   State
		outcome Outcome
		code    protocol.ResultCode
		want    Step
	}{
		"read, no response":         {read, Lost, 0, again},
		"read, timeout":             {read, TimedOut, 0, again},
		"write, timeout":            {write, TimedOut, 0, Step{Again: true, Sleep: true, Costs: true}},
		"node backing off":          {read, Backoff, 0, Step{Again: true, Sleep: true, NextReplica: true}},
		"batch rejected, retriable": {write, Ambiguous, protocol.DeviceOverload, again},
		"batch rejected":            {write, Ambiguous, protocol.ParameterError, Step{}},
		"write, no connection":      {write, NoConn, 0, again},
		"write by default":          {State{Write: true}, NoConn, 0, Step{}},
		"dead connection":           {State{Write: true}, Stale, 0, Step{Again: true}},
		"no node":                   {read, NoNode, 0, Step{Again: true, Sleep: true, NextReplica: true, Refresh: true}},
		"partition unavailable":     {write, Refused, protocol.PartitionUnavailable, refresh},
		"server timeout":            {read, Refused, protocol.ServerTimeout, again},
		"overload":                  {write, Refused, protocol.DeviceOverload, again},
		"busy key":                  {read, Refused, protocol.KeyBusy, Step{}},
		"not found":                 {read, Refused, protocol.KeyNotFound, Step{}},
		"unknown code":              {read, Refused, 199, Step{}},
		"invalid response":          {read, Broken, 0, Step{}},
		"unreadable value":          {read, Unreadable, 0, Step{}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, c.state.Fail(c.outcome, c.code))
		})
	}
}

// TestLimits checks random sequences: a command is tried at most MaxRetries+1 times, plus one
// replaced dead connection, and it is in doubt if and only if one of its tries may have been
// applied.
func TestLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := State{Write: rapid.Bool().Draw(t, "write"), MaxRetries: rapid.IntRange(0, 5).Draw(t, "retries")}
		calls, mayBeApplied := 0, false
		for again := true; again; calls++ {
			o := Outcome(rapid.IntRange(0, int(Unreadable)).Draw(t, "outcome"))
			code := protocol.ResultCode(rapid.SampledFrom([]int{1, 3, 5, 9, 11, 18, 199, 255}).Draw(t, "code"))
			again = s.Fail(o, code).Again
			switch o {
			case Lost, TimedOut, Broken, Ambiguous, Unreadable:
				mayBeApplied = true
			case Refused:
				mayBeApplied = mayBeApplied || code == protocol.ServerTimeout
			}
		}
		require.LessOrEqual(t, s.Tries(), s.MaxRetries+1)
		require.LessOrEqual(t, calls, s.MaxRetries+2)
		require.Equal(t, s.Write && mayBeApplied, s.InDoubt())
	})
}

func TestQuery(t *testing.T) {
	for _, o := range []Outcome{NoNode, NoConn, Stale, Unsent, Lost, TimedOut} {
		require.True(t, Query(o, 0))
	}
	require.False(t, Query(Broken, 0))
	for code, want := range map[protocol.ResultCode]bool{
		protocol.ServerTimeout: true, protocol.PartitionUnavailable: true, protocol.IndexNotFound: true, protocol.IndexNotReadable: true,
		protocol.QueryAborted: false, protocol.ParameterError: false,
	} {
		require.Equal(t, want, Query(Refused, code), code)
	}
}
