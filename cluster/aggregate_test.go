package cluster

import (
	"context"
	"errors"
	"math"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// result returns one message of an aggregation's response.
func result(name string, t protocol.ParticleType, data string) []byte {
	m := wire.Message{Ops: []wire.RawOp{{Code: protocol.OpRead, Type: t, Name: []byte(name), Data: []byte(data)}}}
	return m.AppendTo(nil)
}

var lastOK = message(wire.Header{Info3: wire.Info3Last})

func TestAggregate(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		for i := range 2 {
			f.node(i).play(func(conn net.Conn, m *wire.Message) bool {
				seven := result("SUCCESS", protocol.ParticleInteger, "\x00\x00\x00\x00\x00\x00\x00\x07")
				return write(conn, frame(wire.ProtoMessage, append(seven, seven...))) && write(conn, lastOK)
			})
		}
		v, err := Reduce(c.Aggregate(t.Context(), nil, Statement{Namespace: "test"}, "p", "f"), ReduceSum)
		require.NoError(t, err)
		require.Equal(t, int64(28), v.Any())
		for range c.Aggregate(t.Context(), nil, Statement{Namespace: "test"}, "p", "f") {
			break
		}
		for _, p := range []QueryPolicy{{MaxRecords: 1}, {RecordsPerSecond: 1}, {Filter: []byte{1}}, {ExpectedDuration: ShortQuery}} {
			_, err := Reduce(c.Aggregate(t.Context(), &p, Statement{Namespace: "test"}, "p", "f"), ReduceSum)
			require.ErrorIs(t, err, ErrConfig)
		}
		synctest.Wait()
		for _, n := range c.Nodes() {
			require.Equal(t, openOf(n.pool), idleOf(n.pool), "no connection is in use")
		}
	})
}

func TestAggregateFails(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyBytes(lastOK))
		run := func(ctx context.Context, p *QueryPolicy) error {
			_, err := Reduce(c.Aggregate(ctx, p, Statement{Namespace: "test"}, "p", "f"), ReduceSum)
			return err
		}
		f.node(1).play(func(conn net.Conn, m *wire.Message) bool {
			write(conn, frame(wire.ProtoMessage, result("FAILURE", protocol.ParticleString, "p.lua:3: no")))
			return write(conn, message(wire.Header{Info3: wire.Info3Last, ResultCode: protocol.ServerError}))
		})
		err := run(t.Context(), nil)
		require.ErrorIs(t, err, protocol.UDFError)
		require.ErrorContains(t, err, "p.lua:3: no")
		require.ErrorContains(t, err, "A2")
		f.node(1).play(replyBytes(message(wire.Header{Info3: wire.Info3Last, ResultCode: protocol.Forbidden})))
		require.ErrorIs(t, run(t.Context(), nil), protocol.Forbidden)
		f.node(1).play(replyBytes([]byte("HTTP/1.1 200 OK")))
		require.ErrorIs(t, run(t.Context(), nil), protocol.ErrMalformed)
		f.node(1).play(replyNothing)
		require.ErrorIs(t, run(t.Context(), &QueryPolicy{TotalTimeout: time.Second}), ErrTimeout)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		require.ErrorIs(t, run(ctx, nil), context.Canceled)
	})
}

func TestReducers(t *testing.T) {
	values := func(all ...any) func(func(protocol.Value, error) bool) {
		return func(yield func(protocol.Value, error) bool) {
			for _, v := range all {
				if err, isError := v.(error); isError {
					yield(protocol.Value{}, err)
					return
				}
				if !yield(protocol.ValueOf(v), nil) {
					return
				}
			}
		}
	}
	failure := errors.New("failure")
	merge := ReduceMaps(ReduceSum)
	for name, c := range map[string]struct {
		in   []any
		join Reducer
		want any
		err  error
	}{
		"sum":            {[]any{1, nil, 2, -5}, ReduceSum, int64(-2), nil},
		"floats":         {[]any{1, 2.5}, ReduceSum, 3.5, nil},
		"none":           {nil, ReduceSum, nil, nil},
		"one":            {[]any{"x"}, ReduceSum, "x", nil},
		"overflow":       {[]any{math.MaxInt64, 1}, ReduceSum, nil, ErrReduce},
		"underflow":      {[]any{math.MinInt64, -1}, ReduceSum, nil, ErrReduce},
		"strings":        {[]any{"a", "b"}, ReduceSum, nil, ErrReduce},
		"min":            {[]any{3, 1, 2}, ReduceMin, int64(1), nil},
		"max":            {[]any{"a", "c", "b"}, ReduceMax, "c", nil},
		"merge":          {[]any{map[string]any{"a": 1, "b": 2}, map[string]any{"b": 3, "c": nil}}, merge, map[string]any{"a": int64(1), "b": int64(5), "c": nil}, nil},
		"merge of what?": {[]any{map[string]any{}, 1}, merge, nil, ErrReduce},
		"merge strings":  {[]any{map[string]any{"a": "x"}, map[string]any{"a": 1}}, merge, nil, ErrReduce},
		"failure":        {[]any{1, failure}, ReduceSum, nil, failure},
	} {
		v, err := Reduce(values(c.in...), c.join)
		if c.err != nil {
			require.ErrorIs(t, err, c.err, name)
			continue
		}
		require.NoError(t, err, name)
		require.EqualValues(t, c.want, v.Any(), name)
	}
}
