//go:build !race

package devserver

import (
	"bytes"
	"cmp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/wire"
)

// TestDeepAndUnknownElements checks that, as on a real server, lists and maps can have any depth,
// and extensions any type except those of the two sentinels.
func TestDeepAndUnknownElements(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	deep := func(levels int, inner string) string { return strings.Repeat("\x91", levels) + inner }
	raw := func(op protocol.OpCode, particle protocol.ParticleType, packed string) wire.Response {
		return c.operateRaw(key(1), op, "l", particle, packed)
	}
	for name, test := range map[string]struct {
		packed string
		want   protocol.ResultCode
		read   string // if it is not what was written
	}{
		"256 levels":              {deep(256, "\x01"), protocol.OK, ""},
		"257 levels":              {deep(257, "\x01"), protocol.OK, ""},
		"1000 levels":             {deep(1000, "\x92\x01\x80"), protocol.OK, ""},
		"100,000 levels":          {deep(100_000, "\x01"), protocol.OK, ""},
		"maps of 300 levels":      {"\x91" + strings.Repeat("\x81\x01", 300) + "\xc0", protocol.OK, ""},
		"10 million levels":       {deep(10_000_000, "\x01"), protocol.RecordTooBig, ""},
		"an extension":            {"\x92\x01\xc7\x00\x05", protocol.OK, ""},
		"an extension of 2 bytes": {"\x92\x01\xd5\x05\x01\x02", protocol.OK, ""},
		"a nested extension":      {"\x92\x01\x91\x93\xc0\xc7\x01\x07\x00\xa2\x03a", protocol.OK, "\x92\x01\x91\x93\xc0\xd4\x07\x00\xa2\x03a"},
		"an extension in a map":   {"\x92\x01\x81\x01\xd5\x05\x01\x02", protocol.OK, ""},
		"an extension as a key":   {"\x92\x01\x82\x01\x02\xd5\x05\x01\x02\x03", protocol.ServerError, ""},
		"a wildcard":              {"\x92\x01\xd4\xff\x00", protocol.ServerError, ""},
		"a deep wildcard":         {deep(300, "\xd4\xff\x00"), protocol.ServerError, ""},
		"a truncated deep list":   {deep(300, ""), protocol.ServerError, ""},
		"a deep list and a byte":  {deep(300, "\x01\x01"), protocol.ServerError, ""},
		"a deep list of bad size": {deep(300, "\xdd\xff\xff\xff\xff\x01"), protocol.ServerError, ""},
		"a deep map out of order": {deep(300, "\x82\x02\xc0\x01\xcd\x00\x05"), protocol.OK, deep(300, "\x82\x01\x05\x02\xc0")},
		"a deep key twice":        {deep(300, "\x82\x01\xc0\x01\xc0"), protocol.ServerError, ""},
	} {
		r := raw(protocol.OpWrite, protocol.ParticleList, test.packed)
		require.Equal(t, test.want, r.ResultCode, name)
		if test.want != protocol.OK {
			continue
		}
		read := wire.NewRead(key(1))
		message, err := read.AppendMessage(nil, 1000)
		require.NoError(t, err)
		c.send(message)
		_, body := c.receive()
		require.True(t, bytes.HasSuffix(body, []byte(cmp.Or(test.read, test.packed))), "%s: the value read", name)
		require.Equal(t, protocol.OK, raw(protocol.OpCDTModify, protocol.ParticleBlob, "\x92\x01\x07").ResultCode, "%s: append 7", name)
		require.Equal(t, protocol.OK, raw(protocol.OpCDTModify, protocol.ParticleBlob, "\x92\x01"+test.packed).ResultCode, "%s: append itself", name)
		size := wire.NewOperate(key(1), []protocol.Operation{cdt.ListPop("l", -2), cdt.ListSize("l")}, false)
		require.Equal(t, protocol.OK, c.do(size).ResultCode, name)
	}
}

// TestFunctionsOnDeepElements checks that functions do not fail because of values that they cannot
// represent.
func TestFunctionsOnDeepElements(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	c.register("m.lua", `
function size(rec) return list.size(rec.l) end
function first(rec) local x = rec.l[1] return x == nil end
function copy(rec) rec.c = rec.l return aerospike:update(rec) end
function whole(rec) return rec.l end
`)
	for _, packed := range []string{strings.Repeat("\x91", 300) + "\x01", "\x92\xd5\x05\x01\x02\x01", "\x91\x81\x01\xd5\x05\x01\x02"} {
		require.Equal(t, protocol.OK, c.operateRaw(key(1), protocol.OpWrite, "l", protocol.ParticleList, packed).ResultCode)
		for _, function := range []string{"size", "first", "copy", "whole"} {
			r := c.do(call(key(1), function))
			require.Equal(t, protocol.OK, r.ResultCode, "%s: %s", function, show(r.Bins))
		}
	}
	require.Equal(t, protocol.OK, c.do(wire.NewDelete(key(1))).ResultCode, "the connection is still usable")
}

// operateRaw sends an operation with an arbitrary value, which a client would not send.
func (c *client) operateRaw(k protocol.Key, op protocol.OpCode, bin string, particle protocol.ParticleType, value string) wire.Response {
	c.t.Helper()
	command := wire.NewOperate(k, []protocol.Operation{{Code: op, Bin: bin, Value: protocol.Blob([]byte(value))}}, false)
	message, err := command.AppendMessage(nil, 1000)
	require.NoError(c.t, err)
	name := string([]byte{0, byte(len(bin))}) + bin
	message[bytes.LastIndex(message, []byte(name+value))-1] = byte(particle)
	return c.message(message)
}
