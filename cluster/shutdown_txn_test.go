package cluster_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
)

// TestShutdownWaitsForCommit: a call that consists of other calls finishes completely, although
// none of those could begin on its own.
func TestShutdownWaitsForCommit(t *testing.T) {
	for name, match := range map[string]func(*devserver.Request) bool{"verifying": isVerify, "marking": isMark, "rolling": isRollForward} {
		t.Run(name, func(t *testing.T) {
			server, c := startStrong(t, 1, nil)
			ctx := t.Context()
			require.NoError(t, c.Put(ctx, nil, strongKey(2), bin("n", 1)))
			txn := cluster.NewTxn(cluster.TxnOptions{})
			within := cluster.WithTxn(ctx, txn)
			require.NoError(t, c.Put(within, nil, strongKey(1), bin("n", 7)))
			_, err := c.Get(within, nil, strongKey(2))
			require.NoError(t, err)

			reached, proceed := make(chan struct{}), make(chan struct{})
			var once sync.Once
			server.Inject(devserver.Fault{Count: 1, Do: devserver.Hold(proceed), Match: func(r *devserver.Request) bool {
				if !match(r) {
					return false
				}
				once.Do(func() { close(reached) })
				return true
			}})
			committed := make(chan error, 1)
			go func() {
				status, err := c.Commit(ctx, txn)
				if err == nil && status != cluster.CommitOK {
					err = &cluster.CommitError{Status: status}
				}
				committed <- err
			}()
			<-reached
			closed := make(chan error, 1)
			go func() { closed <- c.Shutdown(ctx) }()
			for c.Put(ctx, nil, strongKey(3), bin("n", 1)) == nil {
				// Shutdown has not begun yet.
			}
			require.ErrorIs(t, c.Put(ctx, nil, strongKey(3), bin("n", 1)), cluster.ErrClosed)
			close(proceed)
			require.NoError(t, <-committed)
			require.NoError(t, <-closed)
		})
	}
}
