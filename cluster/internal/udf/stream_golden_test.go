package udf

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/internal/casetest"
	"github.com/aerosql/aerosql/protocol"
)

// TestStreams runs stream functions on records whose bin n is 1 to 6: first the server's part, then
// the client's (docs/wire-cdt-exp.md#10.6).
func TestStreams(t *testing.T) {
	casetest.Golden(t, "testdata/streams.txt", func(source string) string {
		s := new(Modules)
		s.Put("m.lua", []byte("function n(r) return r.n end function add(a, b) return a + b end function f(s) return "+source+" end"))
		call := Call{Module: "m", Function: "f"}
		var parts []protocol.Value
		err := s.Stream(t.Context(), call, slices.Values(numbered(6)), func(v protocol.Value) bool {
			parts = append(parts, v)
			return true
		})
		text := "server: " + shown(parts, err)
		if err != nil {
			return text
		}
		var results []protocol.Value
		err = s.Finish(t.Context(), call, slices.Values(parts), func(v protocol.Value) bool {
			results = append(results, v)
			return true
		})
		return text + "\nclient: " + shown(results, err)
	})
}

func numbered(count int) (records []*Record) {
	for i := range count {
		bins := mapBins{"n": protocol.Int(int64(i + 1))}
		records = append(records, &Record{Bins: bins, Changes: bins, Open: true, Live: true})
	}
	return records
}

func shown(values []protocol.Value, err error) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v.Any())
	}
	if err != nil {
		texts = append(texts, strings.ReplaceAll(err.Error(), Path, ""))
	}
	return strings.TrimSpace(strings.Join(texts, " "))
}

// TestStreamStopsEarly checks that a caller can end a stream early.
func TestStreamStopsEarly(t *testing.T) {
	s := new(Modules)
	s.Put("m.lua", []byte("function f(s) return s : map(function(r) return r.n end) end"))
	n := 0
	require.NoError(t, s.Stream(t.Context(), Call{Module: "m", Function: "f"}, slices.Values(numbered(6)), func(protocol.Value) bool {
		n++
		return n < 2
	}))
	require.Equal(t, 2, n)
}

// TestRemoveAndClear checks that Clear discards global variables, and that Remove removes a module.
func TestRemoveAndClear(t *testing.T) {
	s := new(Modules)
	s.Put("m.lua", []byte("n = 0 function f() n = n + 1 return n end"))
	for range machines + 1 {
		_, err := apply(t.Context(), s)
		require.NoError(t, err)
	}
	v, err := apply(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, int64(2), v.Any())
	s.Clear()
	v, err = apply(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, int64(1), v.Any())
	s.Remove("m.lua")
	_, err = apply(t.Context(), s)
	require.EqualError(t, err, noModule)
}

// TestRequire checks that a module can require others, and that require runs each only once.
func TestRequire(t *testing.T) {
	s := new(Modules)
	s.Put("other.lua", []byte("loads = (loads or 0) + 1 local m = {} function m.twice(n) return 2 * n end return m"))
	s.Put("plain.lua", []byte("x = 5"))
	s.Put("m.lua", []byte("local o = require('other') require('other') function f() return o.twice(require('plain') and x) + loads end"))
	v, err := apply(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, int64(11), v.Any())
}
