package admin

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// callAll calls each method of a client with ctx, which may be nil, and zero values for the other
// arguments.
func callAll(t *testing.T, c *Client, ctx context.Context, check func(t *testing.T, name string, err error)) {
	v, errorType, contextType := reflect.ValueOf(c), reflect.TypeFor[error](), reflect.TypeFor[context.Context]()
	for i := range v.NumMethod() {
		name, fn := v.Type().Method(i).Name, v.Method(i)
		t.Run(name, func(t *testing.T) {
			var args []reflect.Value
			for k := range fn.Type().NumIn() {
				switch in := fn.Type().In(k); {
				case in == contextType && ctx != nil:
					args = append(args, reflect.ValueOf(ctx))
				case fn.Type().IsVariadic() && k == fn.Type().NumIn()-1:
				default:
					args = append(args, reflect.Zero(in))
				}
			}
			for _, out := range fn.Call(args) {
				if out.Type() == errorType {
					err, _ := out.Interface().(error)
					check(t, name, err)
				}
			}
		})
	}
}

// TestNoMethodPanics checks that no method panics, whatever its arguments and the state of the
// client, and that errors name the method.
func TestNoMethodPanics(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	typed := func(t *testing.T, name string, err error) {
		t.Helper()
		if err != nil {
			require.Equal(t, name, requireError(t, err).Op)
			require.True(t, strings.HasPrefix(err.Error(), "aerospike: "+name), err.Error())
		}
	}
	closed := func(t *testing.T, name string, err error) {
		t.Helper()
		require.ErrorIs(t, err, cluster.ErrClosed)
		typed(t, name, err)
	}
	for state, c := range map[string]struct {
		client func(t *testing.T) *Client
		check  func(t *testing.T, name string, err error)
	}{
		"zero":       {func(*testing.T) *Client { return new(Client) }, closed},
		"nil":        {func(*testing.T) *Client { return New(nil) }, closed},
		"not opened": {func(*testing.T) *Client { return New(new(cluster.Client)) }, closed},
		"closed": {func(t *testing.T) *Client {
			c := newFakeCluster(t, 1).open()
			require.NoError(t, c.client.Close())
			return c
		}, closed},
		"open": {func(t *testing.T) *Client { return newFakeCluster(t, 1).open() }, typed},
	} {
		for name, ctx := range map[string]context.Context{"nil context": nil, "context": context.Background(), "ended context": ended} {
			t.Run(state+"/"+name, func(t *testing.T) {
				callAll(t, c.client(t), ctx, c.check)
			})
		}
	}
}

func TestZeroTasks(t *testing.T) {
	ctx := t.Context()
	done := func(_ any, err error) error { return err }
	for name, err := range map[string]error{
		"task": done(new(Task).Done(ctx)), "task's wait": new(Task).Wait(ctx),
		"index": done(new(IndexTask).Done(ctx)), "index's wait": new(IndexTask).Wait(ctx), "index's progress": done(new(IndexTask).Progress(ctx)),
	} {
		require.ErrorIs(t, err, cluster.ErrArgument, name)
	}
}

// TestClientErrors checks that errors that arise on the client side name the method, and that
// nothing is sent.
func TestClientErrors(t *testing.T) {
	bubble(t, 1, func(t *testing.T, f *fakeCluster, c *Client) {
		_, err := c.GetUDF(t.Context(), nil, "a/b")
		require.ErrorIs(t, err, protocol.ErrInvalidCommand)
		require.ErrorContains(t, err, "aerospike: GetUDF: invalid command: ")
		err = c.DropUser(t.Context(), nil, "")
		require.ErrorIs(t, err, protocol.ErrInvalidCommand)
		require.ErrorContains(t, err, "aerospike: DropUser: invalid command: ")
		require.Zero(t, requireError(t, err).Attempts)
	})
}
