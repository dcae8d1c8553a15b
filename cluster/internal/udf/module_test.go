package udf

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// mapBins are the bins of a record in a test.
type mapBins map[string]protocol.Value

func (b mapBins) Names() (names []string) {
	for name := range b {
		names = append(names, name)
	}
	return names
}

func (b mapBins) Value(name string) (v protocol.Value, ok bool) {
	v, ok = b[name]
	return v, ok
}

func (b mapBins) Put(name string, v protocol.Value) protocol.ResultCode {
	b[name] = v
	return protocol.OK
}

func (b mapBins) Remove(name string)  { delete(b, name) }
func (b mapBins) Restore()            {}
func (b mapBins) Create(*Record) bool { return true }

// registered returns the functions that the recordings call.
func registered(t *testing.T) *Modules {
	source, err := os.ReadFile("../../../integration/testdata/conf.lua")
	require.NoError(t, err)
	s := new(Modules)
	require.Nil(t, s.Check(t.Context(), "conf.lua", source))
	s.Put("conf.lua", source)
	return s
}

func TestApply(t *testing.T) {
	s := registered(t)
	bins := mapBins{"a": protocol.Int(7)}
	r := &Record{Bins: bins, Changes: bins, Open: true, Live: true}
	call := func(function string, args ...protocol.Value) (protocol.Value, error) {
		return s.Apply(t.Context(), Call{Module: "conf", Function: function, Arguments: args}, r)
	}
	for _, v := range []protocol.Value{
		protocol.Int(1 << 62), protocol.Float(1.5), protocol.String("x"), protocol.Bool(true), protocol.Nil(),
		protocol.List(protocol.Int(1), protocol.String("a")), protocol.Map(protocol.Pair{Key: protocol.String("k"), Value: protocol.Int(2)}),
	} {
		got, err := call("ret", v)
		require.NoError(t, err)
		require.True(t, protocol.Equal(v, got), "%v became %v", v, got)
	}
	got, err := call("getbin", protocol.String("a"))
	require.NoError(t, err)
	require.True(t, protocol.Equal(protocol.Int(7), got))
	_, err = call("nosuch")
	require.EqualError(t, err, noFunction)
	_, err = s.Apply(t.Context(), Call{Module: "nosuch", Function: "f"}, r)
	require.EqualError(t, err, noModule)
}

func TestBrokenModule(t *testing.T) {
	failure := new(Modules).Check(t.Context(), "bad.lua", []byte("\nfunction broken("))
	require.NotNil(t, failure)
	require.Equal(t, 2, failure.Line)
}

// TestEndlessLoop checks that the context ends a function that loops forever.
func TestEndlessLoop(t *testing.T) {
	s := new(Modules)
	s.Put("loop.lua", []byte("function f(rec) while true do end end"))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := s.Apply(ctx, Call{Module: "loop", Function: "f"}, &Record{Bins: mapBins{}, Open: true, Live: true})
	require.Error(t, err)
}
