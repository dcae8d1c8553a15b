package wire

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// broken reports whether a parse error wraps one of the documented errors.
func broken(err error) bool {
	return errors.Is(err, protocol.ErrMalformed) || errors.Is(err, protocol.ErrTooDeep)
}

// addRequests adds the bodies of recorded requests to a corpus.
func addRequests(f *testing.F, categories ...string) {
	for _, frame := range wiretest.Samples(categories...) {
		f.Add(wiretest.Bodies(frame.Request)[0])
	}
}

// addAnswers adds the bodies of recorded responses to a corpus.
func addAnswers(f *testing.F, categories ...string) {
	for _, frame := range wiretest.Samples(categories...) {
		for _, body := range wiretest.Bodies(frame.Response) {
			f.Add(body)
		}
	}
}

func FuzzParseProtoHeader(f *testing.F) {
	f.Add([]byte("\x02\x03\x00\x00\x00\x00\x00\x16"))
	f.Add([]byte("\x02\x03\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte("HTTP/1.1"))
	f.Fuzz(func(t *testing.T, head []byte) {
		wiretest.Bounded(t, len(head), wiretest.Bytes, func() {
			h, err := ParseProtoHeader(head)
			if err != nil {
				require.True(t, broken(err) || errors.Is(err, protocol.ErrTooLarge), "%v", err)
				return
			}
			require.LessOrEqual(t, h.Size, protocol.MaxProtoSize)
			require.Equal(t, head[:ProtoHeaderSize], h.AppendTo(nil))
		})
	})
}

// FuzzParseMessage parses requests, as a server does.
func FuzzParseMessage(f *testing.F) {
	m := Message{Fields: []Field{{FieldNamespace, []byte("test")}}, Ops: []RawOp{{protocol.OpWrite, protocol.ParticleBlob, []byte("bin"), []byte{1}}}}
	f.Add(m.AppendTo(nil))
	f.Add(unhex(f, "16 01000000 00 00000000 00000000 000003e8 0003 0001 | 00000005 00 74657374 | 00000002 01 63 | 00000015 04 c88cb74ebd5a386cff9e0491b749847a9fbd2236 | 00000005 01000001 69"))
	f.Add(unhex(f, "16 02010020 00 00000003 ffffffff 000003e8 0002 0002 | 00000005 00 74657374 | 0000000a 02 0100000000000007 00 | 00000009 02040001 69 01020304 | 00000005 0b000000"))
	addRequests(f, "scalar", "policy", "list", "map", "bit", "hll", "expwrite", "udf", "query")
	f.Fuzz(func(t *testing.T, body []byte) {
		var m *Message
		var err error
		wiretest.Bounded(t, len(body), wiretest.Parts, func() { m, err = ParseMessage(body) })
		if err != nil {
			require.True(t, broken(err), "%v", err)
			return
		}
		again, err := ParseMessage(m.AppendTo(nil))
		require.NoError(t, err)
		require.Equal(t, m.Fields, again.Fields)
		require.Equal(t, m.Ops, again.Ops)
	})
}

// FuzzParseResponse parses responses: of single commands, batch rows and records of queries.
func FuzzParseResponse(f *testing.F) {
	for _, answer := range []string{
		"16 00000000 00 00000001 00000000 00000000 0000 0001 | 0000000d 01010001 69 0000000000000001",
		"16 00000000 00 00000001 00000000 00000002 0000 0001 | 0000000a 01140001 6c 93010203 | 16 00000001 00 00000000 00000000 00000000 0000 0000",
		"16 00000000 00 00000001 00000000 00000000 0004 0001 | 00000005 00 74657374 | 00000002 01 63 | 00000015 04 c88cb74ebd5a386cff9e0491b749847a9fbd2236 | 00000009 2a 0100000000000000 | 00000009 01130001 6d 810102",
		"16 00000008 0b 00000007 00000000 00000000 0000 0000",
		"16 00000000 64 00000000 00000000 00000000 0000 0001 | 0000000e 01030007 4641494c555245 6f6f7073",
	} {
		f.Add(unhex(f, answer))
	}
	addAnswers(f, "scalar", "policy", "list", "map", "bit", "hll", "exp", "batch", "rows", "udf", "udfcall", "query")
	f.Fuzz(func(t *testing.T, body []byte) {
		var all []Response
		wiretest.Bounded(t, len(body), wiretest.Values, func() {
			all = all[:0]
			for rest := body; len(rest) > 0; {
				resp, next, err := ParseResponse(rest)
				if err != nil {
					require.True(t, broken(err), "%v", err)
					return
				}
				require.Less(t, len(next), len(rest))
				if rest = next; len(all) < 16 {
					all = append(all, resp)
				}
			}
		})
		for i := range all {
			require.NotEmpty(t, all[i].QueryRecord().String())
			require.True(t, all[i].Err == nil || broken(all[i].Err), "%v", all[i].Err)
			all[i].UDFResult()
			all[i].UDFFailure()
		}
	})
}

func FuzzParseBatch(f *testing.F) {
	read := NewRead(protocol.MustKey("test", "demo", "k1"), "a")
	write := NewWrite(protocol.OpWrite, protocol.MustKey("test", "demo", 2), protocol.Bins{protocol.NewBin("a", 7)})
	call := NewExecute(protocol.MustKey("test", "demo", "k1"), &UDFCall{Package: "p", Function: "f"})
	msg, err := (&Batch{}).AppendMessage(nil, []BatchRow{{Index: 0, Command: &read}, {Index: 1, Command: &read}, {Index: 2, Command: &write}, {Index: 3, Command: &call}}, 0)
	require.NoError(f, err)
	f.Add(msg[ProtoHeaderSize+HeaderSize+fieldMin:])
	for _, frame := range wiretest.Samples("batch", "rows") {
		f.Add(frame.Request[ProtoHeaderSize+HeaderSize+fieldMin:])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		wiretest.Bounded(t, len(data), wiretest.Parts, func() {
			req, err := ParseBatch(data)
			rows := 0
			for row := new(ParsedRow); err == nil && row != nil; {
				if row, err = req.Next(); row != nil {
					rows++
				}
			}
			switch {
			case err != nil:
				require.True(t, broken(err), "%v", err)
			case rows != req.Rows:
				t.Fatalf("%d rows of %d", rows, req.Rows)
			}
		})
	})
}

func FuzzParseInfo(f *testing.F) {
	f.Add([]byte("node\tA1\nERROR:80:not authenticated\n"))
	f.Add([]byte("a\tFAIL:4:bad\nb\terror=x\nc\t\n"))
	addAnswers(f, "info")
	f.Fuzz(func(t *testing.T, body []byte) {
		var answers []InfoAnswer
		var err error
		// A line of two bytes is an InfoAnswer of 32 bytes, plus the text.
		wiretest.Bounded(t, len(body), 18, func() { answers, err = ParseInfo(body) })
		if err != nil {
			require.True(t, broken(err), "%v", err)
			return
		}
		var again bytes.Buffer
		for _, a := range answers {
			if ParseInfoError(a.Value); a.Command != "" || body[again.Len()] == '\t' {
				again.WriteString(a.Command + "\t")
			}
			again.WriteString(a.Value + "\n")
		}
		require.Equal(t, string(body), again.String())
	})
}

// FuzzDecompress limits memory by the announced size, as far as a stream of that length can have
// it.
func FuzzDecompress(f *testing.F) {
	m := (&Message{Fields: []Field{{FieldNamespace, bytes.Repeat([]byte("test"), 1000)}}}).AppendTo(beginProto(nil))
	m, err := finishProto(m, 0, ProtoMessage)
	require.NoError(f, err)
	packed, err := AppendCompressed(nil, m)
	require.NoError(f, err)
	f.Add(packed[ProtoHeaderSize:])
	f.Fuzz(func(t *testing.T, body []byte) {
		frame := append(ProtoHeader{ProtoCompressed, len(body)}.AppendTo(nil), body...)
		given := wiretest.Received(frame) - len(frame)
		wiretest.Bounded(t, given, wiretest.Bytes, func() {
			message, err := Decompress(body)
			if err != nil {
				require.True(t, broken(err) || errors.Is(err, protocol.ErrTooLarge), "%v", err)
				return
			}
			require.Len(t, message, given)
		})
	})
}

func FuzzParseIndexRange(f *testing.F) {
	f.Add(unhex(f, "01 01 69 01 00000008 ffffffffffffffff 00000008 0000000000000005"))
	f.Add(unhex(f, "01 01 67 17 00000002 7b7d 00000002 7b7d"))
	f.Fuzz(func(t *testing.T, data []byte) {
		wiretest.Bounded(t, len(data), wiretest.Bytes, func() {
			r, err := ParseIndexRange(data)
			if err != nil {
				require.ErrorIs(t, err, protocol.ErrMalformed)
				return
			}
			_ = r.check()
		})
	})
}

// FuzzQueryFields parses the lists with which a query is resumed.
func FuzzQueryFields(f *testing.F) {
	f.Add(make([]byte, 40))
	f.Add([]byte{1, 0, 0xff, 0x0f, 0, 0x10})
	f.Fuzz(func(t *testing.T, data []byte) {
		wiretest.Bounded(t, len(data), wiretest.Bytes, func() {
			if ids, err := ParsePartitions(data); err == nil {
				require.Len(t, ids, len(data)/2)
			} else {
				require.ErrorIs(t, err, protocol.ErrMalformed)
			}
		})
		wiretest.Bounded(t, len(data), wiretest.Bytes, func() {
			_, err := ParseDigests(data)
			require.True(t, err == nil || broken(err))
		})
		wiretest.Bounded(t, len(data), wiretest.Bytes, func() {
			_, err := ParseBValues(data)
			require.True(t, err == nil || broken(err))
		})
	})
}
