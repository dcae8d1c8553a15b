package devserver

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func text(name, s string) protocol.Bin {
	return protocol.Bin{Name: name, Value: protocol.String(s)}
}

func TestBinOrderFollowsRemovals(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	k := key(1)
	c.do(put(k, text("a", "1"), text("b", "2"), text("c", "3"), text("d", "4")))
	c.do(put(k, protocol.Bin{Name: "b"}))
	r := c.do(wire.NewRead(k))
	require.Equal(t, "a=1 d=4 c=3", show(r.Bins))
	require.EqualValues(t, 2, r.Generation)
}

func TestGenerationWraps(t *testing.T) {
	s := start(t, Options{Edition: Enterprise, Namespaces: []NamespaceOptions{{Name: "ap"}, {Name: "sc", StrongConsistency: true}}})
	ap, sc := s.namespace([]byte("ap")), s.namespace([]byte("sc"))
	require.EqualValues(t, 2, ap.nextGeneration(1))
	require.EqualValues(t, 1024, ap.nextGeneration(1023))
	require.EqualValues(t, 1, ap.nextGeneration(65535))
	require.EqualValues(t, 2, sc.nextGeneration(1))
	require.EqualValues(t, 1, sc.nextGeneration(1023))
}

func TestTimeToLive(t *testing.T) {
	clock := newTestClock()
	s := start(t, Options{Clock: clock.Now, Namespaces: []NamespaceOptions{{Name: "test", DefaultTTL: 100}}})
	c := connect(t, s, 0)
	now := protocol.VoidTimeAt(clock.Now())
	for _, test := range []struct {
		ttl  uint32
		want uint32
	}{{0, now + 100}, {7, now + 7}, {protocol.TTLNever, 0}, {protocol.TTLDontUpdate, now + 100}} {
		w := put(key(int(test.ttl)), one(1))
		w.RecordTTL = test.ttl
		require.Equal(t, test.want, c.do(w).RecordTTL)
	}
	w := put(key("keep"), one(1))
	w.RecordTTL = 10
	c.do(w)
	clock.advance(5 * time.Second)
	w.RecordTTL = protocol.TTLDontUpdate
	require.Equal(t, now+10, c.do(w).RecordTTL)

	clock.advance(5 * time.Second)
	require.Equal(t, protocol.OK, c.do(wire.NewRead(key("keep"))).ResultCode, "the record is live until its void time has passed")
	clock.advance(time.Second)
	r := c.do(wire.NewRead(key("keep")))
	require.Equal(t, protocol.KeyNotFound, r.ResultCode)
	w.RecordTTL = 0
	require.EqualValues(t, 1, c.do(w).Generation, "an expired record is created again")

	w.RecordTTL = protocol.MaxTTL + 1
	require.Equal(t, protocol.ParameterError, c.do(w).ResultCode)
}

func TestForbidTTL(t *testing.T) {
	c := connect(t, start(t, Options{Namespaces: []NamespaceOptions{{Name: "test", ForbidTTL: true}}}), 0)
	w := put(key(1), one(1))
	require.Equal(t, protocol.OK, c.do(w).ResultCode)
	w.RecordTTL = 5
	require.Equal(t, protocol.Forbidden, c.do(w).ResultCode)
}

func TestReadTouch(t *testing.T) {
	clock := newTestClock()
	c := connect(t, start(t, Options{Clock: clock.Now}), 0)
	w := put(key(1), one(1))
	w.RecordTTL = 100
	first := c.do(w).RecordTTL
	r := wire.NewRead(key(1))
	r.RecordTTL = 20
	clock.advance(79 * time.Second)
	require.Equal(t, first, c.do(r).RecordTTL)
	require.Equal(t, first, c.do(r).RecordTTL)
	clock.advance(time.Second)
	require.Equal(t, first, c.do(r).RecordTTL, "the read that renews returns the old void time")
	after := c.do(r)
	require.Equal(t, first+80, after.RecordTTL)
	require.EqualValues(t, 1, after.Generation, "a read touch does not count as a write")
	r.RecordTTL = 101
	require.Equal(t, protocol.ParameterError, c.do(r).ResultCode)
}

func TestStoredKey(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	w := put(key("k"), one(1))
	w.SendKey = true
	require.Equal(t, protocol.OK, c.do(w).ResultCode)
	other, err := protocol.NewKey("test", "demo", "other")
	require.NoError(t, err)
	stolen := func(command wire.Command) []byte {
		command.Key, command.SendKey = other, true
		message, err := command.AppendMessage(nil, 0)
		require.NoError(t, err)
		digest, want := other.Digest(), key("k").Digest()
		return []byte(strings.Replace(string(message), string(digest[:]), string(want[:]), 1))
	}
	for _, command := range []wire.Command{put(other, one(2)), wire.NewRead(other), wire.NewDelete(other)} {
		require.Equal(t, protocol.KeyMismatch, c.message(stolen(command)).ResultCode)
	}
	require.Equal(t, protocol.OK, c.do(wire.NewRead(key("k"))).ResultCode)
}

func TestSetMismatch(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	require.Equal(t, protocol.OK, c.do(put(key(1), one(1))).ResultCode)
	wrong, err := protocol.KeyFromDigest("test", "elsewhere", key(1).Digest())
	require.NoError(t, err)
	none, err := protocol.KeyFromDigest("test", "", key(1).Digest())
	require.NoError(t, err)
	require.Equal(t, protocol.ParameterError, c.do(put(wrong, one(2))).ResultCode)
	require.Equal(t, protocol.ParameterError, c.do(put(none, one(2))).ResultCode)
	require.Equal(t, protocol.ParameterError, c.do(wire.NewRead(wrong)).ResultCode)
	require.Equal(t, protocol.OK, c.do(wire.NewRead(none)).ResultCode)
	require.Equal(t, protocol.OK, c.do(wire.NewDelete(none)).ResultCode)
}

func TestRefusals(t *testing.T) {
	c := connect(t, start(t, Options{Namespaces: []NamespaceOptions{{Name: "test", ForbidNullSet: true}}}), 0)
	durable := wire.NewDelete(key(1))
	durable.Info2 |= wire.Info2DurableDelete
	createOnly := put(key(1), one(1))
	createOnly.Info2 |= wire.Info2CreateOnly
	lastBin := put(key(1), protocol.Bin{Name: "n"})
	tooBig := put(key(2), protocol.Bin{Name: "b", Value: protocol.Blob(make([]byte, 1<<20))})
	for i, test := range []struct {
		command wire.Command
		want    protocol.ResultCode
	}{
		{durable, protocol.EnterpriseOnly},
		{createOnly, protocol.OK},
		{createOnly, protocol.KeyExists},
		{put(protocol.MustKey("test", "", 1), one(1)), protocol.ParameterError},
		{put(protocol.MustKey("nosuch", "", 1), one(1)), protocol.InvalidNamespace},
		{tooBig, protocol.RecordTooBig},
		{lastBin, protocol.OK},
		{wire.NewRead(key(1)), protocol.KeyNotFound},
		{lastBin, protocol.KeyNotFound},
		{wire.NewTouch(key(1)), protocol.KeyNotFound},
	} {
		require.Equal(t, test.want, c.do(test.command).ResultCode, "%d", i)
	}
}
