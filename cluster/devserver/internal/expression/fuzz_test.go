package expression

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

const recordings = "../../../../integration/testdata/wire.jsonl.gz"

// recordedExpressions adds the expressions of recorded operations to the fuzz corpus.
func recordedExpressions(f *testing.F) {
	count := 0
	for s, err := range wiretest.Scenarios(recordings) {
		require.NoError(f, err)
		for _, frame := range s.Frames {
			if count++; count%50 != 0 {
				continue
			}
			m, err := wire.ParseMessage(frame.Request[wire.ProtoHeaderSize:])
			require.NoError(f, err)
			for _, op := range m.Ops {
				if op.Code == protocol.OpExpRead || op.Code == protocol.OpExpModify {
					f.Add(op.Data)
				}
			}
		}
	}
}

// FuzzOperation checks that malformed operations only fail.
func FuzzOperation(f *testing.F) {
	recordedExpressions(f)
	f.Add([]byte("\x92\x92\x12\x92\x12\x92\x12\xc3\x00"))
	f.Add([]byte("\x92\x95\x7f\x04\x00\x94\xcc\xfe\x92\x04\xc3\x04\x93\x7a\x02\x01\x94\x51\x04\xa1l\x00"))
	r := sample()
	f.Fuzz(func(t *testing.T, packed []byte) {
		size := len(packed)
		if bytes.Contains(packed, []byte{byte(exp.OpCall)}) {
			// A small call can produce a large value, up to a limit.
			size += 2 * wiretest.Values * maxMade / wiretest.Entries
		}
		wiretest.Bounded(t, size, wiretest.Entries, func() { evaluateAll(t, r, packed) })
	})
}

// evaluateAll evaluates packed as an operation, a filter and a path expression.
func evaluateAll(t *testing.T, r *testRecord, packed []byte) {
	if o, code := ParseRead(packed); code == protocol.OK {
		if b, code := o.Read(r); code == protocol.OK && b.Type == protocol.ParticleInteger {
			require.Len(t, b.Data, 8)
		}
	}
	if o, code := ParseModify(packed); code == protocol.OK {
		o.Modify(r, true)
		o.Modify(r, false)
	}
	if e, code := ParseFilter(packed); code == protocol.OK {
		e.Matches(r)
	}
	if e, ok := CompilePath(packed); ok {
		l := &collection.Loop{Value: protocol.List(protocol.Int(1)), InMap: true, Key: protocol.String("k")}
		e.Matches(l)
		e.Compute(l)
	}
}

// FuzzCompare checks that comparing malformed values ends, and that valid values sort as in package
// protocol.
func FuzzCompare(f *testing.F) {
	f.Add([]byte("\x93\x01\x02\x03"), []byte("\x92\x01\x02"))
	f.Add([]byte("\x82\xc7\x00\x01\xc0\x01\x02"), []byte("\x81\x01\x02"))
	f.Add([]byte("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"), []byte("\xd4\xff\x00"))
	f.Add([]byte("\xa1\x00"), []byte("\x92\xa0\xc8\x00\x01\xff\x01"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		wiretest.Bounded(t, len(a)+len(b), wiretest.Bytes, func() { comparePacked(a, b) })
		requireAgreement(t, a, b)
	})
}

// FuzzPattern checks that every pattern is translated or rejected.
func FuzzPattern(f *testing.F) {
	for _, p := range []string{"^a.*b$", "(a|b){2,3}", `\(a\)*`, "[[:alpha:]-]", "[]a]", "a**", `\<a\>`, "((((", "a{1000}{1000}"} {
		f.Add([]byte(p), int64(regexExtended))
	}
	f.Fuzz(func(t *testing.T, pattern []byte, flags int64) {
		// A character becomes several instructions and nodes. Repetitions count each time they are
		// expanded.
		const perCharacter = 512
		wiretest.Bounded(t, len(pattern)+maxWeight, perCharacter, func() {
			if compiled, ok := compilePattern(untilNUL(pattern), flags); ok {
				compiled.Match([]byte("abcabc"))
			}
		})
	})
}
