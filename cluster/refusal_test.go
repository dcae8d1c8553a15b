package cluster

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// tooDeep returns a list with more levels than servers accept.
func tooDeep() protocol.Value {
	v := protocol.Int(1)
	for range protocol.MaxDepth + 1 {
		v = protocol.List(v)
	}
	return v
}

// TestRefusedBeforeAConnectionIsTaken: commands that no server could accept fail even if no
// connection is available, and their errors name no node.
func TestRefusedBeforeAConnectionIsTaken(t *testing.T) {
	longName := strings.Repeat("b", 21)
	stmt := Statement{Namespace: "test", Set: "s", Bins: []string{longName}}
	for name, c := range map[string]struct {
		run  func(ctx context.Context, c *Client) error
		want error
		text string
	}{
		"put": {func(ctx context.Context, c *Client) error {
			return c.Put(ctx, nil, testKey, protocol.Bins{protocol.NewBin(longName, 1)})
		}, protocol.ErrInvalidBin, `aerospike: Put test:s:k: invalid bin name: "bbbbbbbbbbbbbbbbbbbbb" has 21 bytes, at most 15 are possible`},
		"put of a list that is nested too deeply": {func(ctx context.Context, c *Client) error {
			return c.Put(ctx, nil, testKey, protocol.Bins{{Name: "b", Value: tooDeep()}})
		}, protocol.ErrTooDeep, `aerospike: Put test:s:k: bin "b": value nested too deep: more than 256 levels`},
		"put without bins": {func(ctx context.Context, c *Client) error { return c.Put(ctx, nil, testKey, nil) },
			protocol.ErrInvalidCommand, "aerospike: Put test:s:k: invalid command: it has no bins and no operations"},
		"put of a value that can't be stored": {func(ctx context.Context, c *Client) error {
			return c.Put(ctx, nil, testKey, protocol.Bins{protocol.NewBin("b", make(chan int))})
		}, protocol.ErrInvalidValue, `aerospike: Put test:s:k: bin "b": `},
		"get": {func(ctx context.Context, c *Client) error { _, err := c.Get(ctx, nil, testKey, longName); return err },
			protocol.ErrInvalidBin, "aerospike: Get test:s:k: invalid bin name: "},
		"operate": {func(ctx context.Context, c *Client) error {
			_, err := c.Operate(ctx, nil, testKey, protocol.GetBin(longName))
			return err
		}, protocol.ErrInvalidBin, "aerospike: Operate test:s:k: invalid bin name: "},
		"execute": {func(ctx context.Context, c *Client) error {
			_, err := c.Execute(ctx, nil, testKey, "m", "f", tooDeep())
			return err
		}, protocol.ErrTooDeep, "aerospike: Execute test:s:k: arguments of m.f: "},
		"batch": {func(ctx context.Context, c *Client) error {
			results, err := c.BatchRead(ctx, nil, []protocol.Key{testKey}, longName)
			if len(results) != 1 || results[0].Err == nil {
				t.Error("the row has no error")
			}
			return err
		}, protocol.ErrInvalidBin, "aerospike: 1 of 1 batch rows failed, the first is row 0: BatchRead test:s:k: invalid bin name: "},
		"query": {func(ctx context.Context, c *Client) error {
			for _, err := range c.Query(ctx, nil, stmt) {
				return err
			}
			return nil
		}, protocol.ErrInvalidBin, "aerospike: Query test:s: invalid bin name: "},
		"scan": {func(ctx context.Context, c *Client) error {
			for _, err := range c.Scan(ctx, nil, "test", "s", longName) {
				return err
			}
			return nil
		}, protocol.ErrInvalidBin, "aerospike: Scan test:s: invalid bin name: "},
		"background query": {func(ctx context.Context, c *Client) error {
			_, err := c.QueryOperate(ctx, nil, Statement{Namespace: "test", Set: "s"}, protocol.GetAll())
			return err
		}, protocol.ErrInvalidCommand, "aerospike: QueryOperate test:s: invalid command: "},
		"administration": {func(ctx context.Context, c *Client) error { return c.Administer(ctx, nil, wire.NewDropUser(""), nil) },
			protocol.ErrInvalidCommand, "aerospike: Administer: invalid command: "},
		"info": {func(ctx context.Context, c *Client) error { _, err := c.Info(ctx, nil, "a\nb"); return err },
			protocol.ErrInvalidCommand, "aerospike: Info: invalid command: "},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, func(cfg *Config) { cfg.MaxConnsPerNode = 1 }, func(t *testing.T, f *fakeNet, client *Client) {
				n := client.Nodes()[0]
				s := newSpan(t.Context(), &limits{})
				held, fail := n.acquire(t.Context(), &s, time.Now())
				require.NoError(t, fail.err)
				defer n.release(held)
				before := time.Now()
				err := c.run(t.Context(), client)
				require.Zero(t, time.Since(before), "it waited for a connection")
				require.ErrorIs(t, err, c.want)
				require.Contains(t, err.Error(), c.text)
				require.True(t, strings.HasPrefix(err.Error(), c.text), err.Error())
				var e *protocol.Error
				require.ErrorAs(t, err, &e)
				require.Empty(t, e.Node)
				require.Zero(t, e.Attempts)
				require.Zero(t, f.node(0).received())
			})
		})
	}
}

