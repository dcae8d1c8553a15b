package luareduce_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/luareduce"
	"github.com/aerosql/aerosql/protocol"
)

// hostile are modules that Put must refuse, without crashing the process.
var hostile = []string{
	"load('return 1'..string.rep('+a', 1000000))() error('loaded')",
	"return 1" + strings.Repeat(" + a", 5000),
	"return " + strings.Repeat("(", 100_000),
	"return " + strings.Repeat("{", 100_000),
	strings.Repeat("function f() ", 100_000),
	"while true do end",
	"local t = {} while true do t[#t + 1] = {} end",
	"local function f() return 1 + f() end f()",
}

// TestHostileModules checks that a hostile module from the cluster cannot crash the process that
// fetches it.
func TestHostileModules(t *testing.T) {
	for _, source := range hostile {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		var m luareduce.Modules
		err := m.Put(ctx, "m.lua", []byte(source))
		cancel()
		require.ErrorIs(t, err, protocol.UDFError, "%.60s", source)
	}
}

// FuzzPut checks that a module of any source is accepted or refused, and that its function runs or
// fails.
func FuzzPut(f *testing.F) {
	for _, source := range hostile {
		if len(source) < 1<<15 {
			f.Add(source)
		}
	}
	f.Add(stats)
	f.Add("function f(s) return s : map(function(v) return v end) : reduce(function(a, b) return a + b end) end")
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) > 1<<15 {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		var m luareduce.Modules
		if m.Put(ctx, "m.lua", []byte(source)) != nil {
			return
		}
		for range m.Finish(ctx, values(nil, 1, 2, 3), "m", "f") {
			continue
		}
	})
}
