package wire

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// The bytes are those of docs/wire-core.md#12.
func TestParseResponse(t *testing.T) {
	body := unhex(t, "16 00000000 00 00000001 00000000 00000000 0000 0001 | 0000000d 01010001 69 0000000000000001")
	resp, rest, err := ParseResponse(body)
	require.NoError(t, err)
	require.Empty(t, rest)
	key := protocol.MustKey("test", "demo", "k1")
	rec := resp.Record(key)
	require.Equal(t, uint32(1), rec.Generation)
	require.Equal(t, protocol.NeverExpires, rec.TTL(time.Now()))
	require.Equal(t, map[string]any{"i": int64(1)}, rec.Bins.Map())

	resp, _, err = ParseResponse(unhex(t, "16 00000000 02 00000000 00000000 00000000 0000 0000"))
	require.NoError(t, err)
	require.Equal(t, protocol.KeyNotFound, resp.ResultCode)
	require.False(t, resp.Last())
}

// A record of a query allocates only its bins.
func TestQueryRowAllocations(t *testing.T) {
	m := Message{Header: Header{Generation: 1}, Fields: []Field{
		{Type: FieldNamespace, Data: []byte("test")}, {Type: FieldDigest, Data: make([]byte, 20)}, {Type: FieldSet, Data: []byte("demo")},
	}, Ops: []RawOp{{Code: protocol.OpRead, Type: protocol.ParticleString, Name: []byte("a"), Data: []byte("text")}, {Code: protocol.OpRead, Type: protocol.ParticleInteger, Name: []byte("b"), Data: make([]byte, 8)}}}
	body := m.AppendTo(nil)
	require.EqualValues(t, 1, testing.AllocsPerRun(100, func() {
		resp, _, err := ParseResponse(body)
		if err != nil || len(resp.Bins) != 2 || resp.Set != "demo" {
			t.Fail()
		}
	}))
}

func TestQueryRecord(t *testing.T) {
	key := protocol.MustKey("test", "demo", "k1")
	digest := key.Digest()
	m := Message{Header: Header{Generation: 3, RecordTTL: 100}}
	m.Fields = []Field{{FieldNamespace, []byte("test")}, {FieldDigest, digest[:]}, {FieldSet, []byte("demo")}, {FieldKey, []byte("\x03k1")}}
	m.Ops = []RawOp{{protocol.OpRead, protocol.ParticleString, []byte("s"), []byte("text")}}
	resp, rest, err := ParseResponse(append(m.AppendTo(nil), "next"...))
	require.NoError(t, err)
	require.Equal(t, "next", string(rest))
	rec := resp.QueryRecord()
	require.Equal(t, key.String(), rec.Key.String())
	require.Equal(t, digest, rec.Key.Digest())
	require.Equal(t, "test:demo:k1 gen=3 s=text", rec.String())
	require.Equal(t, 30*time.Second, rec.TTL(time.Unix(protocol.Epoch2010+70, 0)))
	require.Equal(t, time.Second, rec.TTL(time.Unix(protocol.Epoch2010+500, 0)), "the TTL of an expired record is one second")
}

func TestUDFErrorText(t *testing.T) {
	m := Message{Header: Header{ResultCode: protocol.UDFError}, Ops: []RawOp{{protocol.OpRead, protocol.ParticleString, []byte("FAILURE"), []byte("conf.lua:3: no")}}}
	resp, _, err := ParseResponse(m.AppendTo(nil))
	require.NoError(t, err)
	require.Equal(t, "conf.lua:3: no", resp.Detail)
}

func TestMessageRoundTrip(t *testing.T) {
	m := Message{Header: Header{Info1: 1, Info2: 2, Info3: 4, Info4: 8, ResultCode: 200, Generation: 5, RecordTTL: 6, TransactionTTL: 7}}
	m.Fields = []Field{{FieldNamespace, []byte("test")}, {FieldSet, []byte{}}}
	m.Ops = []RawOp{{protocol.OpWrite, protocol.ParticleBlob, []byte("bin"), []byte{1, 2}}, {protocol.OpTouch, 0, []byte{}, []byte{}}}
	back, err := ParseMessage(m.AppendTo(nil))
	require.NoError(t, err)
	m.FieldCount, m.OpCount = 2, 2
	require.Equal(t, &m, back)
	_, err = ParseMessage(append(m.AppendTo(nil), 0))
	require.ErrorIs(t, err, protocol.ErrMalformed)
}

// An operation can have a last-update time after its name.
func TestOperationWithUpdateTime(t *testing.T) {
	body := unhex(t, "16 00000000 00 00000000 00000000 00000000 0000 0001 | 0000000e 02040101 61 0000000000000001 ff")
	m, err := ParseMessage(body)
	require.NoError(t, err)
	require.Equal(t, RawOp{protocol.OpWrite, protocol.ParticleBlob, []byte("a"), []byte{0xff}}, m.Ops[0])
}