// TestErrorsNameTheRecord: server errors name operation, record and node, and the bin if there is
// only one.
func TestErrorsNameTheRecord(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		ctx := t.Context()
		f.node(0).playOnce(replyCode(protocol.KeyNotFound))
		_, err := c.Get(ctx, nil, testKey)
		require.EqualError(t, err, "aerospike: Get test:s:k: KEY_NOT_FOUND (2): the record does not exist [node A1]")
		var e *protocol.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, "Get", e.Op)
		require.Equal(t, testKey.Digest(), e.Key.Digest())

		f.node(0).playOnce(replyCode(protocol.BinTypeError))
		err = c.Add(ctx, nil, testKey, protocol.Bins{protocol.NewBin("n", 1)})
		require.EqualError(t, err, `aerospike: Add test:s:k: BIN_TYPE_ERROR (12): the operation does not fit the type of the bin: bin "n" [node A1]`)

		_, err = c.Get(ctx, nil, protocol.MustKey("tset", "s", "k"))
		require.EqualError(t, err, "aerospike: Get tset:s:k: INVALID_NAMESPACE (20): the server has no such namespace: the cluster has test")

		f.node(0).playOnce(hangUp)
		_, err = c.Delete(ctx, nil, testKey)
		require.ErrorContains(t, err, "aerospike: Delete test:s:k: connection to ")
	})
}

var (
	contextType = reflect.TypeFor[context.Context]()
	errorType   = reflect.TypeFor[error]()
)

// callAll calls each exported method of a client with a context and otherwise zero arguments, and
// checks the errors. Returned functions are run to their end.
func callAll(t *testing.T, c *Client, ctx context.Context, check func(t *testing.T, name string, err error)) {
	v := reflect.ValueOf(c)
	for i := range v.NumMethod() {
		m := v.Type().Method(i)
		if m.Name == "Close" || m.Name == "Shutdown" {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			fn := v.Method(i)
			var args []reflect.Value
			for k := range fn.Type().NumIn() {
				in := fn.Type().In(k)
				switch {
				case in == contextType && ctx != nil:
					args = append(args, reflect.ValueOf(ctx))
				case fn.Type().IsVariadic() && k == fn.Type().NumIn()-1:
				default:
					args = append(args, reflect.Zero(in))
				}
			}
			for _, out := range fn.Call(args) {
				switch x := out.Interface().(type) {
				case iter.Seq2[*protocol.Record, error]:
					checkIteration(t, m.Name, x, check)
				case iter.Seq2[protocol.Value, error]:
					checkIteration(t, m.Name, x, check)
				default:
					if out.Type() == errorType {
						err, _ := x.(error)
						check(t, m.Name, err)
					}
				}
			}
		})
	}
}

func checkIteration[T any](t *testing.T, name string, seq iter.Seq2[T, error], check func(t *testing.T, name string, err error)) {
	seq(nil) // does nothing
	var last error
	for _, err := range seq {
		last = err
	}
	check(t, name, last)
}

// typed fails unless an error is one that this package documents.
func typed(t *testing.T, name string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var e *protocol.Error
	require.ErrorAs(t, err, &e, "%v", err)
	require.True(t, strings.HasPrefix(err.Error(), "aerospike: "), err.Error())
}

