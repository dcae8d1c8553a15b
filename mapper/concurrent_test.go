package mapper_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
)

// TestRepoIsForManyGoroutines: 32 goroutines share a Repo, its queries and its typed fields.
func TestRepoIsForManyGoroutines(t *testing.T) {
	ctx := t.Context()
	r, err := mapper.New[hooked](memDB(t, ""))
	require.NoError(t, err)
	big := r.Where(hookedN.Ge(0)).AllowScan()
	type fail struct {
		Fail string `as:"fail"`
	}
	var all sync.WaitGroup
	for g := range 32 {
		all.Go(func() {
			id := fmt.Sprint(g)
			assert.NoError(t, r.With(mapper.Attempts(5)).Save(ctx, &hooked{ID: id, N: g}))
			assert.NoError(t, r.Patch(ctx, id, hookedN.Add(1), mapper.If(hookedN.Ge(0))))
			x, err := r.Find(ctx, id)
			assert.NoError(t, err)
			assert.Equal(t, g+2, x.N, "BeforeSave and the patch have added 1 each")
			_, err = r.Upsert(ctx, &hooked{ID: "shared"}, hookedN.Add(1))
			assert.NoError(t, err)
			_, err = mapper.Select[fail](big).Slice(ctx)
			assert.NoError(t, err)
			_, err = big.Count(ctx)
			assert.NoError(t, err)
		})
	}
	all.Wait()
	shared, err := r.Find(ctx, "shared")
	require.NoError(t, err)
	require.Equal(t, 1+31, shared.N, "one insert, then a change by each other goroutine")
}
