package wiretest

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A record records the failure of a test that is expected to fail.
type record struct {
	testing.TB
	text string
}

func (r *record) Helper() {}

func (r *record) Fatalf(format string, args ...any) {
	r.text = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (r *record) FailNow() { runtime.Goexit() }

// failure returns the failure message of a check, or "" if it passes.
func failure(check func(testing.TB)) string {
	r := &record{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		check(r)
	}()
	<-done
	return r.text
}

var sink []byte

func TestBounded(t *testing.T) {
	take := func(n, parts int) func() {
		return func() {
			for range parts {
				sink = make([]byte, n/parts)
			}
		}
	}
	Bounded(t, 0, Bytes, take(Slack-1024, 1))
	Bounded(t, 1<<20, Bytes, take(2<<20, 7))
	require.Contains(t, failure(func(t testing.TB) { Bounded(t, 0, Bytes, take(heapScale*Slack+32<<10, 1)) }), "allocate")
	require.Contains(t, failure(func(t testing.TB) { Bounded(t, 1000, Bytes, take(heapScale*(Slack+32<<10), 1000)) }), "1000 bytes")
	calls := 0
	Bounded(t, 0, Bytes, func() {
		if calls++; calls == 1 {
			take(1<<20, 1)() // as if another goroutine had allocated it
		}
	})
	require.Greater(t, calls, 1)
	busy := func() int {
		for began := time.Now(); time.Since(began) <= 2*MaxTime/10; {
		}
		return 0
	}
	require.Contains(t, failure(func(t testing.TB) { bounded(t, Bytes, time.Millisecond, busy) }), "take")
	if _, ok := cpuTime(); ok {
		bounded(t, Bytes, MaxTime/20, func() int { // waiting does not count: the machine may be busy
			time.Sleep(MaxTime / 9)
			return 0
		})
	}
}

func TestBoundedExchange(t *testing.T) {
	BoundedExchange(t, Bytes, func() int {
		sink = make([]byte, Slack+1<<20)
		return 1 << 19
	})
	require.Contains(t, failure(func(t testing.TB) {
		BoundedExchange(t, Bytes, func() int {
			sink = make([]byte, heapScale*(Slack+1<<20))
			return 1 << 18
		})
	}), "allocate")
}

func descend(n int) int {
	var room [64]int
	if n > 0 {
		room[n%64] = descend(n - 1)
	}
	return room[0] + room[n%64]
}

func TestStackBounded(t *testing.T) {
	StackBounded(t, func() { descend(100) })
	require.Contains(t, failure(func(t testing.TB) { StackBounded(t, func() { descend(10000) }) }), "stacks grow")
	require.Equal(t, "own", failure(func(t testing.TB) { StackBounded(t, func() { t.Fatalf("own") }) }))
}

func unhex(t testing.TB, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

// The frames of the tests: a message with a field and an operation, an info request, and an
// administration message.
const (
	head     = "16000000000000000000000000000000000000010001"
	message  = "0203000000000029" + head + "0000000200aa" + "00000009" + "0203000161bbccddee"
	info     = "0201000000000005" + "6e6f64650a"
	security = "0202000000000016" + "00000001000000000000000000000000" + "000000020061"
)

func TestOutline(t *testing.T) {
	frame := unhex(t, message+info)
	protos := split(frame)
	require.Len(t, protos, 2)
	require.Equal(t, []part{{22, 28}, {28, 41}}, outline(protoMessage, protos[0][protoHead:]))
	require.Empty(t, outline(1, protos[1][protoHead:]))
	require.Equal(t, []part{{16, 22}}, outline(protoAdmin, unhex(t, security)[protoHead:]))
	for cut := range frame {
		require.Equal(t, hex.EncodeToString(frame[:cut]), hex.EncodeToString(bytes.Join(split(frame[:cut]), nil)))
		outline(protoMessage, frame[:cut])
	}
}

func TestMutator(t *testing.T) {
	frames := [][]byte{unhex(t, message+message), unhex(t, info), unhex(t, security), nil, {2, 3}}
	run := func(seed uint64) (all [][]byte) {
		m := NewMutator(seed)
		for i := range 4000 {
			frame := frames[i%len(frames)]
			before := bytes.Clone(frame)
			all = append(all, m.Frame(frame))
			require.Equal(t, before, frame, "the frame must not change")
		}
		return all
	}
	first := run(1)
	require.Equal(t, first, run(1), "the same seed makes the same changes")
	require.NotEqual(t, first, run(2))

	fits, lies, changed := 0, 0, 0
	for i, f := range first {
		if !bytes.Equal(f, frames[i%len(frames)]) {
			changed++
		}
		if len(f) < protoHead || i%len(frames) > 2 {
			continue
		}
		last := split(f)
		if p := last[len(last)-1]; len(p) >= protoHead && binary.BigEndian.Uint64(p)&(1<<48-1) == uint64(len(p)-protoHead) {
			fits++
		} else {
			lies++
		}
	}
	require.Greater(t, changed, len(first)*8/10)
	require.Greater(t, fits, len(first)/3, "most have correct sizes")
	require.Greater(t, lies, len(first)/40, "some have wrong sizes")
}

func TestScenarios(t *testing.T) {
	frames := 0
	for s, err := range Scenarios("../../integration/testdata/udf.jsonl.gz") {
		require.NoError(t, err)
		require.Equal(t, "udf", s.Category())
		frames += len(s.Frames)
	}
	require.Equal(t, 3125, frames)
	for _, err := range Scenarios("nosuch.jsonl") {
		require.Error(t, err)
	}
}

func TestSamples(t *testing.T) {
	require.Greater(t, len(Samples()), 500)
	for _, category := range []string{"scalar", "policy", "list", "map", "bit", "hll", "exp", "expwrite", "batch", "rows", "udf", "udfcall", "query", "info", "admin"} {
		frames := Samples(category)
		require.NotEmpty(t, frames, category)
		for _, f := range frames {
			for _, message := range [][]byte{f.Request, f.Response} {
				for _, proto := range split(message) {
					require.EqualValues(t, len(proto)-protoHead, binary.BigEndian.Uint64(proto)&(1<<48-1), category)
				}
			}
		}
	}
	require.Empty(t, Samples("nosuch"))
}

func TestReceived(t *testing.T) {
	require.Equal(t, 10, Received(make([]byte, 10)))
	packed := func(announced uint64) []byte {
		body := append(binary.BigEndian.AppendUint64(nil, announced), 1, 2, 3, 4)
		return append(binary.BigEndian.AppendUint64(nil, 2<<56|4<<48|uint64(len(body))), body...)
	}
	require.Equal(t, 20+100, Received(packed(100)))
	require.Equal(t, 20+20*1032, Received(packed(1<<63)))
}

func TestConn(t *testing.T) {
	c := NewConn([]byte("abc"))
	var kept bytes.Buffer
	c.Keep = &kept
	all, err := io.ReadAll(c)
	require.NoError(t, err)
	require.Equal(t, "abc", string(all))
	fmt.Fprint(c, "said")
	require.Equal(t, "said", kept.String())
	require.NoError(t, c.Close())
}
