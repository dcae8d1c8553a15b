package mapper_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

type counter struct {
	ID  string `as:"id,pk"`
	N   int64  `as:"n"`
	Gen uint32 `asm:"gen"`
}

type plainCounter struct {
	ID string `as:"id,pk"`
	N  int64  `as:"n"`
}

func (plainCounter) AerospikeSet() string { return "counter" }

// loseAnswers applies the next n writes and loses their responses.
func loseAnswers(server *devserver.Server, n int) {
	server.Inject(devserver.Fault{
		Match: func(r *devserver.Request) bool {
			return !r.InBatch && r.Kind&(devserver.Writes|devserver.Batches) != 0
		},
		Count: n,
		Do:    devserver.Action{Edit: func([]byte) []byte { return nil }, Close: true},
	})
}

// openRetrying opens a client whose writes are tried twice.
func openRetrying(t *testing.T) (*devserver.Server, *mapper.Repo[counter], *mapper.Repo[plainCounter]) {
	t.Helper()
	server, err := devserver.Start(devserver.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	var policies cluster.Policies
	policies.Write.MaxRetries, policies.Batch.MaxRetries = 1, 1
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, Policies: policies})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return server, repo[counter](t, client), repo[plainCounter](t, client)
}

func storedCount(t *testing.T, server *devserver.Server, id string) int64 {
	t.Helper()
	rec := server.Peek(protocol.MustKey("test", "counter", id))
	require.NotNil(t, rec)
	v, _ := rec.Bin("n")
	n, ok := v.Int()
	require.True(t, ok)
	return n
}

// TestModifyNeverAppliesAChangeTwice: a write whose response is lost may have been applied. When it
// is sent again the server reports another generation. Modify must not repeat the change then.
func TestModifyNeverAppliesAChangeTwice(t *testing.T) {
	for _, lost := range []int{1, 5} {
		server, _, plain := openRetrying(t)
		ctx := t.Context()
		require.NoError(t, plain.Save(ctx, &plainCounter{ID: "a"}))
		calls := 0
		loseAnswers(server, lost)
		_, err := plain.Modify(ctx, "a", func(x *plainCounter) error { calls++; x.N++; return nil })
		requireInDoubt(t, err)
		require.Equal(t, 1, calls)
		require.EqualValues(t, 1, storedCount(t, server, "a"))
	}
}

func requireInDoubt(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, mapper.ErrInDoubt)
	for _, cause := range []error{mapper.ErrStale, mapper.ErrExists, mapper.ErrNotFound} {
		require.NotErrorIs(t, err, cause)
	}
	var e *protocol.Error
	require.ErrorAs(t, err, &e)
	require.True(t, e.InDoubt)
	require.ErrorContains(t, err, "in doubt")
}

// TestErrorsInDoubtHaveNoOtherCause: the state that the second try of a write finds may come from
// the first try.
func TestErrorsInDoubtHaveNoOtherCause(t *testing.T) {
	for name, do := range map[string]func(ctx context.Context, r *mapper.Repo[counter], x *counter) error{
		"Save":    func(ctx context.Context, r *mapper.Repo[counter], x *counter) error { return r.Save(ctx, x) },
		"Update":  func(ctx context.Context, r *mapper.Repo[counter], x *counter) error { return r.Update(ctx, x) },
		"Replace": func(ctx context.Context, r *mapper.Repo[counter], x *counter) error { return r.Replace(ctx, x) },
		"Touch":   func(ctx context.Context, r *mapper.Repo[counter], x *counter) error { return r.Touch(ctx, x) },
		"Insert": func(ctx context.Context, r *mapper.Repo[counter], _ *counter) error {
			return r.Insert(ctx, &counter{ID: "new"})
		},
		"Delete": func(ctx context.Context, r *mapper.Repo[counter], x *counter) error {
			_, err := r.Delete(ctx, x.ID)
			return err
		},
		"SaveMany": func(ctx context.Context, r *mapper.Repo[counter], x *counter) error { return r.SaveMany(ctx, x) },
		"InsertMany": func(ctx context.Context, r *mapper.Repo[counter], _ *counter) error {
			return r.InsertMany(ctx, &counter{ID: "new"}, &counter{ID: "newer"})
		},
		"DeleteMany": func(ctx context.Context, r *mapper.Repo[counter], x *counter) error {
			n, err := r.DeleteMany(ctx, x.ID, "other")
			if n != 0 {
				t.Errorf("%d records are counted as deleted", n)
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			server, r, _ := openRetrying(t)
			x := &counter{ID: "a"}
			require.NoError(t, r.Insert(t.Context(), x))
			loseAnswers(server, 1)
			requireInDoubt(t, do(t.Context(), r, x))
		})
	}
}
