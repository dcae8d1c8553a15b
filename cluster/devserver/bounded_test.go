package devserver

import (
	"bytes"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// mutationServer starts a server with the recorded functions, a namespace "test" and one with
// strong consistency.
func mutationServer(t testing.TB) *Server {
	s, err := Start(Options{Nodes: 2, Edition: Enterprise, Namespaces: []NamespaceOptions{{Name: "test"}, {Name: "strong", StrongConsistency: true}}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	functions, err := os.ReadFile(recordings + "conf.lua")
	require.NoError(t, err)
	connect(t, s, 0).register("conf.lua", string(functions))
	return s
}

// luaMachine is the memory that a Lua state needs, in bytes.
const luaMachine = 1 << 20

// workBytes returns the additional memory that a request may need: a Lua state for a function call,
// and for operations a value of the largest record size.
func workBytes(request []byte) (bytes int) {
	if mentions(request, "udf-", "conf", "fuzzs") {
		bytes += luaMachine / wiretest.Values
	}
	for _, body := range wiretest.Bodies(request) {
		if makesValues(body) {
			return bytes + protocol.MaxRecordSize
		}
	}
	return bytes
}

func mentions(request []byte, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return bytes.Contains(request, []byte(name)) })
}

// makesValues reports whether a message, or a row of a batch, has operations with calls.
func makesValues(body []byte) bool {
	if _, rows, ok := bytes.Cut(body, []byte("test")); ok && len(body) > wire.HeaderSize && wire.Info1(body[1])&wire.Info1Batch != 0 {
		return len(rows) > 0
	}
	var m wire.Message
	_, _ = m.Parse(body)
	return slices.ContainsFunc(m.Ops, func(o wire.RawOp) bool {
		switch o.Code {
		case protocol.OpCDTRead, protocol.OpCDTModify, protocol.OpBitsModify, protocol.OpHLLModify, protocol.OpExpRead, protocol.OpExpModify:
			return true
		}
		return false
	})
}

// serveBounded serves the request on a new connection and checks the answer.
func serveBounded(t *testing.T, s *Server, request []byte) {
	var answers bytes.Buffer
	defer func() {
		if t.Failed() {
			t.Logf("request %x", request)
		}
	}()
	defer settle(runtime.NumGoroutine())
	work := workBytes(request)
	before := storedBytes(s, request)
	wiretest.BoundedExchange(t, wiretest.Values, func() int {
		answers.Reset()
		nc := wiretest.NewConn(request)
		nc.Keep = &answers
		c := newConn(s.nodes()[0], nc)
		for c.next() == nil {
		}
		require.NoError(t, c.flush())
		return wiretest.Received(request) + answers.Len() + work + max(before, storedBytes(s, request))
	})
	checkAnswers(t, answers.Bytes())
}

// settle waits for background work of a request to end, so that its memory is not counted for the
// next request. It does not wait long: some queries run for a long time, but need little memory.
func settle(goroutines int) {
	for begin := time.Now(); runtime.NumGoroutine() > goroutines && time.Since(begin) < 100*time.Millisecond; {
		runtime.Gosched()
	}
}

// storedBytes returns the size of the records whose digests occur in the request. It may have
// replaced or extended them.
func storedBytes(s *Server, request []byte) (bytes int) {
	for ; len(request) >= len(protocol.Digest{}); request = request[1:] {
		digest := protocol.Digest(request)
		for _, ns := range s.namespaces.Load().byName {
			p := &ns.partitions[digest.Partition()]
			p.mu.Lock()
			if r := p.working().get(&digest); r != nil {
				bytes += len(r.bins)
			}
			p.mu.Unlock()
		}
	}
	return bytes
}

// checkAnswers parses answers as a client does.
func checkAnswers(t *testing.T, answers []byte) {
	for len(answers) > 0 {
		h, err := wire.ParseProtoHeader(answers)
		require.NoError(t, err)
		require.LessOrEqual(t, h.Size, len(answers)-wire.ProtoHeaderSize)
		body := answers[wire.ProtoHeaderSize:][:h.Size]
		answers = answers[wire.ProtoHeaderSize+h.Size:]
		switch h.Type {
		case wire.ProtoInfo:
			require.True(t, len(body) == 0 || body[len(body)-1] == '\n')
		case wire.ProtoAdmin:
			for len(body) > 0 {
				_, body, err = wire.ParseAdminEntry(body)
				require.NoError(t, err)
			}
		case wire.ProtoCompressed:
			body, err = wire.Decompress(body)
			require.NoError(t, err)
			checkAnswers(t, body)
		case wire.ProtoMessage:
			require.NotEmpty(t, body)
			for len(body) > 0 {
				body = checkMessage(t, body)
			}
		}
	}
}

// checkMessage parses one message and returns the rest. Values may be those of a real server, where
// elements of a list may be missing.
func checkMessage(t *testing.T, body []byte) (rest []byte) {
	var m wire.Message
	rest, err := m.Parse(body)
	require.NoError(t, err, "%x", body)
	for _, o := range m.Ops {
		_, err := collection.Unpack(o.Type, o.Data)
		require.NoError(t, err, "bin %q: %x", o.Name, o.Data)
	}
	return rest
}
