//go:build !race

package cdt_test

import (
	"strings"
	"testing"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// An operation allocates its packed call and nothing else.
func TestAllocs(t *testing.T) {
	text, number := strings.Repeat("k", 3), 1<<40
	path := in(cdt.MapKey(s("k")), cdt.ListIndex(-1))
	for name, build := range map[string]func(){
		"append":  func() { sink = cdt.ListAppend("tags", i(5)) },
		"policy":  func() { sink = cdt.ListAppend("tags", i(5), cdt.ListPolicy{Flags: cdt.AddUnique}, path) },
		"list":    func() { sink = cdt.ListGet("tags", cdt.ByValueRange(i(1), i(500)), cdt.ReturnCount, path) },
		"map":     func() { sink = cdt.MapGet("tags", cdt.ByKey(s("k")), cdt.ReturnValue, path) },
		"go":      func() { sink = cdt.MapPut("tags", text, number) },
		"put":     func() { sink = cdt.MapPut("tags", s("k"), i(5), cdt.MapPolicy{Order: protocol.Ordered}, path) },
		"bits":    func() { sink = cdt.BitAdd("tags", 0, 8, 1, cdt.Signed, cdt.OverflowWrap, cdt.NoFail) },
		"sketch":  func() { sink = cdt.HLLGetCount("tags") },
		"modify":  func() { sink = cdt.SelectByPath("tags", path, cdt.SelectValues) },
		"keylist": func() { sink = cdt.MapRemove("tags", cdt.ByKeyList(i(1), i(2)), cdt.ReturnNone) },
	} {
		got := testing.AllocsPerRun(200, build)
		allowed := 1.0
		if name == "keylist" { // the list of keys itself
			allowed = 2
		}
		if got > allowed {
			t.Errorf("%s: %v allocations", name, got)
		}
	}
}