func TestProtoHeader(t *testing.T) {
	h, err := ParseProtoHeader(ProtoHeader{ProtoInfo, 77}.AppendTo(nil))
	require.NoError(t, err)
	require.Equal(t, ProtoHeader{ProtoInfo, 77}, h)
	for text, want := range map[string]error{
		"HTTP/1.1":                         protocol.ErrMalformed,
		"\x15\x03\x01\x00\x02\x02\x28\x00": protocol.ErrMalformed,
		"\x02\x03":                         protocol.ErrMalformed,
		"\x02\x09\x00\x00\x00\x00\x00\x00": protocol.ErrMalformed,
		"\x02\x03\xff\xff\xff\xff\xff\xff": protocol.ErrTooLarge,
	} {
		_, err := ParseProtoHeader([]byte(text))
		require.ErrorIs(t, err, want, "%q", text)
	}
	_, err = ParseProtoHeader([]byte("HTTP/1.1 400"))
	require.ErrorContains(t, err, "HTTP server")
}

// Counts that are too large for the body are errors.
func TestHostileCounts(t *testing.T) {
	for name, body := range map[string]string{
		"fields":           "16 00000000 00 00000000 00000000 00000000 ffff 0000",
		"operations":       "16 00000000 00 00000000 00000000 00000000 0000 ffff",
		"field length":     "16 00000000 00 00000000 00000000 00000000 0001 0000 ffffffff 00",
		"field of nothing": "16 00000000 00 00000000 00000000 00000000 0001 0000 00000000 00",
		"operation length": "16 00000000 00 00000000 00000000 00000000 0000 0001 ffffffff 01010001",
		"short operation":  "16 00000000 00 00000000 00000000 00000000 0000 0001 00000002 01010001",
		"name length":      "16 00000000 00 00000000 00000000 00000000 0000 0001 00000004 010100ff",
		"short header":     "16 00000000",
	} {
		b := unhex(t, body)
		_, err := ParseMessage(b)
		require.ErrorIs(t, err, protocol.ErrMalformed, name)
		_, _, err = ParseResponse(b)
		require.ErrorIs(t, err, protocol.ErrMalformed, name)
	}
}

func TestInfo(t *testing.T) {
	req, err := AppendInfo(nil, "node", "peers-generation")
	require.NoError(t, err)
	require.Equal(t, "\x02\x01\x00\x00\x00\x00\x00\x16node\npeers-generation\n", string(req))
	answers, err := ParseInfo([]byte("node\tBB9\npeers-generation\t0\nfeature-key\tERROR:25:enterprise only\nservices\t\n"))
	require.NoError(t, err)
	require.Equal(t, []InfoAnswer{{"node", "BB9"}, {"peers-generation", "0"}, {"feature-key", "ERROR:25:enterprise only"}, {"services", ""}}, answers)

	answers, err = ParseInfo([]byte("ERROR:80:not authenticated\n"))
	require.NoError(t, err)
	require.Equal(t, []InfoAnswer{{"", "ERROR:80:not authenticated"}}, answers)

	for _, bad := range []string{"node", "no tab\n", "\n"} {
		_, err := ParseInfo([]byte(bad))
		require.ErrorIs(t, err, protocol.ErrMalformed, "%q", bad)
	}
	_, err = AppendInfo(nil, "node\nbuild")
	require.ErrorIs(t, err, protocol.ErrInvalidCommand)
}

func TestParseInfoError(t *testing.T) {
	for value, want := range map[string]*protocol.Error{
		"ERROR:25:enterprise only":    {Code: protocol.EnterpriseOnly, Message: "enterprise only"},
		"ERROR::no number":            {Code: protocol.ServerError, Message: "no number"},
		"FAIL:4:bad":                  {Code: protocol.ParameterError, Message: "bad"},
		"error=not_found":             {Code: protocol.ServerError, Message: "not_found"},
		"ERROR:4:unrecognized: a:b=c": {Code: protocol.ParameterError, Message: "unrecognized: a:b=c"},
		"fail":                        {Code: protocol.ServerError},
		"Error=7x":                    {Code: protocol.ClusterKeyMismatch, Message: "x"},
		"ERROR:999:":                  {Code: protocol.ServerError},
		"fail:4":                      {Code: protocol.ParameterError},
		"failed":                      nil,
		"err":                         nil,
		"":                            nil,
		"ok":                          nil,
		"errors=0":                    nil,
	} {
		got, ok := ParseInfoError(value)
		require.Equal(t, want != nil, ok, value)
		require.Equal(t, want, got, value)
	}
}

func TestCompression(t *testing.T) {
	put := NewWrite(protocol.OpWrite, protocol.MustKey("test", "demo", "k1"), protocol.Bins{protocol.NewBin("a", strings.Repeat("x", 400))})
	message, err := put.AppendMessage(nil, 500)
	require.NoError(t, err)
	packed, err := AppendCompressed([]byte("before"), message)
	require.NoError(t, err)
	packed = packed[len("before"):]
	require.Less(t, len(packed), len(message))
	h, err := ParseProtoHeader(packed)
	require.NoError(t, err)
	require.Equal(t, ProtoHeader{ProtoCompressed, len(packed) - ProtoHeaderSize}, h)
	back, err := Decompress(packed[ProtoHeaderSize:])
	require.NoError(t, err)
	require.Equal(t, message, back)
}
