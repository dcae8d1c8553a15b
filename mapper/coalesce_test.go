package mapper_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// TestManyCallersShareMessages: calls that are under way together travel as one batch, and each
// writes and reads its own object.
func TestManyCallersShareMessages(t *testing.T) {
	const callersOfTest = 64
	server, _, plain := openRetrying(t)
	var together atomic.Int64
	server.Inject(devserver.Fault{Match: func(r *devserver.Request) bool {
		if r.InBatch {
			together.Add(1)
		}
		return false
	}})
	var begun, callers sync.WaitGroup
	begun.Add(callersOfTest)
	server.Inject(devserver.Fault{Match: func(r *devserver.Request) bool {
		if r.Kind&(devserver.Reads|devserver.Writes) != 0 {
			begun.Wait() // the first commands are in flight while the others begin
		}
		return false
	}})
	for i := range callersOfTest {
		callers.Go(func() {
			x, id := plainCounter{ID: fmt.Sprint(i)}, fmt.Sprint(i)
			begun.Done()
			for n := range 20 {
				x.N = int64(1000*i + n)
				assert.NoError(t, plain.Save(t.Context(), &x))
				got, err := plain.Find(t.Context(), id)
				assert.NoError(t, err)
				assert.Equal(t, &x, got)
			}
		})
	}
	callers.Wait()
	require.Positive(t, together.Load())
}

// TestTriesSendTheSameBytes: the second try of a write is the first one again.
func TestTriesSendTheSameBytes(t *testing.T) {
	server, _, plain := openRetrying(t)
	var sent [][]byte
	server.Inject(devserver.Fault{
		Match: func(r *devserver.Request) bool {
			if r.Kind&devserver.Writes == 0 {
				return false
			}
			sent = append(sent, append([]byte(nil), r.Body...))
			return len(sent) == 1
		},
		Do: devserver.Action{Edit: func([]byte) []byte { return nil }, Close: true},
	})
	require.NoError(t, plain.Replace(t.Context(), &plainCounter{ID: "a", N: 7}))
	require.Len(t, sent, 2)
	const header = 22 // has the time that is left
	require.Equal(t, sent[0][header:], sent[1][header:])
	require.EqualValues(t, 7, storedCount(t, server, "a"))
}
