package encoding

import (
	"encoding/base64"
	"reflect"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// encoder is the type of the official client's unexported field that encodes an operation's value.
// With a nil buffer it returns the size.
type encoder = func(*as.Operation, as.BufferEx) (int, as.Error)

// official returns what the official client would send for an operation: op code, bin name and
// value.
func official(t require.TestingT, op *as.Operation) (code protocol.OpCode, bin string, value []byte) {
	fields := reflect.ValueOf(op).Elem()
	code = protocol.OpCode(fields.FieldByName("opType").FieldByName("op").Uint())
	bin = fields.FieldByName("binName").String()
	encode := *(*encoder)(fields.FieldByName("encoder").Addr().UnsafePointer())
	require.NotNil(t, encode, "operation without a packed call")
	return code, bin, officialBytes(t, func(buf as.BufferEx) (int, as.Error) { return encode(op, buf) })
}

// written lets a function write into a buffer of the official client as if it were a list.
type written func(as.BufferEx) (int, as.Error)

func (w written) Len() int { return 0 }

func (w written) PackList(buf as.BufferEx) (int, error) {
	n, err := w(buf)
	return n, plain(err)
}

// officialBytes runs a writer on a buffer of the official client. The client passes such a buffer
// only to values that the caller defines, so the writer is sent as the value of a context. The
// bytes before its output are an array of two, type 0, and an empty list.
func officialBytes(t require.TestingT, write written) []byte {
	context := []*as.CDTContext{{Id: 0, Value: as.NewValue(write)}}
	text, err := as.CDTContextToBase64(context)
	require.NoError(t, plain(err))
	packed, decodeErr := base64.StdEncoding.DecodeString(text)
	require.NoError(t, decodeErr)
	const frame = "\x92\x00\x90"
	require.Equal(t, frame, string(packed[:len(frame)]))
	return packed[len(frame):]
}

// plain converts the official client's error, whose nil is a typed nil, to an error.
func plain(err as.Error) error {
	if err == nil {
		return nil
	}
	return err
}

// sameBytes compares our bytes with the official client's, ignoring the differences listed in the
// package comment.
func sameBytes(t require.TestingT, theirs, ours []byte, what string) {
	want, got := normal(theirs, shortestIntegers), normal(ours, integersAsTheyAre)
	if string(want) != string(got) {
		require.Failf(t, "bytes differ", "%s\nofficial %x\nours     %x", what, theirs, ours)
	}
}
