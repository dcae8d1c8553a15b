package devserver

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func hexDigest(id any) string {
	d := key(id).Digest()
	return d.String()
}

// TestRefusedRequestsAreLogged checks that a refused request is logged with its reason at debug
// level, and nothing is logged about a record that does not exist.
func TestRefusedRequestsAreLogged(t *testing.T) {
	var logged bytes.Buffer
	s := start(t, Options{Logger: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	c := connect(t, s, 0)
	require.Equal(t, protocol.OK, c.do(put(key(1), named("s", protocol.String("x")))).ResultCode)
	add := wire.NewWrite(protocol.OpAdd, key(1), protocol.Bins{named("s", protocol.Int(1))})
	require.Equal(t, protocol.BinTypeError, c.do(add).ResultCode)
	require.Equal(t, protocol.KeyNotFound, c.do(wire.NewRead(key(2))).ResultCode)
	other := protocol.MustKey("nosuch", "demo", 1)
	require.Equal(t, protocol.InvalidNamespace, c.do(wire.NewRead(other)).ResultCode)
	s.Inject(Fault{On: Reads, Do: Refuse(protocol.DeviceOverload)})
	require.Equal(t, protocol.DeviceOverload, c.do(wire.NewRead(key(1))).ResultCode)
	require.NoError(t, s.Close())
	log := logged.String()
	require.Contains(t, log, `msg="write refused" node=A1 namespace=test set=demo digest=`+hexDigest(1)+
		` result=BIN_TYPE_ERROR reason=`)
	require.Contains(t, log, "operation=5 bin=s")
	require.Contains(t, log, `msg="request refused" node=A1`)
	require.Contains(t, log, "INVALID_NAMESPACE")
	require.Contains(t, log, `msg=fault node=A1`)
	require.NotContains(t, log, hexDigest(2))
}

// TestMaxMemory checks that writes are refused above the limit, while reads and deletes work.
func TestMaxMemory(t *testing.T) {
	s := start(t, Options{MaxMemory: 10_000})
	c := connect(t, s, 0)
	blob := named("b", protocol.Blob(make([]byte, 6_000)))
	require.Equal(t, protocol.OK, c.do(put(key(1), blob)).ResultCode)
	require.Equal(t, protocol.OK, c.do(put(key(2), blob)).ResultCode)
	require.Equal(t, protocol.OutOfSpace, c.do(put(key(3), blob)).ResultCode)
	require.Equal(t, protocol.OK, c.do(wire.NewRead(key(1))).ResultCode)
	require.Equal(t, protocol.OK, c.do(wire.NewDelete(key(1))).ResultCode)
	require.Equal(t, protocol.OK, c.do(put(key(3), blob)).ResultCode)
}
