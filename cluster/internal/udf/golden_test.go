package udf

import (
	"context"
	"strings"
	"testing"

	"github.com/aerosql/aerosql/internal/casetest"
	"github.com/aerosql/aerosql/protocol"
)

// head precedes each program. It formats the results as one string.
const head = `local function show(...) local t = {} for i = 1, select('#', ...) do t[i] = tostring((select(i, ...))) end return table.concat(t, ' ') end function f(r) R = r return show((function() `

// program runs source in a function on a record. It returns the result, or the error message
// without the module's path. An expression needs no return.
func program(t *testing.T, source string) string {
	if !strings.Contains(source, "return ") {
		source = "return " + source
	}
	s := new(Modules)
	s.Put("m.lua", []byte(head+source+"\nend)()) end"))
	bins := mapBins{"n": protocol.Int(7), "s": protocol.String("text"), "l": protocol.List(protocol.Int(1), protocol.String("a"))}
	r := &Record{Bins: bins, Changes: bins, Open: true, Live: true, Metadata: Metadata{Set: "demo", Generation: 3, TTL: 100, Size: 64}}
	v, err := s.Apply(t.Context(), Call{Module: "m", Function: "f", Host: Host{Now: func() int64 { return 1234 }}}, r)
	if err != nil {
		return "error: " + strings.TrimPrefix(err.Error(), Path)
	}
	if text, _ := v.Text(); text != "" {
		return text
	}
	return "(nothing)"
}

// TestStandardPrograms checks programs that use only the standard libraries. The expected output is
// that of Lua 5.4.
func TestStandardPrograms(t *testing.T) {
	casetest.Golden(t, "testdata/standard.txt", func(source string) string { return program(t, source) })
}

// TestObjectPrograms checks the server's own objects (docs/wire-cdt-exp.md#10.4 and 10.5).
func TestObjectPrograms(t *testing.T) {
	casetest.Golden(t, "testdata/objects.txt", func(source string) string { return program(t, source) })
}

// apply calls the function f of module m on a record that does not exist.
func apply(ctx context.Context, s *Modules, arguments ...protocol.Value) (protocol.Value, error) {
	bins := mapBins{}
	return s.Apply(ctx, Call{Module: "m", Function: "f", Arguments: arguments}, &Record{Bins: bins, Changes: bins})
}
