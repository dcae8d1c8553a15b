package session

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func session(ttl time.Duration) wire.Session {
	return wire.Session{Token: []byte("token"), TTL: ttl}
}

func TestOneCallerLogsIn(t *testing.T) {
	var s State
	require.Equal(t, Login, s.Next(start, false))
	require.Equal(t, Wait, s.Next(start, false))
	require.Equal(t, Wait, s.Next(start, true), "the login in progress can succeed")
	s.Begin(session(time.Hour), start)
	require.Equal(t, Present, s.Next(start, false))
	require.Equal(t, []byte("token"), s.Token())
}

func TestNextCallerLogsInAfterFailure(t *testing.T) {
	var s State
	require.Equal(t, Login, s.Next(start, false))
	s.Fail()
	require.Equal(t, Login, s.Next(start, false))
	s.Fail()
	require.Equal(t, Refuse, s.Next(start, true))
}

func TestRenewal(t *testing.T) {
	for ttl, at := range map[time.Duration]time.Duration{
		24 * time.Hour: 24*time.Hour - time.Minute, 2 * time.Minute: time.Minute, time.Minute: 30 * time.Second, time.Second: 500 * time.Millisecond,
	} {
		var s State
		s.Next(start, false)
		s.Begin(session(ttl), start)
		require.False(t, s.Renew(start.Add(at-1), false))
		require.Equal(t, Present, s.Next(start.Add(at-1), false))
		require.False(t, s.Renew(start.Add(at), true))
		require.Equal(t, Present, s.Next(start.Add(at), true), "still valid")
		require.Equal(t, Login, s.Next(start.Add(at), false))
		require.False(t, s.Renew(start.Add(at), false), "a renewal is in progress")
		require.Equal(t, Present, s.Next(start.Add(ttl-1), false), "the old session is used meanwhile")
		require.Equal(t, Wait, s.Next(start.Add(ttl), false))
		s.Fail()
		require.True(t, s.Renew(start.Add(at), false))
		s.Begin(session(ttl), start.Add(ttl))
		require.Equal(t, Present, s.Next(start.Add(ttl), false))
	}
	var s State
	require.False(t, s.Renew(start, false), "nothing to renew")
	s.Next(start, false)
	s.Begin(session(0), start)
	require.Equal(t, Present, s.Next(start.Add(1000*time.Hour), false), "a session without an end")
}

func TestLostSessions(t *testing.T) {
	var s State
	s.Next(start, false)
	s.Begin(session(time.Hour), start)
	before := s.Epoch()
	s.Lose(before)
	require.Equal(t, Login, s.Next(start, false))
	s.Begin(session(time.Hour), start)
	s.Lose(before)
	require.Equal(t, Present, s.Next(start, false), "an old connection says nothing about the new session")

	s.Lose(s.Epoch())
	require.Equal(t, Login, s.Next(start, false))
	s.Pass()
	require.Equal(t, Pass, s.Next(start, true))
	require.False(t, s.Renew(start, false))
	s.Lose(s.Epoch())
	require.Equal(t, Login, s.Next(start, false), "security was turned on")
}

func TestResultCodes(t *testing.T) {
	for code, want := range map[protocol.ResultCode][2]bool{
		protocol.ExpiredSession: {true, true}, protocol.NotAuthenticated: {true, true}, protocol.InvalidCredential: {false, true},
		protocol.RoleViolation: {false, false}, protocol.InvalidUser: {false, false}, protocol.OK: {false, false},
	} {
		require.Equal(t, want, [2]bool{Lost(code), Stale(code)}, "%v", code)
	}
}

func TestBackoff(t *testing.T) {
	var b Backoff
	require.NoError(t, b.Err(start))
	now, refusal := start, errors.New("no")
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		b.Refused(refusal, now)
		b.Refused(errors.New("concurrent rejection"), now)
		require.Equal(t, refusal, b.Err(now.Add(want*time.Second-1)))
		now = now.Add(want * time.Second)
		require.NoError(t, b.Err(now))
	}
	b.Accepted()
	b.Refused(refusal, now)
	require.NoError(t, b.Err(now.Add(time.Second)), "the pause starts again at one second")
}

// TestCallersAndLogins checks random sequences of callers, of time, and of a node that loses
// sessions, rejects and fails: only one caller logs in at a time, no expired token is used, no
// caller waits without a login in progress, and there are no more logins than reasons for one.
func TestCallersAndLogins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s State
		var b Backoff
		now := start
		loggingIn, logins, reasons := false, 0, 1 // the first login
		var ends time.Time
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"call", "call", "call", "time", "ok", "refuse", "fail", "lose", "renew"}).Draw(t, "event") {
			case "time":
				d := time.Duration(rapid.Int64Range(1, int64(4*time.Minute)).Draw(t, "duration"))
				if now = now.Add(d); !ends.IsZero() && !now.Before(ends.Add(-renewal)) {
					reasons++
				}
				if b.Err(now) == nil {
					reasons++ // the pause is over
				}
			case "call":
				switch step := s.Next(now, b.Err(now) != nil); step {
				case Login:
					require.False(t, loggingIn, "two logins at a time")
					loggingIn = true
					logins++
				case Wait:
					require.True(t, loggingIn, "no login in progress would wake this caller")
				case Present:
					require.NotNil(t, s.Token())
					require.True(t, now.Before(ends), "an expired token")
				case Refuse:
					require.Error(t, b.Err(now))
				}
			case "renew":
				if s.Renew(now, b.Err(now) != nil) {
					require.False(t, loggingIn, "two logins at a time")
					loggingIn = true
					logins++
				}
			case "lose":
				s.Lose(s.Epoch())
				reasons++
			case "ok":
				if loggingIn {
					s.Begin(session(3*time.Minute), now)
					b.Accepted()
					loggingIn, ends = false, now.Add(3*time.Minute)
				}
			case "fail":
				if loggingIn {
					s.Fail()
					loggingIn = false
					reasons++
				}
			case "refuse":
				if loggingIn {
					s.Fail()
					b.Refused(errors.New("no"), now)
					loggingIn = false // the next reason is the end of the pause
				}
			}
			require.LessOrEqual(t, logins, reasons)
		}
	})
}