func closedError(t *testing.T, name string, err error) {
	t.Helper()
	require.ErrorIs(t, err, ErrClosed)
	typed(t, name, err)
	require.NotErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, ErrNoNode)
}

// TestNoMethodPanics: no method panics, whatever its arguments and the state of the client.
func TestNoMethodPanics(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for state, c := range map[string]struct {
		client func(t *testing.T) *Client
		check  func(t *testing.T, name string, err error)
	}{
		"zero": {func(*testing.T) *Client { return new(Client) }, closedError},
		"closed": {func(t *testing.T) *Client {
			c := newFakeNet(t, 1).open(nil)
			require.NoError(t, c.Close())
			return c
		}, closedError},
		"shut down": {func(t *testing.T) *Client {
			c := newFakeNet(t, 1).open(nil)
			c.calls.shut()
			return c
		}, closedError},
		"open": {func(t *testing.T) *Client { return newFakeNet(t, 1).open(nil) }, typed},
	} {
		for name, ctx := range map[string]context.Context{"nil context": nil, "context": context.Background(), "ended context": ended} {
			t.Run(state+"/"+name, func(t *testing.T) {
				callAll(t, c.client(t), ctx, c.check)
			})
		}
	}
	zero := new(Client)
	require.NoError(t, zero.Close())
	require.NoError(t, zero.Shutdown(t.Context()))
	require.NoError(t, zero.Close())
}

func TestZeroTasks(t *testing.T) {
	ctx := t.Context()
	done := func(_ any, err error) error { return err }
	for name, err := range map[string]error{
		"query": done(new(QueryTask).Done(ctx)), "query's wait": new(QueryTask).Wait(ctx), "query's abort": new(QueryTask).Abort(ctx),
	} {
		require.ErrorIs(t, err, ErrArgument, name)
	}
	_, err := Reduce(nil, nil)
	require.ErrorIs(t, err, ErrArgument)
	for _, err := range newFakeNet(t, 1).open(nil).QueryFrom(ctx, nil, Statement{Namespace: "test"}, new(Cursor)) {
		require.ErrorIs(t, err, ErrCursor)
	}
}

// TestClosedWhileCallsAreUnderWay: every call that Close interrupts fails with ErrClosed, whatever
// it was waiting for.
func TestClosedWhileCallsAreUnderWay(t *testing.T) {
	for name, run := range map[string]func(ctx context.Context, c *Client) error{
		"get": func(ctx context.Context, c *Client) error { _, err := c.Get(ctx, nil, testKey); return err },
		"put": func(ctx context.Context, c *Client) error { return c.Put(ctx, nil, testKey, testBins) },
		"alone": func(ctx context.Context, c *Client) error {
			return c.Put(ctx, &WritePolicy{Compress: true}, testKey, testBins)
		},
		"batch": func(ctx context.Context, c *Client) error {
			_, err := c.BatchRead(ctx, nil, []protocol.Key{testKey, protocol.MustKey("test", "s", 2)})
			return err
		},
		"query": func(ctx context.Context, c *Client) error {
			for _, err := range c.Query(ctx, nil, Statement{Namespace: "test"}) {
				return err
			}
			return nil
		},
		"aggregate": func(ctx context.Context, c *Client) error {
			for _, err := range c.Aggregate(ctx, nil, Statement{Namespace: "test"}, "m", "f") {
				return err
			}
			return nil
		},
		"background": func(ctx context.Context, c *Client) error {
			_, err := c.QueryExecute(ctx, nil, Statement{Namespace: "test"}, "m", "f")
			return err
		},
	} {
		for _, cancels := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/cancels=%v", name, cancels), func(t *testing.T) {
				bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					f.node(0).play(func(net.Conn, *wire.Message) bool { return true }) // no response
					result := make(chan error, 1)
					go func() { result <- run(ctx, c) }()
					time.Sleep(10 * time.Millisecond)
					closed := make(chan struct{})
					go func() { c.Close(); close(closed) }()
					if cancels {
						<-c.done
						cancel()
					}
					err := <-result
					<-closed
					require.ErrorIs(t, err, ErrClosed)
					require.NotErrorIs(t, err, context.Canceled)
					require.NotErrorIs(t, err, ErrNoNode)
					require.NotErrorIs(t, err, ErrTimeout)
					require.False(t, errors.Is(err, net.ErrClosed))
				})
			})
		}
	}
}
