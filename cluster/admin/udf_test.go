package admin

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

func TestRegisterWaitsForAllNodes(t *testing.T) {
	bubble(t, 2, func(t *testing.T, f *fakeCluster, c *Client) {
		for i := range 2 {
			f.node(i).set("udf-put:filename=m.lua;content=eA==;content-len=4;udf-type=LUA;", "ok")
			f.node(i).set("udf-get:filename=m.lua", "error=not_found")
		}
		task, err := c.RegisterUDF(t.Context(), nil, "m.lua", []byte("x"))
		require.NoError(t, err)
		f.node(0).set("udf-get:filename=m.lua", "type=LUA;content=eA==;")
		ok, err := task.Done(t.Context())
		require.NoError(t, err)
		require.False(t, ok)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, task.Wait(ctx), cluster.ErrTimeout)
		time.AfterFunc(time.Minute, func() { f.node(1).set("udf-get:filename=m.lua", "type=LUA;content=eA==;") })
		require.NoError(t, task.Wait(t.Context()))
	})
}

func TestModuleErrors(t *testing.T) {
	err := moduleError("error=compile_error;file=a.lua;line=7;message=b29wcw==")
	require.ErrorIs(t, err, protocol.UDFError)
	require.ErrorContains(t, err, "a.lua:7: oops")
	require.ErrorIs(t, moduleError("error=not_found"), cluster.ErrNoModule)
	require.ErrorContains(t, moduleError("error=invalid_filename"), "invalid_filename")
	require.ErrorIs(t, moduleError("ERROR:81:role violation"), protocol.RoleViolation)
	require.NoError(t, moduleError("type=LUA;content=eA==;"))
	require.Equal(t, []Module{{"a.lua", "ff", "LUA"}, {"b.lua", "ee", "LUA"}},
		parseModules("filename=b.lua,hash=ee,type=LUA;filename=a.lua,hash=ff,type=LUA;"))
}
